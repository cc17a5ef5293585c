"""Tells a login or captcha page from an answer, and takes a page's fingerprint; pure."""

from __future__ import annotations

import json
import re

from crawlers.cursor import digest
from crawlers.pages import PageKind, recognise

TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,300})", re.IGNORECASE)
HEAD = 5_000  # characters; a page says within them what its title is
GOOD = 200
SENTENCES = {
    PageKind.LOGIN: ("login_page", "返回的是登录页面，已停止。请核对凭据或授权，或换成官方接口"),
    PageKind.CAPTCHA: ("captcha", "要求人机验证，已停止。请换成授权接口或人工导出"),
    PageKind.VISITOR: ("visitor_page", "返回的是访客验证页面，不是数据。请换成授权接口或人工导出"),
    PageKind.BLOCKED: ("soft_blocked", "返回的是拦截页面，已停止。请换成授权接口或人工导出"),
    PageKind.LIMITED: ("rate_limited", "说访问太频繁，下次再试。请把抓取间隔调大"),
    PageKind.NEEDS_SCRIPT: ("needs_script", "返回的是要靠脚本才显示的空壳页面，读不到内容"),
}
CLEARER = frozenset({PageKind.LOGIN, PageKind.CAPTCHA, PageKind.VISITOR})
"""What a page says better than its status code does."""


def gate(status: int, url: str, text: str) -> tuple[str, str] | None:
    """Return kind and sentence when a login, captcha or block page stands in the answer's place.

    The sentence follows the source's name; `url` is where the answer came from or points to.
    """
    kind = recognise(GOOD, url, "", text)
    if status != GOOD and kind not in CLEARER:
        return None
    return SENTENCES.get(kind)


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
