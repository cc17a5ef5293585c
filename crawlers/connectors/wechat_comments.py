"""Comments below the articles of one's own 公众号: when they are read again, and what they become.

`POST /cgi-bin/comment/list` {msg_data_id, index, begin, count < 50, type} → {errcode: 0, total,
comment: [{user_comment_id, openid, create_time, content, comment_type: 1 chosen, reply}]}; pure.
That the `mid` of an article's address is its msg_data_id is not documented: should that end, the
platform answers 88001 and the run says so.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crawlers.connectors.base import Ask, Reading, Task
from crawlers.connectors.shape import Record, Row, read_rows, rows, word
from crawlers.connectors.wechat_api import post

STEP = "comments"
ROWS = 49  # the most that one request gives
MOST = 490  # of one article in one run: ten requests
ALL = 0  # chosen by the account or not
HOURLY, DAILY = timedelta(days=3), timedelta(days=14)


def ask(task: Task, token: str, article: Row, begin: int = 0) -> Ask | None:
    """Return the request for comments of {id, url, message, index, at}; None when too old."""
    stamp = due(task.now - article["at"], task.now)
    if not stamp:
        return None
    place = {"msg_data_id": article["message"], "index": article["index"], "begin": begin}
    body = {**place, "count": ROWS, "type": ALL}
    made = post(task, "comment/list", token, body, {"article": article, "begin": begin})
    return replace(made, step=STEP, key=f"{article['id']}:{begin}", stamp=stamp)


def due(age: timedelta, now: datetime) -> str:
    """Return what changes as often as comments on an article of this age are worth reading."""
    if age <= HOURLY:
        return f"{now:%Y-%m-%dT%H}"
    return f"{now:%Y-%m-%d}" if age <= DAILY else ""


def read(document: Row, asked: Ask, task: Task) -> Reading:
    """Read one page of comments, and ask for the next of the same article."""
    article, begin = asked.state["article"], int(asked.state["begin"]) + ROWS
    reading = read_rows(rows(document, "comment"), lambda row: _record(row, article))
    further = begin < min(int(document.get("total") or 0), MOST)
    more = ask(task, str(asked.state["token"]), article, begin) if further else None
    return Reading(reading.records, reading.total, (more,) if more else ())


def _record(row: Row, article: Row) -> Record:
    return {
        "id": f"{article['id']}:{row['user_comment_id']}",
        "text": row["content"],
        "url": article["url"],
        "author": word(row, "openid"),
        "published_at": datetime.fromtimestamp(int(row["create_time"]), UTC).isoformat(),
        "parent_id": article["id"],
        "private": not row.get("comment_type"),  # what was not chosen is shown to nobody else
        "raw": {"kind": "comment"},
    }
