"""Makes of what stands in an export's cell what mention JSON Lines want; pure.

What cannot be read is handed on as it stands, so that `parse_item` refuses it in its words.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, time, timedelta

from crawlers.counts import parse_count
from crawlers.dates import SHANGHAI, parse_time, parse_when
from crawlers.items import ItemError

EMPTY = {"", "-", "--", "—", "/", "\\n", "none", "null", "nan", "n/a", "#n/a", "undefined", "无"}
LABELS = {"赞", "点赞", "评论", "转发", "分享", "收藏", "回复"}  # shown instead of 0: unknown to us
YES = {"是", "true", "1", "yes", "y", "已认证", "认证", "黄v", "蓝v", "金v", "红v"}
YES |= {"个人认证", "企业认证", "机构认证", "官方认证", "加v"}
NO = {"否", "false", "0", "no", "n", "未认证", "普通用户", "无认证"}
EXACT_DIGITS = 10**15  # Excel keeps fifteen digits of a number; the rest of a longer id is lost
EXCEL_QUOTE = re.compile(r'="(.*)"')
SCIENTIFIC = re.compile(r"\d(\.\d+)?e\+?\d+", re.IGNORECASE)
EPOCH = re.compile(r"\d{10}(\d{3})?(\.\d+)?")
DAY_ZERO = datetime(1899, 12, 30, tzinfo=SHANGHAI)  # Excel counts days from here
EXCEL_DAYS = (36526, 73051)  # the years 2000 to 2099
RATING = re.compile(r"(\d+(?:\.\d+)?)\s*[星分颗]?")


def is_empty(value: object) -> bool:
    """Tell whether a cell says nothing."""
    return value is None or (isinstance(value, str) and value.strip().lower() in EMPTY)


def words(value: object) -> str:
    """Return the cell as text; a number as it is written."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return str(int(value))
    return "" if value is None else str(value)


def key(value: object) -> str:
    """Return an identifier without what Excel put around it; ItemError where Excel spoilt it."""
    text = words(value)
    quoted = EXCEL_QUOTE.fullmatch(text)
    text = (quoted[1] if quoted else text).lstrip("'").strip()
    if SCIENTIFIC.fullmatch(text) or _is_rounded(value):
        raise ItemError(
            f"编号「{value}」被 Excel 改成了科学计数，原来的号码已经丢了；"
            "请从原工具重新导出，打开前把这一列设为文本"
        )
    whole = text.removesuffix(".0")  # pandas writes ids with gaps between them so
    return whole if whole.isdecimal() else text


def _is_rounded(value: object) -> bool:
    """Tell whether a number has lost its last digits; a sixteenth that is 0 may be true."""
    if isinstance(value, float):
        return value >= EXACT_DIGITS
    lost = len(str(value)) - 15 if isinstance(value, int) else 0
    return lost > 1 and int(str(value)) % 10**lost == 0


def count(value: object) -> object:
    """Return a counter as a whole number, None where nothing is said."""
    if is_empty(value) or value in LABELS:
        return None
    read = parse_count(value)
    return value if read is None else read


def flag(value: object) -> bool | None:
    """Return what a column of yes and no means; None where it says neither."""
    if isinstance(value, bool):
        return value
    text = words(value).lower()
    return True if text in YES else False if text in NO else None


def rating(value: object) -> object:
    """Return 「4.5」 or 「5星」 as a number."""
    if is_empty(value):
        return None
    match = RATING.fullmatch(words(value))
    return float(match[1]) if match else value


def moment(value: object, base: datetime) -> tuple[str, bool]:
    """Return a time as ISO 8601 and whether it was reckoned from `base`, the time of the file.

    Without offset it is Shanghai's. What cannot be read comes back as it stands.
    """
    if isinstance(value, datetime):
        return _aware(value).isoformat(), False
    if isinstance(value, date):
        return datetime.combine(value, time(), SHANGHAI).isoformat(), False
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number(value), False
    text = words(value)
    if EPOCH.fullmatch(text):
        return _epoch(text), False
    if parse_time(text) is not None:
        return text, False
    found = parse_when(text, base)
    return (found.isoformat(), True) if found else (text, False)


def _aware(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=SHANGHAI)


def _number(value: float) -> str:
    if EXCEL_DAYS[0] <= value < EXCEL_DAYS[1]:
        return (DAY_ZERO + timedelta(days=value)).isoformat(timespec="seconds")
    text = words(value)
    return _epoch(text) if EPOCH.fullmatch(text) else text


def _epoch(text: str) -> str:
    """Read seconds or milliseconds since 1970."""
    digits = text.partition(".")[0]
    return datetime.fromtimestamp(int(digits[:10]), UTC).isoformat()
