"""Turns the bytes of a page into text, whatever charset its header claims; pure."""

from __future__ import annotations

import codecs
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
SAMPLE = 300_000  # bytes; the rest of a page is in the same charset
SPOILT = 0.1  # a spoilt character weighs little: an advertisement may be in another charset
# The most frequent characters of Chinese, simplified, then as they are in traditional, and marks.
USUAL = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所"
    "然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日者意无它与长把"
    "这個們來為國說時會對過發後裡種經麼學現當沒動還進樣開從實無長機關點業將兩間問頭體見產話給門東聲員論處義幾認條"
    "，。、；：？！“”（）《》"
)


def decode_body(body: bytes, content_type: str = "") -> str:
    """Return the page as text whatever the header claims; never raises."""
    for mark, name in BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(body)  # a cut last character is fine
    except UnicodeDecodeError:
        names = dict.fromkeys(("utf-8", *_declared(body, content_type), "gb18030", "big5"))
        # Of equals the first: a declaration decides where the letters do not.
        return body.decode(max(names, key=lambda name: _fluency(body, name)), "replace")


def _fluency(body: bytes, name: str) -> float:
    """Return how much of a decoding reads like Chinese: 0.2 for a real page, near 0 for garbage."""
    try:
        beyond = [c for c in body[:SAMPLE].decode(name, "replace") if c > "\x7f"]
    except LookupError:
        return -1.0
    usual = sum(c in USUAL for c in beyond)
    return (usual - SPOILT * beyond.count("\ufffd")) / max(1, len(beyond))


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
    if known in SAY_NOTHING:
        return None
    return "gb18030" if known in {"gb2312", "gbk"} else known
