"""Two indexes of others, computed beside ours for comparison; no rule reads them.

WCI V14.2 (清博) exists in two variants. This is the one with four terms,
0.70·ln(R+1) + 0.09·ln(10·Z+1) + 0.06·ln(10·L+1) + 0.15·ln(10·RE+1), of readings R, 在看 Z, likes L
and reposts RE; the other has 0.85, 0.09 and 0.06 and no reposts. The same form is taken of all
articles by day (O), of the average article (A), of the headline by day (H) and of the best (P), and
WCI = (0.6·O + 0.2·A + 0.1·H + 0.1·P)² · 12. It was made for one 公众号 over some days: we hand it a
topic. Few platforms tell 在看, so likes stand for it, and the most read article for the headline.

BettaFish ranks by likes + 5·comments + 10·shares + 0.1·views; we print the sum, and the same on our
scale. Both take a missing counter as zero: they do not say otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.domain.heat import heat_of_attention
from monitor.domain.mention import Counters


@dataclass(frozen=True, slots=True)
class Beside:
    """What the others' formulas say of a topic."""

    wci: float
    """WCI V14.2, the variant with reposts; typical accounts read some hundreds, the top 2,000."""
    bettafish: float
    """Weighted sum."""
    bettafish_heat: float
    """The same sum on our logarithmic scale from 0 to 100."""


def beside(mentions: Sequence[Counters], days: float = 1.0) -> Beside:
    """Both indexes of a topic's mentions over so many days."""
    total = sum(map(_bettafish, mentions))
    return Beside(wci(mentions, days), total, heat_of_attention(total))


def wci(articles: Sequence[Counters], days: float = 1.0) -> float:
    """WCI V14.2 in the variant with reposts; 0 without an article."""
    if not articles:
        return 0.0
    best = max(articles, key=lambda one: one.views or 0)
    overall = _term(*_sums(articles), days)
    average = _term(*_sums(articles), float(len(articles)))
    headline = _term(*_sums([best]), days)
    peak = _term(*_sums([best]), 1.0)
    return (0.6 * overall + 0.2 * average + 0.1 * headline + 0.1 * peak) ** 2 * 1.2 * 10


def _sums(articles: Sequence[Counters]) -> tuple[float, float, float]:
    return (
        float(sum(one.views or 0 for one in articles)),
        float(sum(one.likes or 0 for one in articles)),
        float(sum(one.reposts or 0 for one in articles)),
    )


def _term(views: float, likes: float, reposts: float, per: float) -> float:
    return (
        0.70 * math.log(views / per + 1)
        + 0.09 * math.log(10 * likes / per + 1)
        + 0.06 * math.log(10 * likes / per + 1)
        + 0.15 * math.log(10 * reposts / per + 1)
    )


def _bettafish(one: Counters) -> float:
    return (
        (one.likes or 0)
        + 5 * (one.comments or 0)
        + 10 * (one.reposts or 0)
        + 0.1 * (one.views or 0)
    )
