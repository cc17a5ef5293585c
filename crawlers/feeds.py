"""Reads RSS, Atom and JSON Feed into entries; pure, and gentle with what is half broken."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin
from xml.sax import SAXException

import feedparser

from crawlers.charset import decode_body
from crawlers.counts import parse_count
from crawlers.dates import parse_time
from crawlers.parsing import is_web_address, sound_xml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

MAX_ENTRIES = 5_000  # the newest of a feed; archives beyond it are imported, not watched
HEAD = 2_000
LOGIN_WORDS = ("登录", "登錄", "验证码", "安全验证", "passport", "login", "captcha", "sign in")
COUNTER_NAMES = ("views", "likes", "comments", "reposts")


class NotAFeedError(ValueError):
    """The page is no feed; `kind` and the Chinese message say what it is instead."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the feed gives it; `html` is its longest text, markup included."""

    id: str
    link: str
    title: str
    html: str
    author: str
    published: str
    published_at: datetime | None
    counters: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Feed:
    """The entries of a feed, and whether its XML had to be repaired."""

    entries: list[Entry]
    total: int
    repaired: bool = False
    older: int = 0
    """Entries that were left out because they are the oldest of too many."""

    @property
    def understood(self) -> int:
        """Rows that were entries, the old ones included."""
        return len(self.entries) + self.older


def newest_first(entry: Entry) -> float:
    """Sort by publication, what has no date first: it may be new."""
    return -entry.published_at.timestamp() if entry.published_at else float("-inf")


def bounded(entries: list[Entry], total: int, *, repaired: bool = False) -> Feed:
    """Return the feed of these entries, the newest of them where they are too many."""
    kept = sorted(entries, key=newest_first)[:MAX_ENTRIES]
    return Feed(kept, total, repaired, len(entries) - len(kept))


def parse_feed(body: bytes, content_type: str, url: str) -> Feed:
    """Return the entries; raise NotAFeedError for anything that is no feed."""
    text = decode_body(body, content_type).strip().strip("\0")
    if not text:
        return Feed([], 0)
    if text.startswith(("{", "[")):
        return _json_feed(text, url)
    if _is_page(text):
        raise _page_error(text)
    return _xml_feed(text, url)


def _is_page(text: str) -> bool:
    head = text[:HEAD].lower()
    return "<!doctype html" in head or "<html" in head


def _page_error(text: str) -> NotAFeedError:
    if any(word in text[:20_000].lower() for word in LOGIN_WORDS):
        return NotAFeedError("login_page", "返回的是登录或验证页面，不是订阅源。请换一个公开的地址")
    return NotAFeedError("not_a_feed", "返回的是普通网页，不是订阅源（RSS、Atom 或 JSON Feed）")


def _xml_feed(text: str, url: str) -> Feed:
    parsed = _parse_xml(text)
    broken = isinstance(parsed.get("bozo_exception"), SAXException)
    if not parsed.entries and (broken or not parsed.version):
        raise _xml_error(broken=broken and _means_to_be_feed(text))
    entries = [_xml_entry(entry, url) for entry in parsed.entries]
    return bounded(entries, len(parsed.entries), repaired=broken)


def _parse_xml(text: str) -> Any:  # noqa: ANN401 (feedparser has no types)
    try:
        return feedparser.parse(
            io.BytesIO(sound_xml(text).encode()),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,  # all markup is removed later anyway
            resolve_relative_uris=False,
        )
    except MemoryError:
        raise
    except Exception as error:  # its reader of broken XML stumbles over some (found by fuzzing)
        raise _xml_error(broken=True) from error


def _means_to_be_feed(text: str) -> bool:
    return any(name in text[:HEAD].lower() for name in ("<rss", "<feed", ":feed", "<rdf:rdf"))


def _xml_error(*, broken: bool) -> NotAFeedError:
    if broken:
        return NotAFeedError("malformed", "的 XML 已损坏，一条也读不出来。请联系网站或换一个地址")
    return NotAFeedError("not_a_feed", "不是订阅源（RSS、Atom 或 JSON Feed）。请核对地址")


def _xml_entry(entry: Any, url: str) -> Entry:  # noqa: ANN401 (feedparser has no types)
    bodies = [part.get("value") or "" for part in entry.get("content", [])]
    published = entry.get("published") or entry.get("updated") or ""
    return Entry(
        id=str(entry.get("id") or "").strip(),
        link=_xml_link(entry, url),
        title=entry.get("title") or "",
        html=max([*bodies, entry.get("summary") or ""], key=len),
        author=entry.get("author") or "",
        published=published,
        published_at=parse_time(published),
        counters=_counters(_xml_counters(entry)),
    )


def _xml_link(entry: Any, url: str) -> str:  # noqa: ANN401
    """Return the link; feedparser offers any guid as one, also a bare number."""
    link = entry.get("link") or ""
    if link == entry.get("id") and not link.startswith(("http:", "https:", "/")):
        return ""
    return _join(url, link)


def _xml_counters(entry: Any) -> dict[str, Any]:  # noqa: ANN401
    """Read <stats views= likes= …/>, Media RSS statistics and slash:comments."""
    said = dict(entry.get("media_statistics") or {})
    said["comments"] = entry.get("slash_comments")
    stats = entry.get("stats")
    return {**said, **stats} if isinstance(stats, dict) else said


def _counters(said: dict[str, Any]) -> dict[str, int]:
    pairs = ((name, parse_count(said.get(name))) for name in COUNTER_NAMES)
    return {name: value for name, value in pairs if value is not None}


def _json_feed(text: str, url: str) -> Feed:
    try:
        document = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        raise NotAFeedError(
            "malformed", "的 JSON 已损坏，一条也读不出来。请联系网站或换一个地址"
        ) from None
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise NotAFeedError("not_a_feed", "返回的 JSON 不是 JSON Feed。请核对地址")
    entries = [_json_entry(item, url) for item in items if isinstance(item, dict)]
    return bounded(entries, len(items))


def _json_entry(item: dict[str, Any], url: str) -> Entry:
    published = _text(item, "date_published", "date_modified")
    stats = item.get("_stats")
    return Entry(
        id=_text(item, "id"),
        link=_join(url, _text(item, "url", "external_url")),
        title=_text(item, "title"),
        html=_text(item, "content_html", "content_text", "summary"),
        author="、".join(_json_authors(item)),
        published=published,
        published_at=parse_time(published),
        counters=_counters(stats if isinstance(stats, dict) else {}),
    )


def _json_authors(item: dict[str, Any]) -> Iterator[str]:
    listed = item.get("authors")
    for author in listed if isinstance(listed, list) else [item.get("author")]:
        if isinstance(author, dict) and (name := _text(author, "name")):
            yield name


def _text(record: dict[str, Any], *names: str) -> str:
    """Return the first of the fields that holds words or a number."""
    values = (record.get(name) for name in names)
    return next(
        (str(value).strip() for value in values if value and isinstance(value, (str, int))), ""
    )


def _join(base: str, link: str) -> str:
    """Return the link as a web address; empty when it is none."""
    try:
        url = urljoin(base, link.strip()) if link.strip() else ""
    except ValueError:
        return ""
    return url if is_web_address(url) else ""
