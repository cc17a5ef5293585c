"""App Store reviews that everyone can read: Apple's feed, by app and country (T2, no key).

`GET /cn/rss/customerreviews/page=1..10/id=APP/sortBy=mostRecent/json` → {feed: {entry: [{id,
title, content, author: {name}, im:rating, im:version, updated, each {label}}]}}; 50 a page, 500 at
most. `entry` is missing when there is none, an object when there is one; older answers begin with
the app itself, which has no rating. The feed is empty now and then though there are reviews: then
it is asked once more with the parts of the path in another order.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from crawlers.connectors.base import About, Answer, Ask, Grade, Option, Reach, Reading, Task
from crawlers.connectors.reviews import APP_NAME, titled
from crawlers.connectors.shape import Record, Row, address, at, read_rows
from crawlers.connectors.tokens import follow

AGAIN = "again"
PAGES = 10  # Apple keeps no more


class AppStoreReviews:
    """One app in one country's store."""

    about = About(
        kind="appstore_reviews",
        title="App Store 评价",
        grade=Grade.OPEN,
        platform="appstore",
        address="https://itunes.apple.com",
        gives="App Store 上公开的评价：标题、正文、星级、版本、时间",
        risk="只有最近 500 条；接口偶尔返回空白（会换个写法再问一次）；只有评分没有文字的看不到",
        options={
            "app_id": Option("写 App 的编号，即 App Store 网址里 id 后面的数字", required=True),
            "name": APP_NAME,
            "country": Option("写商店所在地区，不写是 cn"),
        },
        every=timedelta(minutes=30),
        quiet=True,
        max_pages=PAGES,
        reach=Reach("往前翻页，但苹果只留最近 500 条"),
    )

    def first(self, task: Task) -> Ask:
        """Ask for the newest reviews."""
        return _page(task, 1)

    def read(self, answer: Answer, task: Task) -> Reading:
        """Read a page; an empty first one is doubted once."""
        asked = answer.ask
        reading = read_rows(_reviews(answer.json()), lambda row: _record(row, task))
        if reading.total:
            return Reading(reading.records, reading.total, (_page(task, asked.page + 1),))
        doubtful = asked.page == 1 and asked.step != AGAIN
        return Reading([], 0, (_again(task),) if doubtful else ())


def _page(task: Task, page: int) -> Ask:
    which = f"page={page}/id={task.options['app_id']}/sortBy=mostRecent"
    return Ask(address(task.base, f"{_store(task)}/{which}/json"), page=page)


def _again(task: Task) -> Ask:
    which = f"id={task.options['app_id']}/sortBy=mostRecent/page=1"
    ask = Ask(address(task.base, f"{_store(task)}/{which}/json"), step=AGAIN)
    return follow(ask, task, "appstore_again")


def _store(task: Task) -> str:
    return f"/{task.options.get('country') or 'cn'}/rss/customerreviews"


def _reviews(document: object) -> list[Any]:
    entry = at(document, "feed", dict).get("entry", [])
    found = entry if isinstance(entry, list) else [entry]
    app_itself = found and isinstance(found[0], dict) and "im:rating" not in found[0]
    return found[1:] if app_itself and len(found) > 1 else found


def _record(row: Row, task: Task) -> Record:
    return {
        "id": _label(row["id"]),
        "title": titled(task, _label(row["title"])),
        "text": _label(row["content"]),
        "author": _label(row["author"]["name"]),
        "published_at": _label(row["updated"]),
        "rating": float(_label(row["im:rating"])),
        "raw": {"kind": "review", "version": _label(row.get("im:version", {"label": ""}))},
    }


def _label(part: Row) -> str:
    return str(part["label"]).strip()
