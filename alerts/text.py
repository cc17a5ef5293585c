"""Lengths in bytes, numbers and times as Chinese readers expect, and hostile text made tame."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from alerts.graphemes import graphemes

if TYPE_CHECKING:
    from datetime import datetime

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_WAN, _YI = 10_000, 100_000_000
# Two lines on a phone; enough to recognise a post, too little to spread it.
QUOTE_CHARACTERS = 60

# UTF-8 bytes of text that one message may have on each kind of channel.
LIMITS = {
    # 2,048 bytes (developer.work.weixin.qq.com 91770 and 90236), less what an @ list may add.
    "wecombot": 1_900,
    "wechat": 1_900,
    # 20,000 bytes of request. Apprise escapes JSON to ASCII, so 4 bytes of UTF-8 become 12.
    "dingtalk": 6_000,
    # 20 KB of request (open.feishu.cn custom bot), escaped in the same way.
    "feishu": 6_000,
    "lark": 6_000,
    # A card may have 30 KB; nobody reads more than a screen or two of one.
    "feishuapp": 6_000,
    "larkapp": 6_000,
    "dingtalkapp": 6_000,
    # 32 KB of `desp` (sct.ftqq.com).
    "schan": 30_000,
    # 20,000 characters (pushplus.plus); as bytes this is the safe reading, doubled HTML included.
    "pushplus": 10_000,
    # An APNs payload is at most 4 KB, escaped, with the title and the icon beside the text.
    "bark": 1_200,
    # Mail and webhooks have no limit of their own; a longer alert is a fault of ours.
    "mail": 100_000,
    "webhook": 100_000,
}
# 4,096 bytes of 企业微信 markdown (91770), with the same reserve as for text.
WECOM_MARKDOWN_LIMIT = 3_900


def cut_bytes(text: str, limit: int, code: str = "") -> str:
    """Return `text` cut to `limit` UTF-8 bytes between whole visible characters.

    A cut text ends in 「…」 and, with a code, in where the whole text is; when the limit has no
    room for that pointer, the pointer is left out, and then the dots.
    """
    if len(text.encode(errors="replace")) <= limit:
        return text
    ending = next(end for end in _endings(code) if len(end.encode()) <= limit)
    room = limit - len(ending.encode())
    return _head(text, room).rstrip() + ending


def fit_lines(text: str, limit: int, code: str = "") -> str:
    """Return `text`, or as many of its first lines as `limit` bytes hold, and where the rest is.

    No line is cut, unless not even the first one fits.
    """
    if len(text.encode(errors="replace")) <= limit:
        return text
    ending = "\n" + _endings(code)[0]
    room, kept = limit - len(ending.encode()), list[str]()
    for line in text.split("\n"):
        room -= len(line.encode(errors="replace")) + (1 if kept else 0)
        if room < 0:
            break
        kept.append(line)
    return "\n".join(kept) + ending if kept else cut_bytes(text, limit, code)


def _endings(code: str) -> tuple[str, ...]:
    pointer = f"…（全文见 fengsui incidents show {code}）" if code else "…"
    return (pointer, "…", "")


def _head(text: str, room: int) -> str:
    """Return the longest start of whole grapheme clusters within `room` bytes."""
    kept = []
    for cluster in graphemes(text):
        room -= len(cluster.encode(errors="replace"))
        if room < 0:
            break
        kept.append(cluster)
    return "".join(kept)


def count(number: int) -> str:
    """Return a number as 1.2万 or 3亿 from ten thousand up, rounded down: never more than is."""
    for unit, name in ((_YI, "亿"), (_WAN, "万")):
        if number >= unit:
            tenths = number * 10 // unit
            return f"{tenths // 10}{'' if tenths % 10 == 0 else f'.{tenths % 10}'}{name}"
    return str(number)


def clock(at: datetime, today: datetime | None = None) -> str:
    """Return the Shanghai time as 02:41, with the date before it when it is not `today`'s."""
    local = at.astimezone(_SHANGHAI)
    same_day = today is not None and today.astimezone(_SHANGHAI).date() == local.date()
    return f"{local:%H:%M}" if same_day else f"{local.month}月{local.day}日{local:%H:%M}"


def tame(text: str, limit: int = QUOTE_CHARACTERS) -> str:
    """Return foreign text as one harmless line of at most `limit` characters.

    No mention of anybody, no markup, no link, no invisible character survives.
    """
    line = " ".join(_visible(unicodedata.normalize("NFC", text)).split())
    line = _LINKS.sub("[链接]", line)
    line = _HALF_MARKS.sub(lambda m: _FULL_MARKS[m.group()], line)
    line = line.translate(_LOOKALIKES)
    clusters = list(graphemes(line))
    return line if len(clusters) <= limit else "".join(clusters[: limit - 1]) + "…"


# Characters by which the chat programs tell mentions and markup, and their harmless full-width
# twins: the text still reads the same.
_LOOKALIKES = str.maketrans("@<>[]()*_`#|~\\!&", "＠＜＞［］（）＊＿｀＃｜～＼！＆")
# Cleaning turns Chinese marks into ASCII; people read them as they were written.
_FULL_MARKS = {",": "，", "!": "！", "?": "？", ";": "；", ":": "："}
_HALF_MARKS = re.compile(r"(?<=[\u3400-\u9fff」』”》）！？])[,!?;:]")
_LINKS = re.compile(r"(?i)\b(?:[a-z][a-z0-9+.-]*://|www\.)[^\s，。；！？、）」』】]+")
# Marks that Chinese text never needs and that noise is made of; blanks that count as letters.
_NOISE = frozenset(("Mn", "Me"))
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def _visible(text: str) -> str:
    """Drop zero-width, control, private and combining characters; line ends become spaces."""
    spaced = re.sub(r"[\r\n\t\v\f\x1c-\x1e\x85\u2028\u2029]", " ", text)
    return "".join(c for c in spaced if _is_seen(c))


def _is_seen(character: str) -> bool:
    category = unicodedata.category(character)
    return not (category[0] == "C" or category in _NOISE or character in _BLANKS)


def safe_link(url: str) -> str:
    """Return a web address that stays one address in a message, or an empty text."""
    if not re.match(r"(?i)https?://", url):
        return ""
    escaped = re.sub(r"[\s<>\"'()\[\]@`|\\^{}]", lambda m: _percent(m.group()), _visible(url))
    return escaped[:500]


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())
