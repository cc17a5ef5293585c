"""What one reading remembers for the next: validators, and marks of entries and of queries."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crawlers.protocol import Mark

MAX_TRIES = 3  # readings of an article that fails for a while, before the feed's words must do
WAITING = -1  # in place of tries: the feed's words are in, the article's turn comes in a later run
MAX_MARKS = 10_000  # twice the entries read of one feed; about 400 kB
Need = Literal["article", "feed_only", "retry", "counters", "nothing"]


@dataclass(frozen=True, slots=True)
class QueryMark:
    """How far one query has been read without a gap, and when it was last asked."""

    high: datetime | None = None
    """The newest publication time of a reading that reached the one before."""
    read_at: datetime | None = None


@dataclass
class Cursor:
    """The marks by entry key, oldest first, what to quote to the server, and marks of queries."""

    url: str
    etag: str = ""
    modified: str = ""
    marks: dict[str, Mark] = field(default_factory=dict)
    queries: dict[str, QueryMark] = field(default_factory=dict)
    lines: dict[str, dict[str, int]] = field(default_factory=dict)
    """What crawlers.recurring has learnt of the sites."""

    def conditions(self) -> dict[str, str]:
        """Return the request headers that let the server answer 304."""
        pairs = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in pairs.items() if value}

    def has_unfinished(self) -> bool:
        """Tell whether some entry waits for another reading, which a 304 would hide."""
        return any(not mark[0] or _is_open(mark) for mark in self.marks.values())


def load(record: Mapping[str, Any], url: str) -> Cursor:
    """Return the cursor; validators count only for the address that gave them."""
    same = record.get("url") == url
    marks = record.get("marks")
    return Cursor(
        url,
        str(record.get("etag") or "") if same else "",
        str(record.get("modified") or "") if same else "",
        dict(_marks(marks)) if isinstance(marks, dict) else {},
        dict(_queries(record.get("queries"))),
        _lines(record.get("lines")),
    )


def _lines(record: object) -> dict[str, dict[str, int]]:
    hosts = record.items() if isinstance(record, dict) else ()
    return {
        str(host): {str(key): count for key, count in lines.items() if isinstance(count, int)}
        for host, lines in hosts
        if isinstance(lines, dict)
    }


def _queries(record: object) -> Iterator[tuple[str, QueryMark]]:
    for query, mark in record.items() if isinstance(record, dict) else ():
        match mark:
            case [high, read_at]:
                yield query, QueryMark(_moment(high), _moment(read_at))


def _moment(said: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def _marks(record: dict[str, Any]) -> Iterator[tuple[str, Mark]]:
    """Skip what has another shape: an entry read once too often is better than a run lost."""
    for key, mark in record.items():
        match mark:
            case [str(content), str(counters), int(tries)]:
                yield key, (content, counters, tries)


def dump(cursor: Cursor) -> dict[str, Any]:
    """Return the cursor as a JSON object, oldest marks dropped beyond the bound."""
    marks = list(cursor.marks.items())[-MAX_MARKS:]
    queries = {name: [_said(one.high), _said(one.read_at)] for name, one in cursor.queries.items()}
    return {
        "url": cursor.url,
        "etag": cursor.etag,
        "modified": cursor.modified,
        "marks": {key: list(mark) for key, mark in marks},
        **({"queries": queries} if queries else {}),
        **({"lines": cursor.lines} if cursor.lines else {}),
    }


def _said(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def digest(*parts: object) -> str:
    """Return 16 hexadecimal digits that change when any part does."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()[:16]


def need_of(mark: Mark | None, content: str, counters: str) -> Need:
    """Tell what an entry needs, given its mark of last time and its hashes of today."""
    if mark is None:
        return "article"
    if not mark[0]:
        return "feed_only"  # its page killed a child; its words in the feed must do
    if mark[0] != content:
        return "article"
    if _is_open(mark):
        return "retry"
    return "nothing" if mark[1] == counters else "counters"


def _is_open(mark: Mark) -> bool:
    """Tell whether an entry's article is still to be read."""
    return mark[2] == WAITING or 0 < mark[2] < MAX_TRIES
