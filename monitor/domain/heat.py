"""Heat: one number from 0 to 100 for how loud a topic is, from what is known at that moment.

Version 2. Attention A adds up the mentions of a topic, then counts who speaks:

    one mention = 10 · authority · voice + engagement
    engagement  = 0.1·views + likes + 5·comments + 10·reposts + 0.1·platform heat
    A = Σ mentions · (1 + log10(distinct sources) / 2)
    heat = 100 · log10(1 + A) / 7, at most 100

The weights of like, comment, share and view are those the best-known open system uses (1, 5, 10,
0.1), so the two can be compared. A mention by itself weighs as much as a repost: it is one person
speaking to their own readers; `voice` grows with followers and verification. Ten million units,
the top of the scale, is a topic that leads a national hot list. The platform's own index counts
like views: on 8,416 real hot-list snapshots the lowest twentieth then reads about 66, the middle
74 to 78, the top 94 and more, so being on a national list at all is the fourth band.

A counter that a platform does not tell is no zero. Of each platform we say what share of the
engagement usually comes from which counter (`MIX`); what is known is divided by its share, at most
`MOST_ESTIMATED` times. Where nothing is known but the followers, some of them have seen the post.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from monitor.domain.mention import Counters

VERSION = "heat-2"
FULL_SCALE = 7.0  # log10 of the attention that reads 100
SEEN_SHARE = 0.02  # share of followers who see a post; estimates views that nobody reports
MOST_ESTIMATED = 2.0  # a guess may double what is known, 4 points of heat; more would be invention
AUTHORITY = {
    "national_media": 30.0,
    "official": 30.0,
    "media": 5.0,
    "forum": 1.5,
    "social": 1.0,
}
"""How many ordinary posts one mention of that kind is worth, before its counters are read."""
VERIFIED = 0.5  # a verified author is heard as half another voice
LOUD_FOLLOWERS = 10_000.0  # followers from which an author is more than one person speaking
WEIGHTS = {"views": 0.1, "likes": 1.0, "comments": 5.0, "reposts": 10.0}

MIX: Mapping[str, Mapping[str, float]] = {
    "weibo": {"views": 0.45, "likes": 0.10, "comments": 0.15, "reposts": 0.30},
    "douyin": {"views": 0.50, "likes": 0.20, "comments": 0.10, "reposts": 0.20},
    "wechat": {"views": 0.70, "likes": 0.10, "comments": 0.05, "reposts": 0.15},
    "xiaohongshu": {"views": 0.50, "likes": 0.25, "comments": 0.15, "reposts": 0.10},
    "zhihu": {"views": 0.60, "likes": 0.20, "comments": 0.20, "reposts": 0.0},
}
"""Share of the engagement (in weighted units) that each counter usually makes up.

Our own estimates, rounded: which buttons a platform has (知乎 has no repost counter), which it
pushes, and the rule of thumb of operators that one reader in a hundred likes and one in some
hundreds comments or passes on. They are right to a factor of two or so, which `MOST_ESTIMATED`
bounds; no measurement of ours stands behind them yet.
"""
PLAIN_MIX: Mapping[str, float] = {"views": 0.55, "likes": 0.15, "comments": 0.15, "reposts": 0.15}
"""The same of a platform of which nothing is said above."""


def attention(
    counters: Counters,
    authority: str = "social",
    platform: str = "",
    *,
    verified: bool | None = None,
) -> float:
    """Weigh one mention; a missing counter is estimated, not a known zero."""
    spoken = 10 * AUTHORITY.get(authority, 1.0) * _voice(counters.followers, verified=verified)
    return spoken + engagement(counters, platform) + 0.1 * (counters.heat or 0.0)


def engagement(counters: Counters, platform: str = "") -> float:
    """Weighted views, likes, comments and reposts, with what the platform does not tell."""
    known: dict[str, float] = {
        name: weight * getattr(counters, name)
        for name, weight in WEIGHTS.items()
        if getattr(counters, name) is not None
    }
    if not known:
        return _seen(counters)
    mix = MIX.get(platform, PLAIN_MIX)
    share = sum(mix[name] for name in known)
    # A platform's own index stands for all of its counters: nothing of them is left to estimate.
    whole = math.isclose(share, 1) or counters.heat is not None
    times = 1.0 if whole else min(MOST_ESTIMATED, 1 / max(share, 1 / MOST_ESTIMATED))
    return max(sum(known.values()) * times, 0.0 if counters.views is not None else _seen(counters))


def _seen(counters: Counters) -> float:
    """What the views are worth that an author's followers alone make."""
    return WEIGHTS["views"] * SEEN_SHARE * (counters.followers or 0)


def _voice(followers: int | None, *, verified: bool | None) -> float:
    """How many people's speaking an author's is worth: one, and more with reach and a badge."""
    reach = math.log10(1 + (followers or 0) / LOUD_FOLLOWERS)
    return 1.0 + reach + (VERIFIED if verified else 0.0)


def heat_of_attention(total: float, sources: int = 1) -> float:
    """Turn summed attention into the 0 to 100 index; many sources weigh more than one loud one."""
    told = max(0.0, total) * (1 + math.log10(max(1, sources)) / 2)
    return min(100.0, 100.0 * math.log10(1.0 + told) / FULL_SCALE)


def heat(mentions: Iterable[tuple[Counters, str]], platform: str = "", sources: int = 1) -> float:
    """Heat of a topic, from the counters and authority of each of its mentions."""
    total = sum(attention(counters, authority, platform) for counters, authority in mentions)
    return heat_of_attention(total, sources)
