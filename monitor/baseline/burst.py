"""Whether a stream is bursting: tail tests on 15 and 60 minutes, a CUSUM, an alarm that rests.

The two tails see jumps. The CUSUM adds up the evidence that mentions come `RATIO` times as often
as usual and falls back to zero while they do not: it sees slow builds (Höhle and Paul 2008 for
counts). Each test has a limit. The lowest limits were set by simulation, so that the three
together cry wolf once in 30 days on a stream that is what the model says; a stream that is wilder
than the model gets the limits that its own six-hour maxima ask for. The score is the largest
share of a limit that any test has reached.

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

RATIO = 3.0  # the growth that the CUSUM is built for, the same as the policy's `growth`
MOST_CUSUM = 15.0  # enough to be loud; after a long crisis it must not take days to fall
LOWEST = (4.3, 3.4, 6.0)
"""Limits of the tail on 15 minutes, the tail on 60 minutes (both −log10 p) and the CUSUM."""
REARM = 12 * BINS  # quiet bins that arm the alarm again
BLOCK = 6 * BINS  # seen bins of which the maximum is kept
BLOCKS = 120  # 30 days of them
FEWEST_BLOCKS = 8  # two days: before that quartiles say nothing
ONCE_IN = 3 * BLOCKS  # blocks: each of three tests once in 90 days is one alarm in 30

Three = tuple[float, float, float]
"""A value for each test: tail on 15 minutes, tail on 60 minutes, CUSUM."""
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
    cusum: float = 0.0
    """Evidence up to the last whole quarter."""
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
    cusum, whole = watch.cusum, bins == QUARTER
    if whole:
        # By quarters: counts five minutes apart share their causes and would count them twice.
        part = [one for one in trail[-QUARTER:] if one is not None]
        cusum += _evidence(part, usual.quarters + usual.doubt)
        cusum = min(max(0.0, cusum), MOST_CUSUM)
    burst = _read(trail, cusum, watch.limits, usual)
    after = replace(watch, trail=trail, bins=0 if whole else bins, cusum=cusum)
    return (_remembered(after, burst) if seen else after), burst


def _evidence(bins: Sequence[Counted], dispersion: float) -> float:
    """Log-likelihood ratio of `RATIO` times the usual count against the usual count."""
    count, mean = sum(one for one, _ in bins), sum(one for _, one in bins)
    size = 1 / max(dispersion, LEAST_DISPERSION)
    growth = (RATIO * mean + size) / (mean + size)
    return count * math.log(RATIO) - (count + size) * math.log(growth)


def _read(trail: tuple[Counted | None, ...], cusum: float, limits: Three, usual: Usual) -> Burst:
    count_15, usual_15 = _sums(trail[-QUARTER:])
    count_60, usual_60 = _sums(trail)
    short = surprise(count_15, usual_15, usual.quarters + usual.doubt) if usual_15 else 0.0
    long = surprise(count_60, usual_60, usual.hours + usual.doubt) if usual_60 else 0.0
    return Burst(count_15, count_60, usual_15, usual_60, (short, long, cusum), limits)


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
    """For each test the value that a stream's six-hour maxima reach once in 90 days.

    Gumbel's law through the quartiles of the last 30 days, which a crisis of a week leaves alone;
    never below the limits of the model.
    """
    if len(blocks) < FEWEST_BLOCKS:
        return LOWEST
    short, long, slow = (
        max(least, _once_in(values))
        for least, values in zip(LOWEST, zip(*blocks, strict=True), strict=True)
    )
    return short, long, slow


def _once_in(maxima: Sequence[float]) -> float:
    low, middle, high = quantiles(maxima, n=4)
    # Gumbel: quantile(p) = location − scale·ln(−ln p).
    scale = (high - low) / (math.log(math.log(4)) - math.log(math.log(4 / 3)))
    return middle + scale * (math.log(ONCE_IN) + math.log(math.log(2)))
