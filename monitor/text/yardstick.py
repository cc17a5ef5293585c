"""Tells a brand that is talked of from one that others are measured by: «堪比 A», «与 A 齐名»."""

from __future__ import annotations

import re

# A verb of measuring takes the yardstick as its object; the words between are «的», a title, 《.
_MEASURED_BY = re.compile(
    r"(?:堪比|媲美|比肩|对标|看齐|叫板|平替|不输|直追|自比)[\s「『“\"《]{0,2}$"
)
# «一样» is no such word: «和 A 一样黑心» accuses both.
_WITH = re.compile(r"(?:与|和|跟|同|向)[\s「『“\"《]{0,2}$")
_SIDE_BY_SIDE = re.compile(
    r"[」』”\"》\s]{0,2}(?:们)?(?:同桌|同台|同框|比肩|媲美|齐名|看齐|叫板|平起平坐|相提并论|一较高下|掰手腕)"
)
_REACH = 6  # characters before a name in which the verb or the «与» stands


def is_yardstick(text: str, start: int, end: int) -> bool:
    """Say whether the name at `text[start:end]` is only what somebody else is measured by."""
    before = text[max(0, start - _REACH) : start]
    if _MEASURED_BY.search(before):
        return True
    return bool(_WITH.search(before) and _SIDE_BY_SIDE.match(text, end))
