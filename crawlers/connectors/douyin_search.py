"""抖音 video search: `GET /dy_open_api/v2/search/video/` (T0, approved ability 「抖音视频垂搜」).

Follows developer.open-douyin.com, «抖音视频搜索» (scope aweme.dy.video_search_v2). Answer:
{err_no: 0, err_msg, data: {cursor, has_more, search_id, video_list: [{item_id, title, create_time,
nickname, statistics: {digg_count}, link}]}}; twenty rows a page, newest first. The official page
names the fields of `data` only in part; those of the rows are taken from a published example.
What a video says or shows and its comments do not come. Token and codes: douyin_token.py.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zlib import crc32

from crawlers.connectors import douyin_token
from crawlers.connectors.base import About, Answer, Ask, Grade, Reach, Reading, Task
from crawlers.connectors.shape import Record, Row, address, at, read_rows, rows, word
from crawlers.connectors.tokens import TOKEN, follow

ROWS = 20
NEWEST = 2  # sort_type


class DouyinSearch:
    """A token, then one search a query."""

    about = About(
        kind="douyin_search",
        title="抖音视频搜索",
        grade=Grade.OFFICIAL,
        platform="douyin",
        address="https://open.douyin.com",
        needs=douyin_token.NEEDS,
        gives="命中查询词的视频：标题、作者、发布时间、点赞数、链接",
        risk="要获批「抖音视频垂搜」能力；没有视频里的话，也没有评论；不给作者编号，只有昵称",
        searches=True,
        every=timedelta(minutes=15),
        quiet=True,
        canary="医院",
        reach=Reach("往前翻页，翻得到多早由平台定"),
    )

    def first(self, task: Task) -> Ask:
        """Ask for a token."""
        return douyin_token.first(task)

    def read(self, answer: Answer, task: Task) -> Reading:
        """Read the token, then videos, page by page."""
        document = answer.json()
        if answer.ask.step == TOKEN:
            ask = _page(task, {"cursor": 0}, douyin_token.headers(document))
            return Reading([], 0, (follow(ask, task, "douyin_search"),))
        douyin_token.check(document)
        reading = read_rows(rows(document, "data.video_list"), _record)
        data = at(document, "data", dict)
        place = {"cursor": data.get("cursor"), "search_id": data.get("search_id")}
        more = _page(task, place, answer.ask.headers, answer.ask.page + 1)
        return Reading(reading.records, reading.total, (more,) if data.get("has_more") else ())


def _page(task: Task, place: Row, headers: Row, page: int = 1) -> Ask:
    query = {
        "keyword": task.query,
        "count": ROWS,
        "sort_type": NEWEST,
        # any number does for those outside the house; one application keeps one
        "device_id": crc32(task.secrets["client_key"].encode()),
        **place,
    }
    return Ask(
        address(task.base, "/dy_open_api/v2/search/video/", **query), headers=headers, page=page
    )


def _record(row: Row) -> Record:
    counts = row.get("statistics")
    return {
        "id": str(row["item_id"]),
        "title": word(row, "title"),
        "url": word(row, "link"),
        "author": word(row, "nickname"),
        "published_at": datetime.fromtimestamp(int(row["create_time"]), UTC).isoformat(),
        "likes": counts.get("digg_count") if isinstance(counts, dict) else None,
        "raw": {"kind": "video", "text_from": "title"},
    }
