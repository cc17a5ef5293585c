"""How counts scatter about their mean: variance = m + clump·m + frailty·m².

`clump` is what reposts of one post do, `frailty` what a day that is livelier as a whole does. Both
come from weighted least squares of (y − m)² − m on m and m², with a prior; old hours fade.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HALF_LIFE = 24 * 28.0  # hours: four weeks, as long as weekdays take to be known
PRIOR_FRAILTY = 0.5  # of a hospital's hours, before its own are known
FRAILTY_WEIGHT = 8.0  # as good as a standard error of 0.35 = 1/√8
CLUMP_WEIGHT = 100.0  # a standard error of 0.1 = 1/√100; its prior is none

Five = tuple[float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Spread:
    """The sums of the fit, and the hour up to which they have faded."""

    sums: Five = (0.0, 0.0, 0.0, 0.0, 0.0)
    """Σ w·m², Σ w·m³, Σ w·m⁴, Σ w·m·r, Σ w·m²·r."""
    hour: int = 0

    def with_(self, residues: Sequence[float], mean: float, weight: float, hour: int) -> Spread:
        """Add residues r = (y − m)² − m of counts with this mean."""
        kept = 0.5 ** (max(0, hour - self.hour) / HALF_LIFE)
        number, total = len(residues) * weight, sum(residues) * weight
        new = (number * mean**2, number * mean**3, number * mean**4, total * mean, total * mean**2)
        a, b, c, d, e = (old * kept + one for old, one in zip(self.sums, new, strict=True))
        return Spread((a, b, c, d, e), hour)

    def dispersion(self, mean: float) -> float:
        """Squared relative deviation beyond Poisson's at a mean: clump / m + frailty."""
        clump, frailty = self.fitted()
        return frailty + clump / mean if mean > 0 else frailty

    def fitted(self) -> tuple[float, float]:
        """Clump and frailty, neither below zero."""
        a, b, c, d, e = self.sums
        a, c, e = a + CLUMP_WEIGHT, c + FRAILTY_WEIGHT, e + FRAILTY_WEIGHT * PRIOR_FRAILTY
        det = a * c - b * b
        clump, frailty = (d * c - e * b) / det, (a * e - b * d) / det
        if frailty < 0:
            return max(0.0, d / a), 0.0
        return (clump, frailty) if clump >= 0 else (0.0, max(0.0, e / c))
