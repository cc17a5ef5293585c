"""Turns the bytes of a page into text, whatever charset its header claims; pure."""

from __future__ import annotations

import codecs
import contextlib
import re

DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)|<meta[^>]{0,300}?charset\s*=\s*["']?([\w.:-]+)""",
    re.IGNORECASE,
)
HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAY_NOTHING = {"iso8859-1", "cp1252", "ascii"}  # accept any byte, so a declaration proves nothing


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
