"""知乎开放平台 search: `GET /api/v1/content/zhihu_search` (T0, key, 5,000 searches a day).

Answer: {Code: 0, Message, Data: {Items: [{Title, Url, AuthorName, ContentText, ContentType,
ContentID, VoteUpCount, CommentCount, EditTime}]}}; ten rows, no paging, summaries only.
Code 20001 means a wrong key, 30001 too fast, 30002 that the day's quota is used up, 90001 a fault
of theirs. The hot list (zhihu_hot.py) is asked in the same way.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from crawlers.connectors.base import About, Answer, Ask, Grade, Quota, Reading, RefusedError, Task
from crawlers.connectors.shape import Record, Row, address, at, read_rows, rows, word
from crawlers.parsing import html_to_text

ROWS = 10  # the most that one search gives
NEEDS = {"access_secret": "在 developer.zhihu.com 申请的 Access Secret"}
REFUSALS = {
    20001: ("forbidden", "不认这把密钥（20001）。请核对 Access Secret"),
    30001: ("rate_limited", "说访问太频繁（30001），下次再试。请把抓取间隔调大"),
    30002: ("quota", "今天的配额用完了（30002），明天再试。请减少查询词或调大间隔"),
    90001: ("server_error", "自己出了问题（90001），下次再试"),
}


class ZhihuSearch:
    """One search a query."""

    about = About(
        kind="zhihu_search",
        title="知乎搜索",
        grade=Grade.OFFICIAL,
        platform="zhihu",
        address="https://developer.zhihu.com",
        needs=NEEDS,
        gives="命中查询词的回答、文章和问题：标题、摘要、作者、赞同数、评论数",
        risk="只有摘要，每次最多 10 条；每天 5000 次",
        searches=True,
        every=timedelta(minutes=15),
        quiet=True,
        quota=Quota(5000, timedelta(days=1)),
        canary="医院",
        max_pages=1,
        no_reach="接口不按日期查，只给最相关的 10 条",
    )

    def first(self, task: Task) -> Ask:
        """Ask for the newest answers to a query."""
        path = "/api/v1/content/zhihu_search"
        url = address(task.base, path, Query=task.query, Count=ROWS)
        return Ask(url, headers=credentials(task))

    def read(self, answer: Answer, task: Task) -> Reading:  # noqa: ARG002 - the protocol's
        """Read the items."""
        return read_rows(items(answer.json()), _record)


def credentials(task: Task) -> dict[str, str]:
    """Return the headers that every request of this platform carries."""
    return {
        "Authorization": f"Bearer {task.secrets['access_secret']}",
        "X-Request-Timestamp": str(int(task.now.timestamp())),
    }


def items(document: object) -> list[Any]:
    """Return the rows of an answer; raise RefusedError for the code that came instead."""
    code = at(document, "Code", int)
    if code in REFUSALS:
        raise RefusedError(*REFUSALS[code])
    if code:
        raise RefusedError("forbidden", f"拒绝了请求（代码 {code}）。请核对密钥")
    return rows(document, "Data.Items")


def _record(row: Row) -> Record:
    return {
        "id": f"{word(row, 'ContentType') or 'content'}:{row['ContentID']}",
        "title": html_to_text(word(row, "Title")),
        "text": html_to_text(word(row, "ContentText")),  # what was searched for stands in <em>
        "url": word(row, "Url"),
        "author": word(row, "AuthorName"),
        "published_at": datetime.fromtimestamp(int(row["EditTime"]), UTC).isoformat(),
        "likes": row.get("VoteUpCount"),
        "comments": row.get("CommentCount"),
        "raw": {"kind": word(row, "ContentType"), "text_from": "summary"},
    }
