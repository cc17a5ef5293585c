"""Heat: one number from 0 to 100 for how loud a topic is, from what is known at that moment.

Version 1. Attention A adds up the mentions of a topic:

    A = Σ 10·authority + likes + 5·comments + 10·reposts + 0.1·views + 0.1·platform heat
    heat = 100 · log10(1 + A) / 7, at most 100

The weights of like, comment, share and view are those the best-known open system uses (1, 5, 10,
0.1), so the two can be compared. A mention by itself weighs as much as a repost: it is one person
speaking to their own readers. Ten million units, the top of the scale, is a topic that leads a
national hot list. The platform's own index counts like views: on 8,416 real hot-list snapshots the
lowest twentieth then reads about 66, the middle 74 to 78, the top 94 and more, so being on a
national list at all is the fourth band.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from monitor.domain.mention import Counters

VERSION = "heat-1"
FULL_SCALE = 7.0  # log10 of the attention that reads 100
SEEN_SHARE = 0.02  # share of followers who see a post; estimates views that nobody reports
AUTHORITY = {
    "national_media": 30.0,
    "official": 30.0,
    "media": 5.0,
    "forum": 1.5,
    "social": 1.0,
}
"""How many ordinary posts one mention of that kind is worth, before its counters are read."""


def attention(counters: Counters, authority: str = "social") -> float:
    """Weigh one mention; a missing counter is estimated or left out, not a known zero."""
    views = counters.views
    if views is None:
        views = int(SEEN_SHARE * (counters.followers or 0))
    return (
        10 * AUTHORITY.get(authority, 1.0)
        + (counters.likes or 0)
        + 5 * (counters.comments or 0)
        + 10 * (counters.reposts or 0)
        + 0.1 * views
        + 0.1 * (counters.heat or 0.0)
    )


def heat_of_attention(total: float) -> float:
    """Turn summed attention into the 0 to 100 index."""
    return min(100.0, 100.0 * math.log10(1.0 + max(0.0, total)) / FULL_SCALE)


def heat(mentions: Iterable[tuple[Counters, str]]) -> float:
    """Heat of a topic, from the counters and authority of each of its mentions."""
    return heat_of_attention(
        sum(attention(counters, authority) for counters, authority in mentions)
    )
