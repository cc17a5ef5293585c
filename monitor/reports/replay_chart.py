"""Where the marks of a replay's picture stand: mentions, heat and tiers on one time line.

960 units wide: a desk's page, or a sheet on its side. Pure: instants and numbers in, places out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from math import ceil

from monitor.domain.tier import Tier

WIDTH, LEFT, RIGHT = 960, 64, 16
COUNTS = (34, 154)  # top and floor of each panel
HEAT = (190, 310)
TIERS = (346, 436)
HEIGHT = 476
BARS = 96  # bars that can be told apart on a sheet of paper
LABELS = 10  # dates that fit side by side
_STEPS = tuple(
    timedelta(minutes=minutes)
    for minutes in (1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080)
)
_NIGHT = (22, 8)  # the policy's night, shaded: who reads the picture asks who would have slept


@dataclass(frozen=True, slots=True)
class Moment:
    """What was known at one instant of a replay."""

    at: datetime
    mentions: int
    """All that had come in until then."""
    heat: float
    tier: Tier


@dataclass(frozen=True, slots=True)
class Bar:
    """New mentions of one stretch of time."""

    x: float
    y: float
    width: float
    height: float
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch with one tier; its height says the tier as its colour does."""

    x: float
    y: float
    width: float
    height: float
    tier: Tier
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on an axis with its words."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is drawn."""

    bars: tuple[Bar, ...]
    step: timedelta
    most: int
    heat_line: str
    """The points of an SVG polyline."""
    bands: tuple[Mark, ...]
    blocks: tuple[Block, ...]
    nights: tuple[tuple[float, float], ...]
    """Left end and width of each night."""
    ticks: tuple[Mark, ...]


def picture(moments: Sequence[Moment], bands: Sequence[float], zone: tzinfo) -> Picture:
    """Place the moments, which come in order of time; at least one is needed."""
    since = moments[0].at
    until = max(moments[-1].at, since + timedelta(minutes=30))
    step = next((one for one in _STEPS if (until - since) / one < BARS), _STEPS[-1])
    axis = _Axis(since, until)
    counts = _counted(moments, step, since, until)
    most = max(counts) or 1
    return Picture(
        bars=tuple(_bar(axis, since + step * n, step, c, most) for n, c in enumerate(counts) if c),
        step=step,
        most=most,
        heat_line=_heat_line(axis, moments),
        bands=tuple(Mark(_up(band, 100.0, HEAT), f"{band:g}") for band in bands),
        blocks=tuple(_blocks(axis, moments)),
        nights=tuple(_nights(axis, zone)),
        ticks=tuple(_ticks(axis, zone)),
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    since: datetime
    until: datetime

    def x(self, at: datetime) -> float:
        part = (at - self.since) / (self.until - self.since)
        return round(LEFT + (WIDTH - LEFT - RIGHT) * min(1.0, max(0.0, part)), 1)


def _up(value: float, end: float, panel: tuple[int, int]) -> float:
    top, floor = panel
    return round(floor - (floor - top) * min(1.0, value / end), 1)


def _counted(
    moments: Sequence[Moment], step: timedelta, since: datetime, until: datetime
) -> list[int]:
    counts = [0] * (int((until - since) / step) + 1)
    before = 0
    for one in moments:
        counts[int((one.at - since) / step)] += one.mentions - before
        before = one.mentions
    return counts


def _bar(axis: _Axis, at: datetime, step: timedelta, count: int, most: int) -> Bar:
    left, right = axis.x(at), axis.x(at + step)
    top = _up(count, most, COUNTS)
    return Bar(left, top, max(1.5, right - left - 1), round(COUNTS[1] - top, 1), count, at)


def _heat_line(axis: _Axis, moments: Sequence[Moment]) -> str:
    """A staircase: between two looks the last one holds."""
    points: list[tuple[float, float]] = []
    for one in moments:
        x, y = axis.x(one.at), _up(one.heat, 100.0, HEAT)
        if points and points[-1][1] != y:
            points.append((x, points[-1][1]))
        if not points or points[-1] != (x, y):
            points.append((x, y))
    points.append((axis.x(axis.until), points[-1][1]))
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def _blocks(axis: _Axis, moments: Sequence[Moment]) -> list[Block]:
    changes = [moments[0]]
    changes += [after for before, after in pairwise(moments) if after.tier != before.tier]
    ends = [one.at for one in changes[1:]] + [axis.until]
    room = (TIERS[1] - TIERS[0]) / 3
    blocks = []
    for one, end in zip(changes, ends, strict=True):
        if one.tier:
            left, height = axis.x(one.at), round(room * one.tier, 1)
            width = max(2.0, round(axis.x(end) - left, 1))
            blocks.append(Block(left, TIERS[1] - height, width, height, one.tier, one.at, end))
    return blocks


def _nights(axis: _Axis, zone: tzinfo) -> list[tuple[float, float]]:
    day = axis.since.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    day -= timedelta(days=1)
    nights = []
    while day < axis.until:
        begin = day + timedelta(hours=_NIGHT[0])
        end = day + timedelta(days=1, hours=_NIGHT[1])
        if end > axis.since and begin < axis.until:
            left = axis.x(begin)
            nights.append((left, round(axis.x(end) - left, 1)))
        day += timedelta(days=1)
    return nights if len(nights) <= BARS // 2 else []


def _ticks(axis: _Axis, zone: tzinfo) -> list[Mark]:
    length = axis.until - axis.since
    step = next((one for one in _STEPS if length / one <= LABELS), length / LABELS)
    midnight = axis.since.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + step * ceil((axis.since - midnight) / step)
    ticks = []
    while at <= axis.until:
        whole = at.hour == 0 and at.minute == 0
        ticks.append(Mark(axis.x(at), f"{at:%m-%d}" if whole else f"{at:%H:%M}"))
        at += step
    return ticks
