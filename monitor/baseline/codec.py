"""Streams as plain JSON values and back, exact to the last bit: a restart changes nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.baseline.burst import Three, Watch
from monitor.baseline.season import Factor, Season
from monitor.baseline.spread import Five, Spread
from monitor.baseline.stream import HourOfCounts, Stream

VERSION = 2
"""Of the tests and what they remember; a state of another version is learnt anew from counts."""


def is_current(value: dict[str, Any]) -> bool:
    """Whether `of_json` can read what was stored, and it means the same today."""
    return bool(value.get("version") == VERSION)


def to_json(stream: Stream) -> dict[str, Any]:
    """Lists and numbers that `of_json` turns back into an equal stream."""
    season = stream.season
    return {
        "version": VERSION,
        "level": _factor(season.level),
        "days": [[hour, *_factor(one)] for hour, one in season.days.items()],
        "weeks": [[*cell, *_factor(one)] for cell, one in season.weeks.items()],
        "quarters": [*season.quarters.sums, season.quarters.hour],
        "hours": [*season.hours.sums, season.hours.hour],
        "watch": _watch(stream.watch),
        "pending": [
            [hour.start.isoformat(), list(hour.bins), hour.exposure, alarmed]
            for hour, alarmed in stream.pending
        ],
    }


def of_json(value: dict[str, Any]) -> Stream:
    """The stream that `to_json` wrote down."""
    season = Season(
        level=Factor(*value["level"]),
        days={row[0]: Factor(*row[1:]) for row in value["days"]},
        weeks={(row[0], row[1]): Factor(*row[2:]) for row in value["weeks"]},
        quarters=Spread(_five(value["quarters"]), value["quarters"][5]),
        hours=Spread(_five(value["hours"]), value["hours"][5]),
    )
    pending = tuple(
        (HourOfCounts(datetime.fromisoformat(start), tuple(bins), exposure), alarmed)
        for start, bins, exposure, alarmed in value["pending"]
    )
    return Stream(season, _watch_of(value["watch"]), pending)


def _factor(one: Factor) -> list[float | int | None]:
    return [one.value, one.doubt, one.hour]


def _five(row: list[float]) -> Five:
    a, b, c, d, e = row[:5]
    return a, b, c, d, e


def _watch(watch: Watch) -> dict[str, Any]:
    return {
        "trail": [None if one is None else list(one) for one in watch.trail],
        "bins": watch.bins,
        "odds": list(watch.odds),
        "quiet": watch.quiet,
        "block": list(watch.block),
        "block_bins": watch.block_bins,
        "blocks": [list(one) for one in watch.blocks],
        "limits": list(watch.limits),
    }


def _watch_of(value: dict[str, Any]) -> Watch:
    return Watch(
        trail=tuple(None if one is None else (one[0], one[1]) for one in value["trail"]),
        bins=value["bins"],
        odds=tuple(value["odds"]),
        quiet=value["quiet"],
        block=_three(value["block"]),
        block_bins=value["block_bins"],
        blocks=tuple(_three(one) for one in value["blocks"]),
        limits=_three(value["limits"]),
    )


def _three(row: list[float]) -> Three:
    short, long, slow = row
    return short, long, slow
