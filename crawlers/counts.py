"""Counts as platforms write them: 「1.2万」, 「10万+」, 「1,234」, 「赞 999+」; pure."""

from __future__ import annotations

import re
import unicodedata

MAX_COUNT = 10**15  # far above any real counter, safely inside a 64-bit column
LONGEST = 40  # characters; a label with its number is shorter, a text is no counter
UNITS = {"": 1, "k": 10**3, "w": 10**4, "m": 10**6}
UNITS |= {"百": 10**2, "千": 10**3, "万": 10**4, "亿": 10**8}
UNITS |= {"十万": 10**5, "百万": 10**6, "千万": 10**7, "万亿": 10**12}
LABELS = (
    "阅读|浏览|观看|播放|曝光|点击|人气|热度|围观|在看|评论|回复|回帖|跟帖|讨论|弹幕|提问|回答|点赞|获赞|赞同|喜欢"
    "|赞|顶|好评|转发|转评|分享|收藏|关注|粉丝|参与"
)
COUNT = re.compile(
    rf"(?:(?:{LABELS})(?:数|量|了|人数)?)?[\s:(]*(?:约|共|近|超|超过)?\s*"
    r"(\d{1,3}(?:,\d{3})+|\d{1,16})(\.\d{1,6})?\s*([十百千]?万|万?亿|[百千kwm]?)\s*\+?\s*多?"
    rf"[\s)]*(?:个|人|次|条|篇|楼)?\s*(?:{LABELS})?(?:数|量)?",
    re.IGNORECASE,
)


def parse_count(text: object) -> int | None:
    """Return the number behind 「1.2万」, 「10万+」, 「评论(23)」 or 7; None when it is no count.

    A bare label («评论», 「赞」) is None: it says that there is a counter, not what it shows.
    """
    if isinstance(text, bool) or not isinstance(text, (int, float, str)):
        return None
    match = COUNT.fullmatch(_plain(str(text)))
    if match is None:
        return None
    whole, fraction, unit = match[1].replace(",", ""), match[2] or "", match[3].lower()
    value = round(float(whole + fraction) * UNITS[unit])
    return value if value <= MAX_COUNT else None


def _plain(text: str) -> str:
    """Make full-width digits and marks plain, and drop what is not to be seen."""
    plain = unicodedata.normalize("NFKC", text[: LONGEST + 1])
    seen = "".join(c for c in plain if unicodedata.category(c) != "Cf").strip()
    return seen if len(seen) <= LONGEST else ""
