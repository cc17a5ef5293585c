"""Policy: the numbers that turn metrics into tiers; data, versioned, copied into open incidents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.domain.mention import SHANGHAI
from monitor.domain.tier import Tier


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
    burst_claims: int = 3
    """A burst lifts only where at least this many mentions allege something of the brand."""
    """−log10 p from which a burst lifts by one level."""
    matrix_negative_share: float = 0.3
    """Below this share of negative mentions the matrix stays silent."""
    window: timedelta = timedelta(hours=24)
    night: tuple[int, int] = (22, 8)
    """From and to, hours in Asia/Shanghai."""
    source: Mapping[str, object] = field(default_factory=dict)
    """The YAML it was read from, for the incident's copy."""

    def band(self, heat: float) -> int:
        """Index of the heat band."""
        return sum(heat >= limit for limit in self.bands)

    def is_night(self, now: datetime) -> bool:
        """Whether `now` lies in the night hours, when a lone weak claim waits."""
        start, end = self.night
        hour = now.astimezone(SHANGHAI).hour
        return (hour >= start or hour < end) if start > end else start <= hour < end
