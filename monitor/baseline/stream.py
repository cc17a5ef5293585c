"""One stream of counts: its season and its watch, moved on hour by hour.

What is usual in an hour is what was learnt up to `LAG` hours before it, so that mentions which come
late are in the counts by the time these teach anything. State after an hour depends on the counts
alone, not on when anybody looked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from monitor.baseline.burst import Burst, Watch, step
from monitor.baseline.days import hour_of_week
from monitor.baseline.season import Season, learn, usual

LAG = 2
HOUR = timedelta(hours=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class HourOfCounts:
    """Twelve counts of five minutes from an hour's start on; None was not seen."""

    start: datetime
    bins: tuple[float | None, ...]
    exposure: float = 1.0
    """Share of the usual mentions that could be seen."""

    @property
    def number(self) -> int:
        """Hours since the epoch."""
        return int((self.start - EPOCH) / HOUR)


@dataclass(frozen=True, slots=True)
class Stream:
    """State of one stream at the full hour `until`."""

    season: Season = field(default_factory=Season)
    watch: Watch = field(default_factory=Watch)
    pending: tuple[tuple[HourOfCounts, bool], ...] = ()
    """Hours that were judged and have not taught anything yet; whether the alarm was on."""


def judge(stream: Stream, hour: HourOfCounts) -> tuple[Watch, list[Burst]]:
    """What the bins of an hour come to; an hour that still runs has fewer than twelve."""
    expected = usual(stream.season, hour_of_week(hour.start), hour.number)
    watch, bursts = stream.watch, []
    for count in hour.bins:
        watch, burst = step(watch, count, expected, hour.exposure)
        bursts.append(burst)
    return watch, bursts


def advance(stream: Stream, hour: HourOfCounts) -> Stream:
    """Move on by one whole hour."""
    watch, _ = judge(stream, hour)
    alarmed = not watch.armed
    pending = (*stream.pending, (hour, alarmed))
    season = stream.season
    if len(pending) > LAG:
        season = _taught(season, *pending[0])
        pending = pending[1:]
    return Stream(season, watch, pending)


def _taught(season: Season, hour: HourOfCounts, alarmed: bool) -> Season:
    return learn(
        season, hour_of_week(hour.start), hour.number, hour.bins, hour.exposure, alarmed=alarmed
    )


def over(stream: Stream, hours: Sequence[HourOfCounts]) -> Stream:
    """Move on over whole hours, oldest first."""
    for hour in hours:
        stream = advance(stream, hour)
    return stream
