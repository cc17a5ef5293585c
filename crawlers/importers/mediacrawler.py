"""Exports of NanmiCoder/MediaCrawler (T3), as of 2026-08-14 (d6f7c5b) and before 2026-07-01.

`data/{xhs,weibo,douyin,kuaishou,bili,zhihu,tieba}/{jsonl,json,csv}/{search,detail,creator}_
{contents,comments,creators}_{date}.ext`, and .xlsx. The older generation names users (`user_id`),
the newer has `creator_hash` and masked names; the fields of posts are the same. The tool's licence
forbids commercial use: we read its files and nothing of its code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crawlers.importers import cells
from crawlers.importers.plan import Columns, Fields, Plan, Record
from crawlers.importers.rows import Table

NAME = "mediacrawler"
TITLE = "MediaCrawler 导出"
AUTHOR = ("user_id", "creator_hash", "nickname", "user_nickname", "user_name")
COMMON = {"author": AUTHOR, "observed_at": ("last_modify_ts", "add_ts")}
CREATORS = ({"fans", "follows"}, {"total_fans"}, {"up_id", "fan_id"}, {"fans", "get_voteup_count"})


@dataclass(frozen=True, slots=True)
class Shape:
    """One file of one platform: the fields that tell it, and ours → theirs."""

    platform: str
    tells: frozenset[str]
    columns: Columns


def _posts(platform: str, tells: str, **columns: str) -> Shape:
    return Shape(platform, frozenset(tells.split()), _split(columns))


def _comments(platform: str, tells: str, post: str, **columns: str) -> Shape:
    usual = {
        "id": "comment_id",
        "text": "content",
        "published_at": "create_time",
        "likes": "like_count",
        "comments": "sub_comment_count",
    }
    keys = frozenset({"comment_id", post, *tells.split()})
    return Shape(platform, keys, _split(usual | columns | {"parent_id": post}))


def _split(columns: dict[str, str]) -> Columns:
    return COMMON | {ours: tuple(theirs.split()) for ours, theirs in columns.items()}


SHAPES = (  # comments first, the more telling before the less
    _comments("weibo", "create_date_time", "note_id", likes="comment_like_count like_count"),
    _comments("tieba", "tieba_name", "note_id", published_at="publish_time", url="note_url"),
    _comments("xiaohongshu", "content", "note_id"),
    _comments("douyin", "content", "aweme_id"),
    _comments("bilibili", "content parent_comment_id", "video_id"),
    _comments("kuaishou", "content", "video_id"),
    _comments("zhihu", "content", "content_id", published_at="publish_time"),
    _comments("bilibili", "content", "article_id"),
    _posts(
        "xiaohongshu",
        "note_id desc time note_url",
        id="note_id",
        title="title",
        text="desc title",
        published_at="time",
        url="note_url",
        likes="liked_count",
        comments="comment_count",
        reposts="share_count",
    ),
    _posts(
        "weibo",
        "note_id content create_date_time",
        id="note_id",
        text="content",
        published_at="create_time create_date_time",
        url="note_url",
        likes="liked_count",
        comments="comments_count",
        reposts="shared_count",
    ),
    _posts(
        "tieba",
        "note_id desc publish_time tieba_name",
        id="note_id",
        title="title",
        text="desc title",
        published_at="publish_time",
        url="note_url",
        comments="total_replay_num",
    ),
    _posts(
        "douyin",
        "aweme_id desc create_time",
        id="aweme_id",
        title="title",
        text="desc title",
        published_at="create_time",
        url="aweme_url",
        likes="liked_count",
        comments="comment_count",
        reposts="share_count",
    ),
    _posts(
        "kuaishou",
        "video_id viewd_count",
        id="video_id",
        title="title",
        text="desc title",
        published_at="create_time",
        url="video_url",
        views="viewd_count",
        likes="liked_count",
    ),
    _posts(
        "bilibili",
        "video_id video_play_count",
        id="video_id",
        title="title",
        text="desc title",
        published_at="create_time",
        url="video_url",
        views="video_play_count",
        likes="liked_count",
        comments="video_comment",
        reposts="video_share_count",
    ),
    _posts(
        "bilibili",
        "article_id article_url",
        id="article_id",
        title="title",
        text="content desc title",
        published_at="create_time",
        url="article_url",
        likes="liked_count",
        comments="comment_count",
        reposts="share_count",
    ),
    _posts(
        "bilibili",
        "dynamic_id pub_ts",
        id="dynamic_id",
        text="text",
        published_at="pub_ts",
        likes="total_liked",
        comments="total_comments",
        reposts="total_forwards",
    ),
    _posts(
        "zhihu",
        "content_id content_text created_time",
        id="content_id",
        title="title",
        text="content_text desc title",
        published_at="created_time",
        url="content_url",
        likes="voteup_count",
        comments="comment_count",
    ),
)


def plan(keys: frozenset[str], table: Table) -> Plan | None:  # noqa: ARG001 (one shape for all)
    """Know the platform by its fields; lists of creators are no mentions."""
    for shape in SHAPES:
        if shape.tells <= keys:
            finish = _comment if "comment_id" in shape.tells else _post
            return Plan(shape.columns, {"platform": shape.platform}, finish)
    if any(one <= keys for one in CREATORS):
        return Plan({}, skip="是 MediaCrawler 的创作者名单，不是帖子，没有导入")
    return None


def _post(record: Record, fields: Fields) -> Iterable[Record]:
    record["id"] = _kind(fields) + record.get("id", "")
    return (record,)


def _kind(fields: Fields) -> str:
    """Return what keeps the numbers of answers, articles and videos of a platform apart.

    Zhihu's are written as its official search names them, so that both may be used together.
    """
    if "content_id" in fields:
        return f"{cells.words(fields.get('content_type')).capitalize() or 'content'}:"
    return next((f"{kind}:" for kind in ("article", "dynamic") if f"{kind}_id" in fields), "")


def _comment(record: Record, fields: Fields) -> Iterable[Record]:
    """Hang a comment on the comment that it answers, else on its post."""
    own, above = record.get("id", ""), fields.get("parent_comment_id")
    answers = "" if above is None else str(above).removesuffix(".0").strip()
    record["id"] = comment_key(own) if own else ""
    if answers not in {"", "0", "None", "null", own}:
        record["parent_id"] = comment_key(answers)
    else:
        record["parent_id"] = _kind(fields) + record.get("parent_id", "")
    record["raw"] = {**record.get("raw", {}), "kind": "comment"}
    return (record,)


def comment_key(number: str) -> str:
    """Return the id of a comment: its number alone may be that of a post as well."""
    return f"comment:{number}"
