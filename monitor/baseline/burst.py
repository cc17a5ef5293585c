"""Whether a stream is bursting: tail tests on 15 and 60 minutes, a cumulative sum, a resting alarm.

The two tails see jumps. The cumulative sum is Shiryaev's and Roberts' (the CUSUM's sister, which
adds the evidence of every start that a growth could have had, where the CUSUM keeps the best one):
R ← (1 + R) × likelihood ratio, a quarter of an hour at a time, for each of `GROWTHS`; its value is
ln(1 + their mean). On simulated sparse brands it notices a growth by 3 earlier than the CUSUM did
at the same rate of false alarms. Each test has a limit. The lowest limits were set by simulation,
so that the three together cry wolf once in 30 days on a stream that is what the model says; a
stream that is wilder than the model gets the limits that its own six-hour maxima ask for. The
score is the largest share of a limit that any test has reached.

The alarm goes off on the rising edge and is armed again after twelve quiet hours. It never keeps
a tier from rising: tiers look at the surprise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import quantiles

from monitor.baseline.season import BINS, QUARTER, Usual
from monitor.baseline.tail import LEAST_DISPERSION, surprise

GROWTHS = (4.0, 10.0)
"""How many times the usual the cumulative sum looks for: what lies between is seen by both."""
MOST_ODDS = math.exp(17.0)  # enough to be loud; after a long crisis it must not take days to fall
LOWEST = (5.25, 4.4, 8.1)
"""Limits of the tail on 15 minutes, the tail on 60 minutes (both −log10 p) and the sum."""
REARM = 12 * BINS  # quiet bins that arm the alarm again
BLOCK = 6 * BINS  # seen bins of which the maximum is kept
BLOCKS = 120  # 30 days of them
FEWEST_BLOCKS = 8  # two days: before that quartiles say nothing
ONCE_IN = (24.0 * BLOCKS, 24.0 * BLOCKS, 1.5 * BLOCKS)
"""Blocks: each tail once in 720 days, the sum of a stream wilder than the model once in 45.

The sum has nearly all of the one alarm in 30 days: it alone sees a slow growth of a sparse brand,
and sees a jump by 10 as soon as the tails do. `LOWEST` was chosen by the simulation of
benchmarks/detection_brand.py at 3 an hour on seeds 1000–1023 and checked on 2000–2029: neither
those that the benchmark measures.
"""
SCALE_ERROR = 1.26
"""Relative standard error of Gumbel's scale by quartiles, times √n: asymptotic, for n values."""

Three = tuple[float, float, float]
"""A value for each test: tail on 15 minutes, tail on 60 minutes, cumulative sum."""
Counted = tuple[float, float]
"""Count and usual count of a bin."""


@dataclass(frozen=True, slots=True)
class Burst:
    """What one bin came to."""

    count_15: float = 0.0
    count_60: float = 0.0
    usual_15: float = 0.0
    usual_60: float = 0.0
    values: Three = (0.0, 0.0, 0.0)
    limits: Three = LOWEST

    @property
    def score(self) -> float:
        """The largest share of a limit; 1 is reached once in 30 days without a cause."""
        return max(value / limit for value, limit in zip(self.values, self.limits, strict=True))


@dataclass(frozen=True, slots=True)
class Watch:
    """What the tests remember between two bins."""

    trail: tuple[Counted | None, ...] = ()
    """The last hour's bins, oldest first; None was not seen."""
    bins: int = 0
    """Bins of the running quarter of an hour."""
    odds: tuple[float, ...] = (0.0,) * len(GROWTHS)
    """R of each growth up to the last whole quarter."""
    quiet: int = REARM
    """Seen bins since the score last reached 1; armed from `REARM` on."""
    block: Three = (0.0, 0.0, 0.0)
    """Highest values of the running six hours."""
    block_bins: int = 0
    blocks: tuple[Three, ...] = ()
    limits: Three = LOWEST

    @property
    def armed(self) -> bool:
        """Whether a loud bin would be news."""
        return self.quiet >= REARM


