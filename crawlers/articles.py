"""Takes an article page apart: main text by trafilatura, the date where the feed has none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawlers.charset import decode_body
from crawlers.dates import SHANGHAI, parse_time
from crawlers.parsing import tidy

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

MAX_TEXT = 100_000  # characters; the longest article worth scoring is a tenth of it
MAX_PAGE = 1_000_000  # characters; real pages have a third, and 5 MB took 8 s to take apart
TEXTUAL = ("text/", "html", "xml", "octet-stream")  # some servers call every file a stream
STATED_TIME = re.compile(
    r"""(?:article:published_time|datePublished|pubdate|publishdate|publish_time)["'\s]{1,4}"""
    r"""(?:content=|[:=])\s*["']([^"'<>]{8,40})["']""",
    re.IGNORECASE,
)
LOGIN_ADDRESS = re.compile(r"passport|/login|/signin|captcha|verify|antispider", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Article:
    """Main text of a page; `day_only` when the page names no hour."""

    text: str
    published_at: datetime | None = None
    day_only: bool = False


def is_login_address(url: str) -> bool:
    """Tell whether a page that was meant to be an article led to a gate instead."""
    return LOGIN_ADDRESS.search(url) is not None


def read_article(
    body: bytes, content_type: str, url: str, now: datetime, *, dated: bool
) -> Article:
    """Return the article's text, and its date unless the feed gave one (`dated`)."""
    if content_type and not any(kind in content_type.lower() for kind in TEXTUAL):
        return Article("")
    from trafilatura import extract  # noqa: PLC0415 (0.4 s that a run without news need not pay)

    page = decode_body(body, content_type)[:MAX_PAGE]
    said = extract(page, url=url, include_comments=False, include_tables=True, with_metadata=False)
    text = tidy(said or "")[:MAX_TEXT]
    if dated:
        return Article(text)
    stated = _stated(page)
    if stated is not None:
        return Article(text, stated)
    return Article(text, _day(page, url, now), day_only=True)


def _stated(page: str) -> datetime | None:
    match = STATED_TIME.search(page)
    return parse_time(match[1]) if match else None


def _day(page: str, url: str, now: datetime) -> datetime | None:
    """Return the start of the page's day; None for today, when arrival says more."""
    from htmldate import find_date  # noqa: PLC0415

    finder: Callable[..., str | None] = find_date
    latest = now.astimezone(SHANGHAI).strftime("%Y-%m-%d")
    day = finder(page, url=url, original_date=True, max_date=latest, outputformat="%Y-%m-%d")
    return parse_time(day) if day and day < latest else None
