"""Pure helpers for pages: text out of HTML, XML that parsers accept, addresses."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_SHOWN = 120  # characters of an address in a sentence
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]|[\ud800-\udfff]")
CHARACTER_REFERENCE = re.compile(r"&#(x[0-9a-fA-F]{1,9}|X[0-9a-fA-F]{1,9}|[0-9]{1,9});?")
XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
BLOCKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"}
BLOCKS |= {"section", "article", "table", "ul", "ol", "dd", "dt"}
CELLS = {"td", "th"}
UNSEEN = {"script", "style", "noscript", "template", "head", "iframe", "svg", "object"}
TRACKING = re.compile(r"^(utm_\w+|spm|from_source|share_token|share_source|vd_source)$")


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


def html_to_text(html: str, between: str = "") -> str:
    """Return what a reader sees: no markup, one line a block, no script.

    `between` is put where an inline element begins or ends.
    """
    if "<" not in html and "&" not in html:
        return tidy(html)
    parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True)
    tree = etree.fromstring(f"<div>{CONTROLS.sub('', html)}</div>".encode(), parser)
    return "" if tree is None else tidy("".join(_pieces(tree, between)))


def _pieces(tree: etree._Element, between: str) -> Iterator[str]:
    """Walk without recursion, so that no depth of nesting can exhaust the stack."""
    hidden = 0
    for event, node in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        name = node.tag if isinstance(node.tag, str) else ""
        hidden += {"start": name in UNSEEN, "end": -(name in UNSEEN)}.get(event, 0)
        yield "\n" if name in BLOCKS else " " if name in CELLS else between
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
