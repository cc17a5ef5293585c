"""Turns a feed's entry, with or without its article, into an item record; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crawlers.cursor import Need, digest
from crawlers.hosts import host_of
from crawlers.importers.record import FUTURE_TOLERANCE
from crawlers.parsing import canonical_url, html_to_text

if TYPE_CHECKING:
    from datetime import datetime

    from crawlers.articles import Article
    from crawlers.feeds import Entry
    from crawlers.protocol import CrawlRequest, Mark

FULLER = 0.5  # an article shorter than half of the feed's own text is a teaser or a gate
MAX_AUTHOR = 200
MAX_ID = 400  # leaves room for the host within the bound of an imported id
GLOBAL_ID = ("http:", "https:", "tag:", "urn:")


@dataclass(frozen=True, slots=True)
class Job:
    """An entry that is due, and the mark it gets once it is done."""

    entry: Entry
    key: str
    need: Need
    mark: Mark


def entry_id(entry: Entry, feed_url: str) -> str:
    """Return the entry's own id, else its address; short ids count within their site only."""
    if entry.id.startswith(GLOBAL_ID):
        name = entry.id
    elif entry.id:
        name = f"{host_of(feed_url)}/{entry.id}"
    elif entry.link:
        name = canonical_url(entry.link)
    else:
        name = "text:" + digest(entry.title, entry.html)
    return name if len(name) <= MAX_ID else "long:" + digest(name)


def to_record(request: CrawlRequest, job: Job, article: Article | None) -> dict[str, Any]:
    """Return the record of mention JSON Lines that `parse_item` then judges."""
    entry, words = job.entry, html_to_text(job.entry.html)
    fuller = article if article and len(article.text) >= max(1, len(words) * FULLER) else None
    return {
        "platform": request.platform,
        "id": entry_id(entry, request.url),
        "title": html_to_text(entry.title),
        "text": fuller.text if fuller else words,
        "url": entry.link,
        "author": html_to_text(entry.author)[:MAX_AUTHOR],
        "published_at": _published(entry, article, request.now),
        "observed_at": request.now.isoformat(),
        "raw": _raw(job, article, "article" if fuller else "feed"),
        **entry.counters,
    }


def is_future(moment: datetime | None, now: datetime) -> bool:
    """Tell whether a time lies further ahead than clocks differ."""
    return moment is not None and moment > now + FUTURE_TOLERANCE


def _published(entry: Entry, article: Article | None, now: datetime) -> str | None:
    moment = entry.published_at or (article.published_at if article else None)
    return None if moment is None or is_future(moment, now) else moment.isoformat()


def _raw(job: Job, article: Article | None, text_from: str) -> dict[str, Any]:
    raw: dict[str, Any] = {"text_from": text_from}
    if job.need == "counters":
        raw["counters_only"] = True
    if article and article.published_at and article.day_only and not job.entry.published_at:
        raw["published_precision"] = "day"
    return raw
