"""The hour behind a date, 「下午3点半」 or 「18:05:33 +0800」, and numbers in Chinese; pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from crawlers import date_words as words

LATE_HOURS = 5  # 「晚上1点」 belongs to the night that began the day before
NOON = 12
A_DAY = timedelta(days=1)


def with_clock(day: date, rest: str, zone: tzinfo) -> tuple[datetime, str]:
    """Return the day at the hour that `rest` begins with, else its start, and what is left."""
    start = datetime.combine(day, time(), zone)
    match = words.CLOCK.match(rest)
    if match is None:
        return start, rest
    left = rest[match.end() :]
    offset = words.OFFSET.match(left)
    hour, minute, second = _clock(match)
    at = datetime.combine(day + (hour // 24) * A_DAY, time(hour % 24, minute, second), zone)
    if offset is None:
        return at, left
    return at.replace(tzinfo=UTC) - _shift(offset), left[offset.end() :]


def _shift(match: re.Match[str]) -> timedelta:
    if match["utc"]:
        return timedelta()
    size = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"]))
    return -size if match["sign"] == "-" else size


def _clock(match: re.Match[str]) -> tuple[int, int, int]:
    """Return hour, minute, second; hour 24 and above is the next day. ValueError for 25:00."""
    if match["hour"]:
        hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    else:
        hour = round(number(match["oclock"]))
        minute = 30 if match["half"] else int(match["past"] or 0)
        second = int(match["sec"] or 0)
    if hour > 24:  # noqa: PLR2004 (hours of a day)
        raise ValueError(match[0])
    return _of_the_day(hour, (match["part"] or match["suffix"] or "").lower()), minute, second


def _of_the_day(hour: int, part: str) -> int:
    """Return the hour of 24 that 下午3点 or 晚上12点 means."""
    kind = words.PARTS_OF_DAY.get(part)
    if kind == "evening" and (hour == NOON or hour < LATE_HOURS):
        return hour % NOON + 24
    if kind in {"afternoon", "evening"}:
        return hour + NOON if hour < NOON else hour
    if kind == "noon":
        return hour + NOON if hour < LATE_HOURS else hour
    return hour % NOON if kind == "morning" and part in {"凌晨", "am"} else hour


def number(text: str) -> float:
    """Return the number of 3, 三, 十二, 二十, 半, 几 or «an»."""
    if text.isdecimal():
        return int(text)
    if text in {"半", "几", "a", "an", "A", "An", "AN"}:
        return {"半": 0.5, "几": words.A_FEW}.get(text, 1)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return (
            words.HANZI[text] if len(text) == 1 else int("".join(str(words.HANZI[c]) for c in text))
        )
    return 10 * (words.HANZI[tens] if tens else 1) + (words.HANZI[ones] if ones else 0)
