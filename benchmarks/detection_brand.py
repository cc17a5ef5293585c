"""Simulated brands: how long until a growth is noticed, at one false alarm in 30 days.

A brand writes a known number of mentions an hour on average, with a day/night curve six times as
high in the afternoon as before dawn, fewer at weekends, and counts of ten minutes that are negative
binomial with dispersion 0.5. Every method sees the same counts. The baseline is learnt from four
weeks of them, not given. Then come 30 quiet days, on which each method's limit is set to one alarm
(with twelve hours of rest), and days on which mentions grow at 03:00 or 21:00 and stay grown. The
shipped detector is printed with its shipped limits, and its own false alarms are counted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

import numpy as np

from benchmarks.detection_table import Table
from monitor.baseline.burst import REARM, Burst
from monitor.baseline.season import BINS
from monitor.baseline.stream import HOUR, HourOfCounts, Stream, advance, judge
from monitor.baseline.tail import surprise

START = datetime(2026, 3, 2, tzinfo=timezone(timedelta(hours=8)))  # a Monday
LEARNT, QUIET = 28, 30  # days
RATES = (0.5, 3.0, 30.0)
MONTHS, SHORT_MONTHS = 60, 6
GROWTHS = ((3, 3), (3, 10), (21, 3), (21, 10))
"""Hour at which mentions grow, and how many times."""
MINUTES = 5
MISSED = 24 * 60.0
TEN, THREE = 60, 240
"""Bars at 3 an hour: minutes until ×10 and ×3 at 03:00 are noticed, in the median."""
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Month:
    """Values of each method by bin: on quiet days, and from each growth on."""

    quiet: np.ndarray
    grown: dict[tuple[int, int], np.ndarray]


def values(burst: Burst, mean: float, deviation: float) -> tuple[float, ...]:
    """What each method says at one bin, in the order of METHODS."""
    return (
        (burst.count_60 - mean) / deviation,
        surprise(burst.count_60, burst.usual_60, 0.0),
        burst.values[1],
        burst.values[2],
        burst.score,
    )


METHODS = (
    "z-score, no season",
    "Poisson 60 min",
    "NB 60 min",
    "NB-Shiryaev–Roberts",
    "ours, all three",
)


def table(data: Path, *, short: bool) -> Table:  # noqa: ARG001 - it needs no data
    """Median (and 90th percentile of) minutes until noticed, by method, rate and growth."""
    months = SHORT_MONTHS if short else MONTHS
    lines = [
        "| mentions/h | method | limit | false/30 d | "
        + " | ".join(f"×{times} at {hour:02}:00" for hour, times in GROWTHS)
        + " |",
        "| --- | --- | --- | --- |" + " --- |" * len(GROWTHS),
    ]
    bars: list[tuple[str, bool]] = []
    with ProcessPoolExecutor(2) as pool:
        for rate in RATES:
            found = list(pool.map(simulate, [rate] * months, range(months)))
            for number, name in enumerate(METHODS):
                limit = 1.0 if number == len(METHODS) - 1 else _limit(found, number)
                delays = {one: _delays(found, one, number, limit) for one in GROWTHS}
                cells = " | ".join(_cell(delays[one]) for one in GROWTHS)
                alarms = _alarms(found, number, limit)
                lines.append(f"| {rate:g} | {name} | {limit:.2f} | {alarms:.2f} | {cells} |")
                if rate == RATES[1] and number == len(METHODS) - 1:
                    bars = _bars(delays, alarms, months)
    return Table(f"Simulated brands, {months} months each, baseline learnt", lines, bars)


def _bars(
    delays: dict[tuple[int, int], list[float]], alarms: float, months: int
) -> list[tuple[str, bool]]:
    ten, three = median(delays[3, 10]), median(delays[3, 3])
    # Alarms of a month scatter like Poisson's: two standard errors of so many months are no miss.
    most = 1 + 2 / math.sqrt(months)
    return [
        (f"3/h: {alarms:.2f} false alarms in 30 days: 1, or {most:.2f} by chance", alarms <= most),
        (f"3/h, ×10 at 03:00 noticed in {ten:.0f} min (median), at most {TEN}", ten <= TEN),
        (f"3/h, ×3 at 03:00 noticed in {three:.0f} min (median), at most {THREE}", three <= THREE),
    ]


def simulate(rate: float, seed: int) -> Month:
    """Learn four weeks, then judge 30 quiet days and each growth from the same state."""
    chance = np.random.default_rng([seed, round(rate * 10)])
    past = _counts(chance, rate, 0, 24 * LEARNT)
    stream = Stream()
    for hour in _hours(past, 0):
        stream = advance(stream, hour)
    sums = np.convolve(past, np.ones(BINS), "valid")
    moments = float(sums.mean()), float(sums.std())
    first = 24 * LEARNT
    grown = {}
    for hour, times in GROWTHS:
        counts = _counts(chance, rate, first, hour + 24, (hour, times))
        grown[hour, times] = _judged(stream, counts, first, moments)[hour * BINS :]
    quiet = _judged(stream, _counts(chance, rate, first, 24 * QUIET), first, moments)
    return Month(quiet, grown)


def _counts(
    chance: np.random.Generator,
    rate: float,
    first: int,
    hours: int,
    growth: tuple[int, int] | None = None,
) -> np.ndarray:
    """Counts of five minutes from hour `first` on; each two share their liveliness."""
    tens = np.repeat([rate * _curve(first + hour) / 6 for hour in range(hours)], 6)
    if growth is not None:
        tens[growth[0] * 6 :] *= growth[1]
    lively = tens * chance.gamma(2.0, 0.5, size=tens.size)
    return chance.poisson(np.repeat(lively / 2, 2))


def _curve(hour: int) -> float:
    """Day and night, mean 1; a fifth less at weekends."""
    weekend = 0.85 if hour // 24 % 7 >= SATURDAY else 1.06
    return weekend * math.exp(0.9 * math.cos(2 * math.pi * (hour % 24 - 16) / 24)) / 1.213


def _hours(counts: np.ndarray, first: int) -> list[HourOfCounts]:
    rows = counts.reshape(-1, BINS).astype(float).tolist()
    return [HourOfCounts(START + HOUR * (first + n), tuple(row)) for n, row in enumerate(rows)]


def _judged(
    stream: Stream, counts: np.ndarray, first: int, moments: tuple[float, float]
) -> np.ndarray:
    found = []
    for hour in _hours(counts, first):
        found += [values(burst, *moments) for burst in judge(stream, hour)[1]]
        stream = advance(stream, hour)
    return np.array(found)


def _alarms(months: Sequence[Month], number: int, limit: float) -> float:
    """Alarms in 30 days, each followed by a rest until twelve hours were quiet."""
    count = 0
    for one in months:
        loud = np.flatnonzero(one.quiet[:, number] >= limit).tolist()
        count += bool(loud) + sum(after - before > REARM for before, after in pairwise(loud))
    return count / len(months)


def _limit(months: Sequence[Month], number: int) -> float:
    """The lowest limit with at most one alarm in 30 days."""
    low, high = 0.0, max(float(one.quiet[:, number].max()) for one in months) + 1e-9
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (low, middle) if _alarms(months, number, middle) <= 1 else (middle, high)
    return high


def _delays(
    months: Sequence[Month], growth: tuple[int, int], number: int, limit: float
) -> list[float]:
    found = []
    for one in months:
        loud = np.flatnonzero(one.grown[growth][:, number] >= limit)
        found.append(float(loud[0] + 1) * MINUTES if loud.size else MISSED)
    return found


def _cell(delays: list[float]) -> str:
    late = quantiles(delays, n=10)[-1]
    return f"{_minutes(median(delays))} ({_minutes(late)})"


def _minutes(value: float) -> str:
    return f">{MISSED:.0f}" if value >= MISSED else f"{value:.0f}"