def step(
    watch: Watch, count: float | None, usual: Usual, exposure: float = 1.0
) -> tuple[Watch, Burst]:
    """One more bin of five minutes: what to remember, and how unusual things are at its end.

    A bin that was not seen (None, or no exposure) leaves evidence and rest as they are.
    """
    seen = None if count is None or exposure <= 0 else (count, usual.mean * exposure / BINS)
    trail, bins = (*watch.trail, seen)[-BINS:], watch.bins + 1
    whole = bins == QUARTER
    # By quarters: counts five minutes apart share their causes and would count them twice.
    part = [one for one in trail[-bins:] if one is not None]
    odds = _odds(watch.odds, part, usual.quarters + usual.doubt)
    burst = _read(trail, math.log1p(sum(odds) / len(odds)), watch.limits, usual)
    after = replace(watch, trail=trail, bins=0 if whole else bins)
    after = replace(after, odds=odds) if whole else after
    return (_remembered(after, burst) if seen else after), burst


def _odds(
    before: tuple[float, ...], part: Sequence[Counted], dispersion: float
) -> tuple[float, ...]:
    """Take a quarter, or what there is of it, into account; one of which nothing was seen, not."""
    if not part:
        return before
    count, mean = sum(one for one, _ in part), sum(one for _, one in part)
    size = 1 / max(dispersion, LEAST_DISPERSION)
    return tuple(
        min(MOST_ODDS, (1 + odds) * _ratio(growth, count, mean, size))
        for growth, odds in zip(GROWTHS, before, strict=True)
    )


def _ratio(growth: float, count: float, mean: float, size: float) -> float:
    """Likelihood ratio of so many times the usual count against the usual count."""
    swelling = (growth * mean + size) / (mean + size)
    evidence = count * math.log(growth) - (count + size) * math.log(swelling)
    return math.exp(min(evidence, 100.0))


def _read(trail: tuple[Counted | None, ...], total: float, limits: Three, usual: Usual) -> Burst:
    count_15, usual_15 = _sums(trail[-QUARTER:])
    count_60, usual_60 = _sums(trail)
    short = surprise(count_15, usual_15, usual.quarters + usual.doubt) if usual_15 else 0.0
    long = surprise(count_60, usual_60, usual.hours + usual.doubt) if usual_60 else 0.0
    return Burst(count_15, count_60, usual_15, usual_60, (short, long, total), limits)


def _sums(trail: tuple[Counted | None, ...]) -> Counted:
    seen = [one for one in trail if one is not None]
    return sum(count for count, _ in seen), sum(mean for _, mean in seen)


def _remembered(watch: Watch, burst: Burst) -> Watch:
    short, long, slow = map(max, watch.block, burst.values)
    quiet = 0 if burst.score >= 1 else min(watch.quiet + 1, REARM)
    if watch.block_bins + 1 < BLOCK:
        return replace(
            watch, quiet=quiet, block=(short, long, slow), block_bins=watch.block_bins + 1
        )
    blocks = (*watch.blocks, (short, long, slow))[-BLOCKS:]
    return replace(
        watch,
        quiet=quiet,
        block=(0.0, 0.0, 0.0),
        block_bins=0,
        blocks=blocks,
        limits=own_limits(blocks),
    )


def own_limits(blocks: Sequence[Three]) -> Three:
    """For each test the value that a stream's six-hour maxima reach once in `ONCE_IN`.

    Gumbel's law through the quartiles of the last 30 days, which a crisis of a week leaves alone,
    less a standard error: a stream counts as wilder than the model where it surely is. Never
    below the limits of the model.
    """
    if len(blocks) < FEWEST_BLOCKS:
        return LOWEST
    short, long, total = (
        max(least, _once_in(number, values))
        for least, number, values in zip(LOWEST, ONCE_IN, zip(*blocks, strict=True), strict=True)
    )
    return short, long, total


def _once_in(number: float, maxima: Sequence[float]) -> float:
    low, middle, high = quantiles(maxima, n=4)
    # Gumbel: quantile(p) = location − scale·ln(−ln p).
    scale = (high - low) / (math.log(math.log(4)) - math.log(math.log(4 / 3)))
    reach = math.log(number) + math.log(math.log(2))
    return middle + scale * reach * (1 - SCALE_ERROR / math.sqrt(len(maxima)))
