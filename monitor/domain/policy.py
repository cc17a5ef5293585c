"""Policy: the numbers that turn metrics into tiers; data, versioned, copied into open incidents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.domain.mention import SHANGHAI
from monitor.domain.tier import Tier


def within(hours: tuple[int, int], now: datetime) -> bool:
    """Whether `now` lies between two full hours in Asia/Shanghai; they may span midnight."""
    start, end = hours
    hour = now.astimezone(SHANGHAI).hour
    return (hour >= start or hour < end) if start > end else start <= hour < end


@dataclass(frozen=True, slots=True)
class Override:
    """Other numbers for one brand, for some hours of the day, or for both."""

    changes: Mapping[str, Any]
    """Field of Policy → its value; `matrix` and `quiet` name only the rows that differ."""
    brand: str | None = None
    hours: tuple[int, int] | None = None
    why: str = ""

    def applies(self, brand: str, now: datetime) -> bool:
        """Whether it holds for this brand at this instant."""
        return self.brand in {None, brand} and (self.hours is None or within(self.hours, now))


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds and times; the shipped values and their sources stand in monitor/policy.yaml."""

    version: str
    bands: tuple[float, ...]
    """Heat limits, rising; n limits make n + 1 bands."""
    matrix: Mapping[str, tuple[Tier, ...]]
    """Severity class → the tier of each heat band."""
    quiet: Mapping[Tier, timedelta]
    credible_signs: int = 2
    claim_score: float = 0.5
    """Risk probability from which a claim counts towards a floor."""
    growth: float = 3.0
    growth_minimum: int = 6
    """Growth is this many mentions in the hour and `growth` times the hour before."""
    surprise: float = 4.0
    """−log10 p from which a burst lifts by one level."""
    burst_claims: int = 3
    """A burst lifts only where at least this many mentions allege something of the brand."""
    spread_platforms: int = 3
    """Allegations on this many platforms lift by one level."""
    matrix_negative_share: float = 0.3
    """Below this share of negative mentions the matrix stays silent."""
    window: timedelta = timedelta(hours=24)
    night: tuple[int, int] = (22, 8)
    """From and to, hours in Asia/Shanghai."""
    overrides: tuple[Override, ...] = ()
    """In the order of the file; where two name the same number the later one holds."""
    source: Mapping[str, object] = field(default_factory=dict)
    """The YAML it was read from, for the incident's copy."""

    def band(self, heat: float) -> int:
        """Index of the heat band."""
        return sum(heat >= limit for limit in self.bands)

    def is_night(self, now: datetime) -> bool:
        """Whether `now` lies in the night hours, when a lone weak claim waits."""
        return within(self.night, now)

    def at(self, brand: str, now: datetime) -> Policy:
        """The numbers that hold for a brand at an instant, its overrides applied."""
        policy = self
        for one in self.overrides:
            if one.applies(brand, now):
                policy = _changed(policy, one.changes)
        return policy


def _changed(policy: Policy, changes: Mapping[str, Any]) -> Policy:
    merged = dict(changes)
    for rows in ("matrix", "quiet"):
        if rows in merged:
            merged[rows] = {**getattr(policy, rows), **merged[rows]}
    return replace(policy, **merged)
