"""CSV of dataabc/weibo-search (T3), as of 2026-06: 21 columns, UTF-8 with BOM.

`id,bid,user_id,用户昵称,微博正文,头条文章url,发布位置,艾特用户,话题,转发数,评论数,点赞数,发布时间,
发布工具,微博图片url,微博视频url,retweet_id,ip,user_authentication,会员类型,会员等级`; older
versions lack the last ones. `retweet_id` is the post that was reposted.
"""

from __future__ import annotations

from collections.abc import Iterable

from crawlers.importers.plan import Fields, Plan, Record
from crawlers.importers.rows import Table

NAME = "weibo-search"
TITLE = "weibo-search 结果"
TELLING = frozenset({"id", "微博正文", "发布时间"})
COLUMNS = {
    "id": ("id",),
    "text": ("微博正文",),
    "author": ("user_id", "用户昵称"),
    "author_verified": ("user_authentication",),
    "published_at": ("发布时间",),
    "reposts": ("转发数",),
    "comments": ("评论数",),
    "likes": ("点赞数",),
    "parent_id": ("retweet_id",),
}


def plan(keys: frozenset[str], table: Table) -> Plan | None:  # noqa: ARG001 (one shape for all)
    """Know the header by the three columns that every version has."""
    return Plan(COLUMNS, {"platform": "weibo"}, _with_address) if keys >= TELLING else None


def _with_address(record: Record, fields: Fields) -> Iterable[Record]:
    record["url"] = address(fields.get("user_id"), fields.get("bid"))
    return (record,)


def address(user: object, post: object) -> str | None:
    """Return where a post is to be read, from its author's number and its short name."""
    return f"https://weibo.com/{user}/{post}" if user and post else None
