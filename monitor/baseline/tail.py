"""The negative-binomial tail: the chance of at least so many mentions where so many are usual.

Counts of mentions are sparse and over-dispersed, the same as cases in public-health outbreak
detection (Farrington 1996, Noufaily 2013), hence the negative binomial: with mean m and dispersion
a its variance is m + a·m². P(X ≥ k) = I(k, 1/a; a·m / (1 + a·m)), the regularised incomplete beta
function, here by its continued fraction (DLMF 8.17.22). scipy has the same function in a package
larger than all of ours; this is the one thing of it we need.
"""

from __future__ import annotations

import math

LEAST_DISPERSION = 1e-6  # below it the distribution is Poisson's to all digits that matter
ITERATIONS = 300
CLOSE = 1e-9
TINY = 1e-300


def surprise(count: float, mean: float, dispersion: float) -> float:
    """−log10 P(X ≥ count) of the negative binomial; 0 for a count that is at most zero.

    `count` may be a fraction (weighted heat): the tail is the beta function's own continuation.
    """
    if count <= 0 or mean <= 0:
        return 0.0 if count <= 0 else -math.log10(TINY)
    spread = max(dispersion, LEAST_DISPERSION) * mean
    return -_log_beta(count, mean / spread, spread / (1 + spread)) / math.log(10) + 0.0


def _log_beta(a: float, b: float, x: float) -> float:
    """Natural logarithm of the regularised incomplete beta function I(a, b; x)."""
    front = (
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1) / (a + b + 2):
        return max(math.log(TINY), front + math.log(_fraction(a, b, x) / a))
    # In the bulk the fraction converges for the other tail, which is far from 1 there.
    rest = math.exp(front + math.log(_fraction(b, a, 1 - x) / b))
    return math.log1p(-min(rest, 1 - 1e-16))


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of DLMF 8.17.22 by Lentz's method, in Thompson and Barnett's form."""
    c, d = 1.0, 1 / _off_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, ITERATIONS):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _off_zero(1 + numerator * d)
            c = _off_zero(1 + numerator / c)
            value *= c * d
        if abs(c * d - 1) < CLOSE:
            break
    return value


def _off_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY
