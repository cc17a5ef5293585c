"""One 微博 post as its interfaces give it (`statuses`, `mblog`), as a record; pure.

{id, mid, text, created_at: "Sat Nov 21 18:05:00 +0800 2026", reposts_count, comments_count,
attitudes_count, isLongText, longText: {longTextContent}, region_name: "发布于 北京",
retweeted_status: {the same}, user: {id, screen_name, verified, followers_count}}; text is HTML on
m.weibo.cn, counts may be 「100万+」, and posts that were deleted have no user.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from crawlers.connectors.base import Reading
from crawlers.connectors.shape import Record, Row, read_rows, word
from crawlers.dates import parse_when
from crawlers.parsing import html_to_text

FACE = re.compile(r"""<img[^>]{0,400}?alt=["']?(\[[^\]"'<>]{1,20}\])[^>]{0,400}>""")
PLACE = re.compile(r"^发布于\s*")


def read_posts(found: Iterable[object], now: datetime) -> Reading:
    """Read posts; those that were deleted since are no rows."""
    standing = (one for one in found if not is_gone(one))
    return read_rows(standing, lambda row: post(row, now))


def is_gone(row: object) -> bool:
    """Tell whether a row stands for a post that was deleted."""
    return isinstance(row, Mapping) and str(row.get("deleted", "")) == "1"


def post(row: Row, now: datetime) -> Record:
    """Return the record of a post; raise KeyError when it has no number."""
    number, user, original = _number(row), _part(row, "user"), _part(row, "retweeted_status")
    written = parse_when(word(row, "created_at"), now)
    return {
        "id": number,
        "text": _words(row) + _passed_on(original),
        "url": f"https://m.weibo.cn/detail/{number}",
        "author": word(user, "idstr", "id"),
        "author_followers": user.get("followers_count"),
        "author_verified": user.get("verified"),
        "published_at": written.isoformat() if written else None,
        "reposts": row.get("reposts_count"),
        "comments": row.get("comments_count"),
        "likes": row.get("attitudes_count"),
        "parent_id": _number(original) if original else None,
        "raw": _raw(row, original),
    }


def _number(row: Row) -> str:
    number = word(row, "mid", "idstr", "id")
    if not number:
        raise KeyError("mid")
    return number


def _part(row: Row, name: str) -> Row:
    part = row.get(name)
    return part if isinstance(part, Mapping) else {}


def _words(row: Row) -> str:
    text = word(_part(row, "longText"), "longTextContent", "content") or word(row, "text")
    return html_to_text(FACE.sub(r"\1", text))


def _passed_on(original: Row) -> str:
    """Return the reposted text in the platform's own form; «转发微博» alone names nobody."""
    if not original:
        return ""
    return f"//@{word(_part(original, 'user'), 'screen_name') or '原微博'}:{_words(original)}"


def _raw(row: Row, original: Row) -> dict[str, str]:
    cut = row.get("isLongText") and not _part(row, "longText")
    raw = {
        "kind": "repost" if original else "post",
        "text_from": "summary" if cut else "full",
        "region": PLACE.sub("", word(row, "region_name")),
    }
    return {name: value for name, value in raw.items() if value}
