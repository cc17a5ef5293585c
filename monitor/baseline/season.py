"""The usual count of every hour of the week, learnt hour by hour, and how far to trust it.

usual = level × hour of the day × hour of the week. Each factor keeps its value and its squared
relative error. An hour whose count is y where m was usual corrects the product by
1 + K·(y/m − 1), with K = doubt / (doubt + dispersion + 1/m): the gain of a Kalman filter in
relative terms, where dispersion + 1/m is what a negative-binomial count scatters by itself. The
factors share the correction in proportion to their doubt, and doubt grows again with time. A
brand without history has the prior's usual count with a wide margin, and every hour narrows it.
Hours that were not seen teach nothing; hours far above the usual teach no more than a clipped
count, so a crisis does not become normal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from monitor.baseline.days import Cell
from monitor.baseline.spread import Spread

BINS = 12  # five minutes each: quarters and hours end on them
QUARTER = 3

PRIOR_LEVEL = 1.0  # mentions an hour of a brand we know nothing of: a town hospital on a plain day
DAILY = (
    *(0.54, 0.35, 0.23, 0.20, 0.20, 0.25, 0.39, 0.69, 1.13, 1.48, 1.48, 1.38),
    *(1.33, 1.28, 1.33, 1.33, 1.28, 1.18, 1.18, 1.28, 1.48, 1.57, 1.43, 1.02),
)
"""Prior daily curve, mean 1, from three Weibo cascades by hour in Shanghai, smoothed by hand: from
2 to 6 o'clock a fifth of an average hour, late evening the most."""

LEVEL_DOUBT = 3.3  # squared relative error: brands differ by powers of ten
DAY_DOUBT = 0.5  # daily curves differ by 70 % an hour, most at night
WEEK_DOUBT = 0.05  # weekdays differ from the daily curve by some 22 % an hour
LEVEL_HALF_LIFE = 24 * 7.0  # hours in which doubt doubles: a campaign is usual after some weeks
SHAPE_HALF_LIFE = 24 * 28.0  # the same of the curves: four of each weekday
LEVEL_KNOWN = 0.05  # before the level is known to 22 % nothing is clipped: half a day to a day
KNOWN = 0.36  # a mean known to within 60 % is fit to measure scatter against
CLIP = 3.0  # standard deviations above the usual beyond which an hour teaches nothing more
ALARMED_CLIP = 1.0  # the same while the alarm is on


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of the usual count, its squared relative error, and the hour it was corrected."""

    value: float
    doubt: float
    hour: int | None = None
    """Hours since the epoch; None before anything was seen."""

    def aged(self, hour: int, half_life: float, most: float) -> Factor:
        """The same some time later: doubt doubles in a half-life, up to what it was at first."""
        if self.hour is None:
            return self
        grown = self.doubt * 2.0 ** (max(0, hour - self.hour) / half_life)
        return Factor(self.value, min(grown, most), self.hour)

    def corrected(self, ratio: float, whole: float, noise: float, hour: int) -> Factor:
        """Take its share of a correction of the product, whose doubt is `whole`."""
        value = self.value * ratio ** (self.doubt / whole)
        return Factor(value, self.doubt * (1 - self.doubt / (whole + noise)), hour)


@dataclass(frozen=True, slots=True)
class Season:
    """Everything that is known of a stream's usual counts."""

    level: Factor = Factor(PRIOR_LEVEL, LEVEL_DOUBT)
    days: Mapping[int, Factor] = field(default_factory=dict)
    """By hour of the day."""
    weeks: Mapping[Cell, Factor] = field(default_factory=dict)
    """By hour of the week."""
    quarters: Spread = field(default_factory=Spread)
    """How quarters of an hour scatter about their mean."""
    hours: Spread = field(default_factory=Spread)
    """The same of hours."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual in one hour of the week."""

    mean: float
    """Mentions an hour."""
    doubt: float
    """Squared relative error of the mean: what counts vary more for our not knowing it."""
    quarters: float
    """Dispersion of quarters of an hour about a known mean."""
    hours: float
    """The same of whole hours."""


def usual(season: Season, cell: Cell, hour: int) -> Usual:
    """Mean, doubt and dispersions of an hour of the week; `hour` counts from the epoch."""
    level, day, week = factors = _factors(season, cell, hour)
    mean = level.value * day.value * week.value
    return Usual(
        mean,
        sum(one.doubt for one in factors),
        season.quarters.dispersion(mean / 4),
        season.hours.dispersion(mean),
    )


def _factors(season: Season, cell: Cell, hour: int) -> tuple[Factor, Factor, Factor]:
    day = season.days.get(cell[1]) or Factor(DAILY[cell[1]], DAY_DOUBT)
    week = season.weeks.get(cell) or Factor(1.0, WEEK_DOUBT)
    return (
        season.level.aged(hour, LEVEL_HALF_LIFE, LEVEL_DOUBT),
        day.aged(hour, SHAPE_HALF_LIFE, DAY_DOUBT),
        week.aged(hour, SHAPE_HALF_LIFE, WEEK_DOUBT),
    )


def learn(
    season: Season,
    cell: Cell,
    hour: int,
    bins: Sequence[float | None],
    exposure: float = 1.0,
    *,
    alarmed: bool = False,
) -> Season:
    """Take one hour into account: its twelve counts; None, or no exposure, is missing, not zero."""
    known = [count for count in bins if count is not None]
    share = exposure * len(known) / BINS
    if share <= 0:
        return season
    before = usual(season, cell, hour)
    mean, count = before.mean * share, float(sum(known))
    if season.level.doubt <= LEVEL_KNOWN:
        deviations = ALARMED_CLIP if alarmed else CLIP
        count = min(count, _clip(mean, before.hours + before.doubt, deviations))
    noise = before.hours + 1 / mean
    ratio = 1 + before.doubt / (before.doubt + noise) * (count / mean - 1)
    level, day, week = (
        one.corrected(ratio, before.doubt, noise, hour) for one in _factors(season, cell, hour)
    )
    quarter = before.mean * exposure / 4
    return Season(
        level=level,
        days={**season.days, cell[1]: day},
        weeks={**season.weeks, cell: week},
        quarters=_spread(
            season.quarters, _quarters(bins), quarter, before.quarters, before.doubt, hour
        ),
        hours=_spread(season.hours, [sum(known)], mean, before.hours, before.doubt, hour),
    )


def _clip(mean: float, dispersion: float, deviations: float) -> float:
    return mean + deviations * math.sqrt(mean + dispersion * mean * mean)


def _quarters(bins: Sequence[float | None]) -> list[float]:
    """Counts of the quarters of an hour that were seen whole."""
    cut = [bins[start : start + QUARTER] for start in range(0, BINS, QUARTER)]
    return [sum(c for c in one if c is not None) for one in cut if None not in one]


def _spread(
    spread: Spread, counts: Sequence[float], mean: float, dispersion: float, doubt: float, hour: int
) -> Spread:
    """Add what counts tell of their scatter, each weighed by how surely it tells."""
    variance = mean + (dispersion + doubt) * mean * mean
    if variance <= 0 or doubt > KNOWN:
        return spread
    clip = _clip(mean, dispersion + doubt, CLIP + 1)
    due = mean + doubt * mean * mean
    residues = [(min(count, clip) - mean) ** 2 - due for count in counts]
    return spread.with_(residues, mean, 1 / (mean + 2 * variance * variance), hour)
