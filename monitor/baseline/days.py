"""Which hour of the week an instant belongs to, holidays and 调休 taken into account.

On a public holiday people write as on a Sunday, on a weekend day that is worked in exchange (调休)
as on a plain weekday. The days off are those of the State Council's yearly notices, as the
package chinesecalendar carries them; a year whose notice it does not know yet has plain weeks,
and `fengsui check` says so.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

import chinese_calendar

SHANGHAI = timedelta(hours=8)
Cell = tuple[int, int]
"""Kind of day and hour."""
WEDNESDAY, SATURDAY, SUNDAY = 2, 5, 6


def hour_of_week(at: datetime) -> Cell:
    """Kind of day (0 Monday to 6 Sunday) and hour (0 to 23) of an aware instant, in Shanghai."""
    local = at + (SHANGHAI - (at.utcoffset() or timedelta()))
    return kind_of_day(local.date()), local.hour


@lru_cache(maxsize=512)
def kind_of_day(day: date) -> int:
    """The weekday that a day behaves like: Sunday when it is off, Wednesday when made up for."""
    weekday = day.weekday()
    if not is_known(day.year):
        return weekday
    if chinese_calendar.is_workday(day):
        return WEDNESDAY if weekday >= SATURDAY else weekday
    return weekday if weekday >= SATURDAY else SUNDAY


def occasion(day: date) -> str:
    """What a day is beside the weekday, as people call it: 春节放假, 调休上班; empty for others."""
    if not is_known(day.year):
        return ""
    off, name = chinese_calendar.get_holiday_detail(day)
    if not off:
        return "调休上班" if day.weekday() >= SATURDAY else ""
    known = {one.value: one.chinese for one in chinese_calendar.Holiday}
    return f"{known[name]}放假" if name else ""


@lru_cache(maxsize=16)
def is_known(year: int) -> bool:
    """Whether the days off of a year are known."""
    try:
        chinese_calendar.is_workday(date(year, 7, 1))
    except NotImplementedError:
        return False
    return True
