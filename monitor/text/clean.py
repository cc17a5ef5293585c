"""Turns hostile platform text into plain simplified Chinese: the one form all rules read."""

from __future__ import annotations

import html
import re
import unicodedata

from opencc import OpenCC

from monitor.text.boilerplate import drop_boilerplate
from monitor.text.homoglyphs import plain_characters
from monitor.text.pinyin import strip_notes

_T2S = OpenCC("t2s")
# Scraped pages escape twice at most; a text that still changes after six passes is an attack.
_MOST_PASSES = 6
_COMBINING = "".join(chr(c) for c in range(0x300, 0x1E950) if unicodedata.combining(chr(c)))
# No script stacks more than four marks; longer runs make normalisation quadratic.
_STACKED = re.compile(f"([{_COMBINING}]{{4}})[{_COMBINING}]+")
# Unicode's control, format, private-use and surrogate characters (categories Cc, Cf, Co, Cs) ...
_UNSEEN = (
    "\\u0000-\\u0008\\u000e-\\u001b\\u001f\\u007f-\\u0084\\u0086-\\u009f\\u00ad\\u0600-\\u0605\\u061c"
    "\\u06dd\\u070f\\u0890-\\u0891\\u08e2\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f"
    "\\ud800-\\uf8ff\\ufeff\\ufff9-\\ufffb\\U000110bd\\U000110cd\\U00013430-\\U0001343f"
    "\\U0001bca0-\\U0001bca3\\U0001d173-\\U0001d17a\\U000e0000-\\U000e0fff\\U000f0000-\\U0010ffff"
)
# ... and what draws nothing although it counts as a letter, a mark or a symbol.
_BLANK = (
    "\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u2800\\u3164\\ufe00-\\ufe0f\\ufffc\\ufffd"
)
# OpenCC keeps 著, right in 著名 and 显著; as the particle it is 着.
_PARTICLE = re.compile(
    "(?<=[随味跟朝沿附睡试笑哭拿带等站坐活忙冲看听说想抱赶接围顺借凭写执穿])著(?![作名称者述录])"
    "|(?<![名原专巨论遗译编])著(?=[急手力眼想火凉陆装落])"
)
_INVISIBLE = re.compile(f"[{_UNSEEN}{_BLANK}]")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNTIDY = re.compile(r"[^\S\n ]|  | \n|\n |\n\n\n|\A\s|\s\Z")
_SPACES = re.compile(r"[^\S\n]+")
_AROUND_LINE_END = re.compile(r" ?\n ?")
_EMPTY_LINES = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """Return a post's text as plain simplified Chinese; cleaning twice changes nothing more."""
    for _ in range(_MOST_PASSES):
        cleaned = _one_pass(text)
        if cleaned == text:
            return text
        text = cleaned
    return _disarmed(text)


def clean_page(text: str) -> str:
    """Return a document page's text cleaned and without page furniture."""
    return clean(drop_boilerplate(clean(text)))


def _one_pass(text: str) -> str:
    """Do every step once; a step may uncover work for an earlier one, so passes repeat."""
    if text.isascii():
        return _tidied(_INVISIBLE.sub("", _unescaped(text)))
    text = _unescaped(_normalised(strip_notes(text)))
    return _tidied(_simplified(plain_characters(_INVISIBLE.sub("", text))))


def _simplified(text: str) -> str:
    text = _T2S.convert(text)
    return _PARTICLE.sub("着", text) if "著" in text else text


def _unescaped(text: str) -> str:
    return html.unescape(text) if "&" in text else text


def _normalised(text: str) -> str:
    """Apply NFKC in linear time."""
    if unicodedata.is_normalized("NFKC", text):
        return text
    return unicodedata.normalize("NFKC", _STACKED.sub(r"\1", text))


def _tidied(text: str) -> str:
    """Make every line end a line feed, every space single, and leave at most one empty line."""
    text = _LINE_END.sub("\n", text)
    if not _UNTIDY.search(text):
        return text
    text = _AROUND_LINE_END.sub("\n", _SPACES.sub(" ", text))
    return _EMPTY_LINES.sub("\n\n", text).strip()


def _disarmed(text: str) -> str:
    """Take the ampersands and brackets away from a text that was built never to settle."""
    for mark in "&()":
        text = text.replace(mark, " ")
    return _one_pass(_one_pass(text))
