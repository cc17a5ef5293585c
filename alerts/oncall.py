"""Who is on call: levels with fixed people or a rotation, and swaps with an end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Sequence
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


def on_call(
    levels: Sequence[Level], overrides: Sequence[Override], level_index: int, at: datetime
) -> tuple[str, ...]:
    """Return the ids of who is called at `at` (aware) on the level, counted from 0; empty is a gap.

    Of several swaps that hold, the one that began last counts.
    """
    if not 0 <= level_index < len(levels):
        return ()
    level = levels[level_index]
    swaps = [one for one in overrides if one.level == level.name and one.begin <= at < one.end]
    if swaps:
        return (max(swaps, key=lambda swap: swap.begin).person,)
    return _on_duty(level, at)


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
