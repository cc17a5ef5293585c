"""Who is on call: levels with fixed people or a rotation, swaps with an end, and absences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the call order.

    With `rotation_days` 0 all `people` are called together. Otherwise one is on duty for so many
    days: the first from `start` on, changing at `handover` in `zone`; the order also holds before
    `start`, so that a rota never begins with a gap.
    """

    name: str
    people: tuple[str, ...]
    rotation_days: int = 0
    start: date = date(2024, 1, 1)  # a Monday
    handover: time = time(9)
    zone: tzinfo = _SHANGHAI


@dataclass(frozen=True, slots=True)
class Override:
    """A swap: `person` alone stands in for the level from `begin` until before `end` (aware)."""

    level: str
    person: str
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Absence:
    """Leave: `person` is not called from `begin` until before `end` (aware), on whatever level."""

    person: str
    begin: datetime
    end: datetime


def on_call(
    levels: Sequence[Level],
    overrides: Sequence[Override],
    level_index: int,
    at: datetime,
    absences: Sequence[Absence] = (),
) -> tuple[str, ...]:
    """Return the ids of who is called at `at` (aware) on the level, counted from 0; empty is a gap.

    Of several swaps that hold, the one that began last counts.
    """
    if not 0 <= level_index < len(levels):
        return ()
    level = levels[level_index]
    swaps = [one for one in overrides if one.level == level.name and one.begin <= at < one.end]
    planned = (max(swaps, key=_begin).person,) if swaps else _on_duty(level, at)
    away = {one.person for one in absences if one.begin <= at < one.end}
    return tuple(person for person in planned if person not in away)


def _begin(swap: Override) -> datetime:
    return swap.begin


def turns(
    level: Level,
    overrides: Sequence[Override],
    absences: Sequence[Absence],
    begin: datetime,
    end: datetime,
) -> list[datetime]:
    """Return the instants after `begin`, up to `end`, at which the level's duty may change."""
    moments = set(_shifts(level, begin, end))
    for swap in overrides:
        moments |= {swap.begin, swap.end} if swap.level == level.name else set()
    for leave in absences:
        moments |= {leave.begin, leave.end}
    return sorted(moment for moment in moments if begin < moment <= end)


def _shifts(level: Level, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the hand-overs of a rotating level, the last at or before `begin` first."""
    if not level.rotation_days:
        return
    number = _shift(level, begin)
    while True:
        day = level.start + number * level.rotation_days * _DAY
        moment = datetime.combine(day, level.handover, level.zone)
        if moment > end:
            return
        yield moment
        number += 1


def _on_duty(level: Level, at: datetime) -> tuple[str, ...]:
    if not level.people or not level.rotation_days:
        return level.people
    return (level.people[_shift(level, at) % len(level.people)],)


def _shift(level: Level, at: datetime) -> int:
    """Return the number of the shift that `at` lies in; the one that begins at `start` is 0."""
    local = at.astimezone(level.zone).replace(tzinfo=None)
    # By the wall clock, so that a hand-over stays at nine through a change to summer time.
    days = (local - datetime.combine(level.start, level.handover)) // _DAY
    return days // level.rotation_days
