"""JSON Lines of nghuyong/WeiboSpider (T3), as of 2025-04: `output/{spider}_{time}.jsonl`.

Posts: `_id, mblogid, created_at, reposts_count, comments_count, attitudes_count, content, url,
user{_id, nick_name, verified, followers_count}, crawl_time`. Comments: `_id, created_at,
like_counts, content, comment_user`. Profiles and lists of fans are no mentions.
"""

from __future__ import annotations

from collections.abc import Iterable

from crawlers.importers.mediacrawler import comment_key
from crawlers.importers.plan import Fields, Plan, Record
from crawlers.importers.rows import Table

NAME = "weibo-spider"
TITLE = "WeiboSpider 结果"
POST = {
    "id": ("_id",),
    "text": ("content",),
    "published_at": ("created_at",),
    "observed_at": ("crawl_time",),
    "url": ("url",),
    "likes": ("attitudes_count",),
    "comments": ("comments_count",),
    "reposts": ("reposts_count",),
    "author": ("user._id", "user.nick_name"),
    "author_followers": ("user.followers_count",),
    "author_verified": ("user.verified",),
    "parent_id": ("retweet_id", "retweet._id"),
}
COMMENT = {
    "id": ("_id",),
    "text": ("content",),
    "published_at": ("created_at",),
    "observed_at": ("crawl_time",),
    "likes": ("like_counts",),
    "author": ("comment_user._id", "comment_user.nick_name"),
    "author_followers": ("comment_user.followers_count",),
    "author_verified": ("comment_user.verified",),
    "parent_id": ("weibo_id", "mid"),
}
WEIBO = {"platform": "weibo"}


def plan(keys: frozenset[str], table: Table) -> Plan | None:  # noqa: ARG001 (one shape for all)
    """Know posts by their short name, comments by their writer."""
    if keys >= {"_id", "mblogid", "content", "created_at"}:
        return Plan(POST, WEIBO)
    if keys >= {"_id", "content", "comment_user"}:
        return Plan(COMMENT, WEIBO, _comment)
    if keys & {"fan_info", "follower_info"} or keys >= {"_id", "nick_name", "followers_count"}:
        return Plan({}, skip="是 WeiboSpider 的用户资料或粉丝名单，不是帖子，没有导入")
    return None


def _comment(record: Record, fields: Fields) -> Iterable[Record]:  # noqa: ARG001 (one shape for all)
    raw = {**record.get("raw", {}), "kind": "comment"}
    return ({**record, "id": comment_key(record.get("id", "")), "raw": raw},)
