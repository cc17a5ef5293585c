"""Tells an answer from a gate: a login, captcha, visitor or block page that comes with status 200.

A gate has hardly any prose of its own; an article that speaks of captchas has plenty. So words of
a gate count only on a page without prose. Pure.
"""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawlers import page_words as words
from crawlers.parsing import html_to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

# Characters. The longest gate among our samples explains itself in 170, the shortest article has
# 230; a page whose very title is a gate's may explain itself at length.
PROSE = 200
PROSE_UNDER_TITLE = 600
SENTENCE = 20  # characters: what is shorter is a menu entry or a label
HARDLY_ANY = 30  # characters of visible text: less is an empty shell
FORM = 400  # characters of visible text around a password field that make a login page
READ = 400_000  # characters; gates are small
MESSAGE = 20_000  # characters; a JSON refusal is short
MESSAGE_KEYS = {"msg", "message", "errmsg", "error", "error_msg", "errormsg", "info", "detail"}
MESSAGE_KEYS |= {"reason", "description", "status_msg", "error_description"}
ADDRESS_KEYS = {"url", "redirect", "redirect_url", "redirecturl", "location"}
NEEDS_LOGIN = {"ok": -100, "need_login": True, "needlogin": True}  # m.weibo.cn; 知乎
TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,300})", re.IGNORECASE)
PARTS = re.compile(r"\s*[-_|—–·]+\s*")
WHOLE = 0.8  # share of a title; «内容被删除怎么办» is a question, «您访问的页面不存在» a gate
PASSWORD = re.compile(r"<input[^>]{0,300}type\s*=\s*[\"']?password", re.IGNORECASE)


class PageKind(StrEnum):
    """What a page is; everything but CONTENT means that the source showed us nothing."""

    CONTENT = "content"
    EMPTY = "empty"
    LOGIN = "login"
    CAPTCHA = "captcha"
    VISITOR = "visitor"
    BLOCKED = "blocked"
    LIMITED = "limited"
    GONE = "gone"
    NEEDS_SCRIPT = "needs_script"


KIND_ZH = {
    PageKind.CONTENT: "正常内容",
    PageKind.EMPTY: "空白页面",
    PageKind.LOGIN: "登录页面",
    PageKind.CAPTCHA: "验证码页面",
    PageKind.VISITOR: "访客系统页面",
    PageKind.BLOCKED: "拦截页面",
    PageKind.LIMITED: "访问过于频繁的提示",
    PageKind.GONE: "内容已删除或不存在的提示",
    PageKind.NEEDS_SCRIPT: "要靠脚本才能显示的空壳页面",
}
BY_STATUS = {
    401: PageKind.LOGIN,
    403: PageKind.BLOCKED,
    404: PageKind.GONE,
    405: PageKind.BLOCKED,  # 阿里云 firewall
    410: PageKind.GONE,
    412: PageKind.BLOCKED,  # 瑞数
    418: PageKind.BLOCKED,
    429: PageKind.LIMITED,
    432: PageKind.BLOCKED,  # 微博
    461: PageKind.CAPTCHA,  # 小红书
    471: PageKind.CAPTCHA,
}
# In this order: a visitor page also speaks of login, a captcha of access, a block of frequency.
BY_WORDS = (
    (PageKind.VISITOR, words.VISITOR),
    (PageKind.CAPTCHA, words.CAPTCHA),
    (PageKind.LIMITED, words.LIMITED),
    (PageKind.BLOCKED, words.BLOCKED),
    (PageKind.GONE, words.GONE),
    (PageKind.LOGIN, words.LOGIN),
)


def recognise(status: int, url: str, title: str, body: str) -> PageKind:
    """Return what kind of page the answer is; `url` is where it came from after redirects.

    `title` may be empty, then it is read from the page. Never raises.
    """
    if status in BY_STATUS:
        return BY_STATUS[status]
    start = body[:200].lstrip("\ufeff \t\r\n")
    if not start.strip():
        return PageKind.EMPTY
    if start[0] in "{[":
        return _refusal(body)
    if start.lower().startswith(("<?xml", "<rss", "<feed", "<urlset", "<sitemapindex")):
        return PageKind.CONTENT if "<html" not in start.lower() else _page(url, title, body)
    return _page(url, title, body)


