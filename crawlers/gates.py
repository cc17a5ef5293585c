"""Tells a login or captcha page from an answer, and takes a page's fingerprint; pure."""

from __future__ import annotations

import json
import re

from crawlers.articles import is_login_address
from crawlers.cursor import digest
from crawlers.feeds import LOGIN_WORDS

TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,300})", re.IGNORECASE)
MARKUP = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
HEAD = 5_000  # characters; a page says within them that it is one, and what its title is


def gate(status: int, url: str, text: str) -> tuple[str, str] | None:
    """Return kind and sentence when a login, captcha or visitor page stands in the answer's place.

    The sentence follows the source's name.
    """
    del status
    words = text[:20_000].lower()
    is_page = MARKUP.search(text[:HEAD]) is not None
    if is_login_address(url) or (is_page and any(word in words for word in LOGIN_WORDS)):
        return "login_page", "返回的是登录或验证页面，已停止。请核对授权，或换成官方接口"
    return None


def fingerprint(text: str) -> str:
    """Return a hash of the page's title, else of the document's names; it changes with the page."""
    title = TITLE.search(text[:HEAD])
    if title:
        return digest("title", title[1].strip())
    try:
        document = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return digest("text", text[:40])
    return digest("names", sorted(document) if isinstance(document, dict) else "list")
