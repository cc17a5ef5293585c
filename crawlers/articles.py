"""Takes an article page apart: main text, and the date where the feed has none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawlers.bodies import body_of, parse_page
from crawlers.charset import decode_body
from crawlers.dates import SHANGHAI
from crawlers.page_dates import published
from crawlers.parsing import tidy

if TYPE_CHECKING:
    from datetime import datetime

    from lxml import etree

MAX_TEXT = 100_000  # characters; the longest article worth scoring is a tenth of it
MAX_PAGE = 1_000_000  # characters; real pages have a third, and 5 MB took 8 s to take apart
TEXTUAL = ("text/", "html", "xml", "octet-stream")  # some servers call every file a stream
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
    page = decode_body(body, content_type)[:MAX_PAGE]
    tree = parse_page(page)
    if tree is None:
        return Article("")
    title = _title(tree)
    text = tidy(body_of(page, tree, url, title))[:MAX_TEXT]
    if dated:
        return Article(text)
    said = published(page, tree, text, title, url, now)
    if said is None or (said.day_only and _is_today(said.at, now)):
        return Article(text)
    return Article(text, said.at, said.day_only)


def _title(tree: etree._Element) -> str:
    """Return the page's titles without blanks, to find them again in its text."""
    said = [
        tree.findtext(".//title") or "",
        *("".join(node.itertext()) for node in tree.iter("h1")),
    ]
    return "\n".join("".join(one.split()) for one in said)


def _is_today(moment: datetime, now: datetime) -> bool:
    """Tell whether a bare day is today's: then the arrival says more."""
    return moment.astimezone(SHANGHAI).date() == now.astimezone(SHANGHAI).date()
