"""Hints beside the tier: what a person should know of how a story spreads, with the evidence.

They are shown and go nowhere else. No rule reads them: a campaign may push a story that is true,
so nothing here may lower a tier.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# Copies of one text by this many authors are worth a look; a hot post is copied as often by
# people who are angry, so the hint says what was seen and not who is behind it.
SAME_TEXT_AUTHORS = 5
BURST, BURST_AUTHORS = timedelta(minutes=10), 5
# An account with fewer followers than this says little by itself; most of the copies must have so.
FEW_FOLLOWERS, MOST = 50, 0.6
YOUNG = timedelta(days=30)
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Post:
    """One mention of a topic, as the hints need it."""

    id: int
    author: str | None
    """The keyed hash; None where the source does not say."""
    at: datetime
    wording: str
    """Equal for equal words."""
    length: int = 0
    """Characters of its own words."""
    repost: bool = False
    followers: int | None = None
    author_since: datetime | None = None
    """When the account was made, where the source says so."""
    claims: bool = False
    first_hand: bool = False
    hearsay: bool = False
    doubts: bool = False
    denies: bool = False
    official: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing to know, in words, with the mentions that show it."""

    kind: str
    text: str
    mentions: tuple[int, ...]


def hints(posts: Sequence[Post]) -> tuple[Hint, ...]:
    """Every hint that the posts give, in a fixed order."""
    ordered = sorted(posts, key=lambda post: (post.at, post.id))
    found = [*_coordinated(ordered), *_told(ordered), *_rumour(ordered)]
    return tuple(found)


_SAME_FROM = 12  # shorter words are everybody's


def _coordinated(posts: Sequence[Post]) -> list[Hint]:
    copies: defaultdict[str, list[Post]] = defaultdict(list)
    for post in posts:
        if not post.repost and post.author and post.length >= _SAME_FROM:
            copies[post.wording].append(post)
    found = []
    for same in copies.values():
        authors = {post.author for post in same}
        if len(authors) >= SAME_TEXT_AUTHORS:
            found.append(Hint("coordinated", _copied(same, len(authors)), _ids(same)))
    return sorted(found, key=lambda hint: (-len(hint.mentions), hint.mentions))[:2]


def _copied(same: Sequence[Post], authors: int) -> str:
    """What was seen of the copies: how many, how fast, by what accounts."""
    said = [f"{authors} 个账号发了同样的话"]
    fastest = _densest(same)
    if fastest >= BURST_AUTHORS:
        said.append(f"其中 {fastest} 个在 10 分钟之内")
    known = [post.followers for post in same if post.followers is not None]
    few = sum(number < FEW_FOLLOWERS for number in known)
    if known and few >= MOST * len(known) and few >= SAME_TEXT_AUTHORS:
        said.append(f"{few} 个账号粉丝不到 {FEW_FOLLOWERS}")
    young = sum(
        post.author_since is not None and post.at - post.author_since < YOUNG for post in same
    )
    if young:
        said.append(f"{young} 个账号注册不满 30 天")
    return "，".join(said) + "：可能有人组织，也可能只是转抄；不影响级别"


def _densest(same: Sequence[Post]) -> int:
    """The most authors within ten minutes."""
    most, start = 0, 0
    for end, post in enumerate(same):
        while post.at - same[start].at > BURST:
            start += 1
        most = max(most, len({one.author for one in same[start : end + 1]}))
    return most


def _told(posts: Sequence[Post]) -> list[Hint]:
    """Who was there, and who has heard of it."""
    claims = [post for post in posts if post.claims and not post.repost]
    seen = [post for post in claims if post.first_hand and not post.hearsay]
    heard = [post for post in claims if post.hearsay]
    found = []
    if seen:
        found.append(Hint("first_hand", f"{len(seen)} 条像是当事人或家属自己讲的", _ids(seen)))
    if heard:
        found.append(Hint("hearsay", f"{len(heard)} 条是听说或转述", _ids(heard)))
    if claims and not seen:
        found.append(Hint("no_first_hand", "还没有看到当事人或家属自己讲的", _ids(claims)))
    return found


def _rumour(posts: Sequence[Post]) -> list[Hint]:
    """Who asks whether it is true, and who says that it is not."""
    asked = [post for post in posts if post.doubts]
    denied = [post for post in posts if post.denies]
    official = [post for post in denied if post.official]
    found = []
    if asked:
        found.append(Hint("doubted", f"{len(asked)} 条在问真假", _ids(asked)))
    if denied:
        who = f"，其中官方来源 {len(official)} 条" if official else "，没有官方来源"
        text = f"{len(denied)} 条说不属实{who}；是否属实由人核实"
        found.append(Hint("denied", text, _ids(official + denied)))
    return found


def spreaders(posts: Sequence[Post], most: int = SHOWN) -> list[tuple[str, int, int]]:
    """The authors of the widest reach: hash, posts, followers; unknown followers count as none."""
    written: Counter[str] = Counter(post.author for post in posts if post.author)
    reach: dict[str, int] = {}
    for post in posts:
        if post.author:
            reach[post.author] = max(reach.get(post.author, 0), post.followers or 0)
    ranked = sorted(written, key=lambda author: (-reach[author], -written[author], author))
    return [(author, written[author], reach[author]) for author in ranked[:most]]


def _ids(posts: Sequence[Post]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(post.id for post in posts))[:SHOWN]
