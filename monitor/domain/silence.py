"""Silences: what a person may keep from ringing, for how long, and what rings all the same.

A predicate on notifying, never a state of an incident: it has an author, a reason and an end, and
what it held back is told when it ends if nobody has answered until then. RED is never silenced.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.mention import RISK_LABELS
from monitor.domain.tier import Tier

# A day: the same people, or those they handed over to, still know why; after it somebody must say
# so again. ORANGE alleges harm, and the golden four hours begin with its first post.
LONGEST_ORANGE = timedelta(hours=24)
# A week: as long as a known grumbling lasts (a move, a new price list) and one weekly report away.
LONGEST_YELLOW = timedelta(days=7)
LONGEST = {Tier.YELLOW: LONGEST_YELLOW, Tier.ORANGE: LONGEST_ORANGE}
# How far ahead one may be planned: a known event of this week, not of a season nobody recalls.
AHEAD = timedelta(days=7)
# Shorter ones are a slip of the unit; whoever needs five minutes acknowledges.
SHORTEST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Scope:
    """What is silenced: one incident by its code, a brand (one risk code of it), or a source."""

    code: str | None = None
    brand: str | None = None
    risk: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a message is about, as far as a silence asks."""

    code: str
    brand: str
    risk: str | None
    tier: Tier
    restricted: bool = False


def covers(scope: Scope, up_to: Tier, subject: Subject) -> bool:
    """Whether a silence of tiers up to `up_to` keeps messages about this from going out.

    Never RED, and never a restricted incident: those who silence a brand may not know of it.
    """
    if subject.restricted or subject.tier > min(up_to, Tier.ORANGE):
        return False
    if scope.code is not None:
        return scope.code == subject.code
    return scope.brand == subject.brand and scope.risk in (None, subject.risk)


def refusal(
    scope: Scope, up_to: Tier, begin: datetime, end: datetime, now: datetime | None = None
) -> str | None:
    """Why there can be no such silence, in Chinese with what to do instead; None if it is fine.

    It begins at once where no `now` says that `begin` is something else.
    """
    if up_to not in LONGEST:
        return "红色从不静默；能静默的是黄色，点名一起事件时也可以到橙色（--tier orange）"
    if up_to is Tier.ORANGE and scope.code is None:
        return (
            "橙色只能按事件静默（--code 编号）：下一个橙色说的是什么事，现在没有人知道。"
            "整个品牌只能静默黄色"
        )
    return _begins_wrong(begin, end, now or begin) or _lasts_wrong(up_to, begin, end)


def _begins_wrong(begin: datetime, end: datetime, now: datetime) -> str | None:
    if begin < now:
        return "静默的开始时间已经过去：不写 --from 就是马上开始"
    if begin - now > AHEAD:
        return f"最多提前 {AHEAD.days} 天安排静默：到近前再写，那时还记得为什么"
    if now < begin and end <= begin:
        return "静默的结束不晚于开始：请写晚于 --from 的时间"
    return None


def _lasts_wrong(up_to: Tier, begin: datetime, end: datetime) -> str | None:
    if end <= begin:
        return "静默的结束时间已经过去：请写将来的时间，如 --for 2h 或 --until 18:00"
    if end - begin < SHORTEST:
        return (
            f"静默至少 {SHORTEST // timedelta(minutes=1)} 分钟：更短的请直接接手（incidents ack）"
        )
    if end - begin > LONGEST[up_to]:
        return f"{up_to.label}最长静默 {_length(LONGEST[up_to])}：到时还需要，再写一次理由"
    return None


def scope_words(scope: Scope, up_to: Tier) -> str:
    """What is silenced and how loud it may be, as people read it."""
    if scope.source is not None:
        return f"来源「{scope.source}」的监测中断"
    if scope.code is not None:
        return f"事件 {scope.code}，{up_to.label}及以下"
    kind = f"的{RISK_LABELS.get(scope.risk, scope.risk)}类" if scope.risk else ""
    return f"{scope.brand}{kind}，{up_to.label}"


def _length(span: timedelta) -> str:
    return f"{span.days} 天" if span.days > 1 else f"{span // timedelta(hours=1)} 小时"