def _page(url: str, title: str, body: str) -> PageKind:
    """Judge an HTML page or a plain text."""
    page = body[:READ]
    heading = title or _title(page)
    seen = html_to_text(page) if "<" in page else page
    prose = _prose(seen)
    named = _by_heading(heading)
    if named and prose < PROSE_UNDER_TITLE:
        return named
    if prose >= PROSE or (_is_sentence(seen) and words.ARTICLE.search(page)):
        return PageKind.CONTENT
    return _by_address(url) or _bare(page, seen)


def _bare(page: str, seen: str) -> PageKind:
    """Judge a page without prose by what it says, then by what it is made of."""
    named = _by_words(seen) if len(seen) < PROSE_UNDER_TITLE else None
    if named:
        return named
    if words.VISITOR.search(page):
        return PageKind.VISITOR
    if PASSWORD.search(page) and len(seen) < FORM:
        return PageKind.LOGIN
    if len(seen) >= HARDLY_ANY:
        return PageKind.CONTENT
    if words.CHALLENGE.search(page):
        return PageKind.BLOCKED
    scripted = words.NEEDS_SCRIPT.search(page) or "<script" in page.lower()
    return PageKind.NEEDS_SCRIPT if scripted else _short(seen)


def _short(seen: str) -> PageKind:
    return PageKind.CONTENT if seen else PageKind.EMPTY


def _by_heading(title: str) -> PageKind | None:
    """Judge by a title that is a gate's from end to end, but for the site's name."""
    for part in PARTS.split(title):
        for kind, said in BY_WORDS:
            match = said.search(part)
            if match and len(match[0].strip()) >= WHOLE * len(part.strip(" 。!！?？.…")):
                return kind
    return None


def _by_words(text: str) -> PageKind | None:
    return next((kind for kind, said in BY_WORDS if said.search(text)), None)


def _by_address(url: str) -> PageKind | None:
    """Judge by host and path; the query may quote any address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    bare = f"//{parts.netloc}{parts.path}"
    return next((PageKind(kind) for kind, shape in words.ADDRESSES if shape.search(bare)), None)


def _title(page: str) -> str:
    match = TITLE.search(page)
    return match[1].strip() if match else ""


def _prose(seen: str) -> int:
    """Count the characters of lines that are sentences and no gate's."""
    lines = (line for line in seen.split("\n") if len(line) >= SENTENCE)
    return sum(len(line) for line in lines if _is_sentence(line) and not _by_words(line))


def _is_sentence(line: str) -> bool:
    return any(mark in line for mark in "，。！？；,.!?;")


def _refusal(body: str) -> PageKind:
    """Judge a JSON answer by its message or by where it sends us; long ones are data."""
    if len(body) > MESSAGE:
        return PageKind.CONTENT
    try:
        document = json.loads(body.lstrip("\ufeff"), strict=False)
    except (ValueError, RecursionError):
        return PageKind.CONTENT
    for level in _levels(document):
        for key, value in level.items():
            kind = _said(key.lower(), value)
            if kind:
                return kind
    return PageKind.CONTENT


def _levels(document: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 (JSON)
    """Yield the outer object and those directly in it: deeper ones are what people wrote."""
    if isinstance(document, dict):
        yield document
        yield from (value for value in document.values() if isinstance(value, dict))


def _said(key: str, value: object) -> PageKind | None:
    if key in NEEDS_LOGIN and value == NEEDS_LOGIN[key]:
        return PageKind.LOGIN
    if not isinstance(value, str):
        return None
    if key in ADDRESS_KEYS:
        return _by_address(value)
    return _by_words(value) if key in MESSAGE_KEYS else None
