"""Pure helpers for what pages say: counts, times, charsets, addresses, text out of HTML."""

from __future__ import annotations

import codecs
import contextlib
import re
import sys
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

SHANGHAI = ZoneInfo("Asia/Shanghai")
COUNT_UNITS = {"": 1, "千": 1_000, "k": 1_000, "万": 10_000, "w": 10_000, "亿": 100_000_000}
MAX_SHOWN = 120  # characters of an address in a sentence
MAX_COUNT = 10**15  # far above any real counter, safely inside a 64-bit column
COUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([千万亿kw]?)\s*\+?", re.IGNORECASE)
CHINESE_DATE = re.compile(
    r"(\d{4})[年/.-](\d{1,2})[月/.-](\d{1,2})日?"
    r"(?:[ T]*(\d{1,2})[:时](\d{1,2})分?(?::?(\d{1,2})秒?)?)?",
)
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]|[\ud800-\udfff]")
DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)|<meta[^>]{0,300}?charset\s*=\s*["']?([\w.:-]+)""",
    re.IGNORECASE,
)
CHARACTER_REFERENCE = re.compile(r"&#(x[0-9a-fA-F]{1,9}|X[0-9a-fA-F]{1,9}|[0-9]{1,9});?")
XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAY_NOTHING = {"iso8859-1", "cp1252", "ascii"}  # accept any byte, so a declaration proves nothing
BLOCKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"}
BLOCKS |= {"section", "article", "table", "ul", "ol", "dd", "dt"}
UNSEEN = {"script", "style", "noscript", "template", "head", "iframe", "svg", "object"}
TRACKING = re.compile(r"^(utm_\w+|spm|from_source|share_token|share_source|vd_source)$")


def parse_count(text: object) -> int | None:
    """Return the number behind 「1.2万」, 「10万+」, 「1,234」 or 7; None when it is no count."""
    if isinstance(text, bool) or not isinstance(text, (int, float, str)):
        return None
    match = COUNT.fullmatch(str(text).strip().replace(",", "").replace("，", ""))
    if match is None:
        return None
    value = round(float(match[1]) * COUNT_UNITS[match[2].lower()])
    return value if value <= MAX_COUNT else None


def parse_time(text: str) -> datetime | None:
    """Return the instant in UTC; a time without offset is Asia/Shanghai. None when unreadable."""
    for reader in (datetime.fromisoformat, _mail_time, _chinese_time):
        with contextlib.suppress(ValueError, OverflowError, TypeError):
            moment = reader(text.strip())
            aware = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
            return aware.astimezone(UTC)
    return None


def _mail_time(text: str) -> datetime:
    return parsedate_to_datetime(text.replace("CST", "+0800"))  # in these feeds: China, not Chicago


def _chinese_time(text: str) -> datetime:
    match = CHINESE_DATE.search(text)
    if match is None:
        raise ValueError(text)
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)


def decode_body(body: bytes, content_type: str = "") -> str:
    """Return the page as text whatever the header claims; never raises."""
    for mark, name in BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    text = body.decode("utf-8", "replace")
    if _is_utf8(body, text):
        return text
    for name in [*_declared(body, content_type), "gb18030"]:
        with contextlib.suppress(UnicodeDecodeError, LookupError):
            return body.decode(name)
    return body.decode("gb18030", "replace")


def _is_utf8(body: bytes, text: str) -> bool:
    """Judge by the share of spoilt characters: one cut character does not make a page GBK."""
    spoilt = text.count("\ufffd")
    beyond_ascii = sum(byte > 0x7F for byte in body) if spoilt else 0  # noqa: PLR2004 (ASCII)
    return spoilt * 50 <= beyond_ascii  # GBK read as UTF-8 spoils 40 to 70 characters in 100 bytes


def _declared(body: bytes, content_type: str) -> list[str]:
    """Return the encodings that the page, then the header, claims, without the meaningless."""
    names = [part.decode("ascii") for match in DECLARED.findall(body[:2048]) for part in match]
    names += HEADER_CHARSET.findall(content_type)
    return [known for name in names if (known := _known_encoding(name)) is not None]


def _known_encoding(name: str) -> str | None:
    try:
        known = codecs.lookup(name).name
    except LookupError:
        return None
    if known in SAY_NOTHING or known == "utf-8":
        return None
    return "gb18030" if known in {"gb2312", "gbk"} else known


def sound_xml(text: str) -> str:
    """Return XML text without its declaration and without characters that XML forbids."""
    bare = XML_DECLARATION.sub("", text.lstrip("\ufeff"), count=1)
    return CONTROLS.sub("", CHARACTER_REFERENCE.sub(_sound_reference, bare))


def _sound_reference(match: re.Match[str]) -> str:
    """Drop «&#xD800;» and the like, on which feedparser stumbles."""
    digits = match[1]
    point = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    allowed = point <= sys.maxunicode and not CONTROLS.match(chr(point))
    return match[0] if allowed else ""


def html_to_text(html: str) -> str:
    """Return what a reader sees: no markup, one line a block, no script."""
    if "<" not in html and "&" not in html:
        return tidy(html)
    parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True)
    tree = etree.fromstring(f"<div>{CONTROLS.sub('', html)}</div>".encode(), parser)
    return "" if tree is None else tidy("".join(_pieces(tree)))


def _pieces(tree: etree._Element) -> Iterator[str]:
    """Walk without recursion, so that no depth of nesting can exhaust the stack."""
    hidden = 0
    for event, node in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        name = node.tag if isinstance(node.tag, str) else ""
        hidden += {"start": name in UNSEEN, "end": -(name in UNSEEN)}.get(event, 0)
        yield "\n" if name in BLOCKS else ""
        said = node.text if event == "start" else node.tail
        yield said if said and not hidden else ""


def tidy(text: str) -> str:
    """Return the text with single blanks, no empty lines and no control characters."""
    lines = (" ".join(line.split()) for line in CONTROLS.sub("", text).splitlines())
    return "\n".join(line for line in lines if line)


def canonical_url(url: str) -> str:
    """Return the address without fragment and without parameters that only track people."""
    parts = urlsplit(url)
    kept = [pair for pair in parse_qsl(parts.query, True) if not TRACKING.match(pair[0])]  # noqa: FBT003 (keep blank values)
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path, urlencode(kept), ""))


def is_web_address(url: str) -> bool:
    """Tell whether an address can be asked for over HTTP."""
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def shown(url: str) -> str:
    """Return the address without its query, which may carry a key, and not too long."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "（地址有误）"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"[:MAX_SHOWN]
