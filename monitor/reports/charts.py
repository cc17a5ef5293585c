"""Where the marks of the report's charts stand; the templates draw them as plain SVG.

Every chart is 400 units wide: about the width of a phone, so that its 11-unit letters stay
readable there and charts stand two abreast on a desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, log1p

from monitor.domain.mention import SHANGHAI
from monitor.domain.tier import Tier
from monitor.reports.figures import Rate
from monitor.reports.response import IncidentLine
from monitor.reports.sections import Bar
from monitor.reports.timeline import Track

WIDTH = 400
TOP, FLOOR = 18, 128  # the plot of a bar chart, between its numbers and its labels
LEFT = 56  # room for a row's name
ROW = 34
ROWS = 12  # more incidents than a page can show as rows; the table lists them all
_GOLDEN_MINUTES = 240
_TICKS = ((1, "1分"), (5, "5分"), (15, "15分"), (60, "1时"), (240, "4时"), (1440, "1天"))
_LATER_TICKS = ((4320, "3天"), (10080, "7天"), (43200, "30天"))
# The widest step that still gives a time line at least three marks.
_STEPS = tuple(timedelta(hours=hours) for hours in (24, 12, 6, 3, 1)) + tuple(
    timedelta(minutes=minutes) for minutes in (30, 15, 5)
)


@dataclass(frozen=True, slots=True)
class Column:
    """One bar: the whole and its negative part, from the floor up."""

    label: str
    x: float
    width: float
    y: float
    negative_y: float
    total: int
    negative: int
    reached: bool


@dataclass(frozen=True, slots=True)
class Whisker:
    """A share with its interval on an axis from zero."""

    label: str
    y: float
    low: float
    middle: float
    high: float
    words: Rate


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of one tier; its height says the tier as its colour does."""

    x: float
    width: float
    y: float
    height: float
    tier: Tier


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of a time line or of the response times."""

    label: str
    y: float
    blocks: tuple[Block, ...] = ()
    marks: tuple[tuple[str, float], ...] = ()
    """Kind of mark (found, acked, statement) and where it stands."""


@dataclass(frozen=True, slots=True)
class Lanes:
    """A chart of rows over one axis."""

    height: int
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]


def columns(bars: Sequence[Bar]) -> tuple[Column, ...]:
    """Place the bars of days or hours side by side."""
    slot = WIDTH / max(1, len(bars))
    most = max((bar.total.value for bar in bars), default=0) or 1
    scale = (FLOOR - TOP) / most
    return tuple(
        Column(
            label=bar.label,
            x=round(slot * number + slot * 0.12, 1),
            width=round(slot * 0.76, 1),
            y=round(FLOOR - bar.total.value * scale, 1),
            negative_y=round(FLOOR - bar.negative.value * scale, 1),
            total=bar.total.value,
            negative=bar.negative.value,
            reached=bar.reached,
        )
        for number, bar in enumerate(bars)
    )


def share_axis(rates: Sequence[Rate]) -> float:
    """The end of a share axis: the next full ten percent, at least twenty."""
    highest = max((rate.interval[1] for rate in rates if rate.interval), default=0.0)
    return min(1.0, max(0.2, ceil(highest * 10) / 10))


def whiskers(now: Rate, before: Rate) -> tuple[Whisker, ...]:
    """Place the shares that may be shown."""
    end = share_axis((now, before))
    rows = (("本周", 40, now), ("前28天", 84, before))
    return tuple(
        Whisker(
            label,
            y,
            _along(rate.interval[0] / end),
            _along(rate.share / end),
            _along(rate.interval[1] / end),
            rate,
        )
        for label, y, rate in rows
        if rate.interval is not None and rate.share is not None
    )


def _along(part: float) -> float:
    return round(LEFT + (WIDTH - LEFT - 8) * min(1.0, max(0.0, part)), 1)


def time_line(tracks: Sequence[Track], since: datetime, until: datetime) -> Lanes:
    """Place tiers over the time from `since` to `until`."""
    length = max(until - since, timedelta(minutes=1))
    lanes = []
    for number, one in enumerate(tracks[:ROWS]):
        bottom = 4 + ROW * (number + 1) - 4
        blocks = []
        for segment in one.segments:
            left, right = (_along((at - since) / length) for at in (segment.start, segment.end))
            height = 2.0 + 8.0 * segment.tier  # the least holds one letter
            blocks.append(
                Block(left, max(2.0, right - left), bottom - height, height, segment.tier)
            )
        lanes.append(Lane(one.label, bottom, tuple(blocks)))
    return Lanes(ROW * len(lanes) + 26, tuple(lanes), _time_ticks(since, length))


def _time_ticks(since: datetime, length: timedelta) -> tuple[Tick, ...]:
    step = next((one for one in _STEPS if length / one >= 3), _STEPS[-1])  # noqa: PLR2004 - see _STEPS
    midnight = since.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight + step * ceil((since - midnight) / step)
    every = 1 + int(length / step) // 8  # at most eight labels fit side by side
    ticks = []
    for number in range(int((since + length - first) / step) + 1):
        at = first + step * number
        if number % every == 0 and at < since + length:
            ticks.append(Tick(_along((at - since) / length), _tick_label(at, step)))
    return tuple(ticks)


def _tick_label(at: datetime, step: timedelta) -> str:
    whole_day = step >= timedelta(days=1) or (at.hour == 0 and at.minute == 0)
    return f"{at.month}/{at.day}" if whole_day else f"{at:%H:%M}"


def response_times(lines: Sequence[IncidentLine]) -> Lanes:
    """Place detection, acknowledgement and first statement on a logarithmic axis."""
    shown = lines[:ROWS]
    longest = max((_minutes(wait) for line in shown for _, wait in _waits(line)), default=0.0)
    ticks = [*_TICKS, *(tick for tick in _LATER_TICKS if tick[0] <= longest)]
    end = log1p(max(longest, ticks[-1][0]) * 1.2)
    lanes = tuple(
        Lane(
            line.code,
            4 + ROW * number + ROW / 2,
            marks=tuple((kind, _along(log1p(_minutes(wait)) / end)) for kind, wait in _waits(line)),
        )
        for number, line in enumerate(shown)
    )
    places = tuple(Tick(_along(log1p(minutes) / end), label) for minutes, label in ticks)
    return Lanes(ROW * len(shown) + 26, lanes, places)


def _waits(line: IncidentLine) -> tuple[tuple[str, timedelta], ...]:
    ends = (
        ("found", line.detected_at),
        ("acked", line.acked_at),
        ("statement", line.statement_at),
    )
    return tuple((kind, wait) for kind, at in ends if (wait := line.after(at)) is not None)


def _minutes(wait: timedelta) -> float:
    return wait / timedelta(minutes=1)
