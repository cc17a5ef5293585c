"""What the runner asks of the crawl child and hears back: one JSON request, then JSON Lines."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawlers.items import Item

CrawlStatus = Literal["ok", "not_modified", "empty", "failed"]
Mark = tuple[str, str, int]
"""What the cursor keeps of an entry: hash of its content, hash of its counters, failed tries."""
Post = tuple[str, str]
"""A post to be looked at again: its id and its address."""
Facts = dict[str, int | str]
"""Numbers of one run: http_200 and its like, bytes, entries, items, and the evidence of health
(crawlers.spiders.connector): answers, rows, parsed, shape_bad, canary, page (a hash)."""
INSTANTS = ("now", "since", "until")


@dataclass(frozen=True, slots=True)
class CrawlRequest:
    """One source to read once, and the limits it must keep."""

    source: str
    platform: str
    url: str
    cache_dir: Path
    now: datetime
    cursor: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "feed"
    """A kind of crawlers.connectors.registry."""
    queries: tuple[str, ...] = ()
    canary: str = ""
    """Asked when all queries found nothing; empty for the kind's own."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    options: Mapping[str, Any] = field(default_factory=dict)
    since: datetime | None = None
    """Read back to here, whatever the cursor says: a backfill."""
    until: datetime | None = None
    max_requests: int = 100
    max_pages: int = 0
    """Pages of one query; 0 for as many as its kind says."""
    posts: tuple[Post, ...] = ()
    """Posts to look at again."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """Their titles as they were stored, by id."""
    trusted: tuple[str, ...] = ()
    """Hosts with ports inside our own network that may be read beside that of `url`."""
    follow_articles: bool = True
    obey_robots: bool = True
    max_items: int = 200
    deadline_seconds: float = 120
    memory_mb: int = 512
    delay_seconds: float = 0.5


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that went wrong, in a sentence for the person who runs the sources."""

    kind: str
    url: str
    message_zh: str


@dataclass(frozen=True, slots=True)
class CrawlOutcome:
    """What one reading of a feed brought; `cursor` belongs into the next request."""

    status: CrawlStatus
    items: list[Item]
    cursor: dict[str, Any]
    problems: list[Problem]
    facts: Facts
    looked: list[str] = field(default_factory=list)
    """Ids of the posts that were looked at again and are there."""
    gone: list[str] = field(default_factory=list)
    """Ids of those that their site says are deleted."""
    unclear: list[str] = field(default_factory=list)
    """Ids of those whose site did not let us see; they are looked at when the next look is due."""


def request_to_json(request: CrawlRequest) -> str:
    """Return the request as the one JSON document that the child reads."""
    record = asdict(request)
    record["cache_dir"] = str(request.cache_dir)
    for name in INSTANTS:
        moment = getattr(request, name)
        record[name] = moment.isoformat() if moment else None
    return json.dumps(record)


def request_from_json(text: str) -> CrawlRequest:
    """Return the request that `request_to_json` wrote."""
    record = json.loads(text)
    record["cache_dir"] = Path(record["cache_dir"])
    record["queries"] = tuple(record["queries"])
    record["trusted"] = tuple(record["trusted"])
    record["posts"] = tuple((name, url) for name, url in record["posts"])
    for name in INSTANTS:
        record[name] = datetime.fromisoformat(record[name]) if record[name] else None
    return CrawlRequest(**record)


def problem_event(problem: Problem) -> dict[str, Any]:
    """Return the line that reports a problem."""
    return {"event": "problem", **asdict(problem)}


def item_event(key: str, mark: Mark, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the line that hands over one item with the cursor mark that goes with it."""
    return {"event": "item", "key": key, "mark": list(mark), "record": dict(record)}


def mark_event(key: str, mark: Mark) -> dict[str, Any]:
    """Return the line that moves an entry's mark without a new item."""
    return {"event": "mark", "key": key, "mark": list(mark)}


def trying_event(key: str) -> dict[str, Any]:
    """Return the line that says whose page is being taken apart, should it kill the child."""
    return {"event": "trying", "key": key}


def answer_event(rows: int, parsed: int, page: str, *, shape: bool) -> dict[str, Any]:
    """Return the line that says how one answer could be read: the evidence of health."""
    return {"event": "answer", "rows": rows, "parsed": parsed, "page": page, "shape": shape}


def query_event(query: str, high: datetime | None, read_at: datetime) -> dict[str, Any]:
    """Return the line that says a query was read; `high` moves its mark, None leaves it."""
    said = high.isoformat() if high else None
    return {"event": "query", "query": query, "high": said, "read_at": read_at.isoformat()}


def look_event(post: str, *, gone: bool | None) -> dict[str, Any]:
    """Return the line that says whether a post looked at again is still there; None: unclear."""
    return {"event": "look", "post": post, "gone": gone}
