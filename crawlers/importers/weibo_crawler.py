"""JSON and CSV of dataabc/weibo-crawler (T3), as of its README and weibo.py of 2026.

JSON: `{"user": {id, followers_count, verified…}, "weibo": [{id, bid, user_id, text, created_at,
full_created_at, attitudes_count, comments_count, reposts_count, retweet: {the same}}]}`. CSV:
`id,bid,正文,…,日期,工具,点赞数,评论数,转发数,话题,@用户,是否原创,源用户id,源微博id,源微博正文…`.
The post that was reposted stands beside the repost; both come in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from crawlers.importers import cells
from crawlers.importers.plan import Fields, Plan, Record, first
from crawlers.importers.rows import Table
from crawlers.importers.weibo_search import address

NAME = "weibo-crawler"
TITLE = "weibo-crawler 结果"
CSV_COLUMNS = {
    "id": ("id",),
    "text": ("正文", "微博正文"),
    "published_at": ("完整日期", "日期"),
    "likes": ("点赞数",),
    "comments": ("评论数",),
    "reposts": ("转发数",),
    "parent_id": ("源微博id",),
}
JSON_COLUMNS = {
    "id": ("id",),
    "text": ("text",),
    "author": ("user_id", "screen_name"),
    "published_at": ("full_created_at", "created_at"),
    "likes": ("attitudes_count",),
    "comments": ("comments_count",),
    "reposts": ("reposts_count",),
    "parent_id": ("retweet.id",),
}


def plan(keys: frozenset[str], table: Table) -> Plan | None:
    """Know the CSV by its Chinese columns, the JSON by Weibo's names for its counters."""
    constants: dict[str, Any] = {"platform": "weibo"}
    if keys >= {"id", "bid", "正文"} and keys & {"日期", "完整日期"}:
        return Plan(CSV_COLUMNS, constants, _from_csv)
    if keys >= {"id", "bid", "text", "attitudes_count", "created_at"}:
        return Plan(JSON_COLUMNS, constants, partial(_from_json, head=table.head))
    return None


def _from_csv(record: Record, fields: Fields) -> Iterator[Record]:
    number = record.get("id", "")
    yield {**record, "url": f"https://m.weibo.cn/detail/{number}"}
    said = first(fields, ("源微博正文",))
    if record.get("parent_id") and said:
        user, post = fields.get("源用户id"), fields.get("源微博bid")
        yield {
            "platform": "weibo",
            "id": record["parent_id"],
            "text": str(said),
            "author": first(fields, ("源用户id", "源用户昵称")),
            "published_at": first(fields, ("源微博完整日期", "源微博日期")),
            "url": address(user, post),
            "likes": cells.count(fields.get("源微博点赞数")),
            "comments": cells.count(fields.get("源微博评论数")),
            "reposts": cells.count(fields.get("源微博转发数")),
        }


def _from_json(record: Record, fields: Fields, head: Mapping[str, object]) -> Iterable[Record]:
    user = head.get("user")
    if isinstance(user, Mapping) and str(user.get("id")) == str(fields.get("user_id")):
        record["author_followers"] = cells.count(user.get("followers_count"))
        record["author_verified"] = cells.flag(user.get("verified"))
    record["url"] = address(fields.get("user_id"), fields.get("bid"))
    yield record
    retweet = fields.get("retweet")
    if isinstance(retweet, Mapping) and not cells.is_empty(retweet.get("text")):
        names = {ours: first(retweet, theirs) for ours, theirs in JSON_COLUMNS.items()}
        where = address(retweet.get("user_id"), retweet.get("bid"))
        yield {**names, "platform": "weibo", "parent_id": None, "url": where}
