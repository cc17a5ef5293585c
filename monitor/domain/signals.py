"""Signals: the rules that a topic's metrics can set off, each with its sentence and mentions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from monitor.domain.lifts import lifted
from monitor.domain.mention import CRITICAL, RISK_LABELS, Claim, severity
from monitor.domain.metrics import Metrics
from monitor.domain.policy import Policy
from monitor.domain.signal import Check, Signal
from monitor.domain.tier import Tier

__all__ = ["Check", "Signal", "is_credible", "is_floor_claim", "signals", "worst_severity"]

HARM = frozenset({"death", "minor"})
AUTHORITIES = {"official_notice": "出现官方通报", "national_media": "全国性媒体报道"}


def signals(policy: Policy, metrics: Metrics, now: datetime) -> tuple[Signal, ...]:
    """Every signal that holds, loudest first."""
    found = [*_floors(policy, metrics, now), *_matrix(policy, metrics), *_watched(metrics)]
    return tuple(sorted(found, key=lambda signal: (-signal.tier, signal.rule)))


def is_floor_claim(claim: Claim, policy: Policy) -> bool:
    """Whether a claim is of the kind that one mention can light ORANGE for (DESIGN §7)."""
    if not (claim.attributed and claim.blamed) or claim.score < policy.claim_score:
        return False
    # Conflict counts only with a death or an injury on the premises.
    on_premises = "on_premises" in claim.floors
    harmed = "death" in claim.floors or "consequence" in claim.signs
    return claim.code in CRITICAL or (claim.code == "conflict" and on_premises and harmed)


def is_credible(claim: Claim, policy: Policy, metrics: Metrics) -> bool:
    """Whether a claim needs no more proof: two signs, a second source, or harm that cannot wait."""
    return bool(
        len(claim.signs) >= policy.credible_signs
        or claim.floors & HARM
        or claim.floors & AUTHORITIES.keys()
        or metrics.sources > 1
        or _grows(policy, metrics)
    )


def _grows(policy: Policy, metrics: Metrics) -> bool:
    return metrics.hour >= _growth_from(policy, metrics)


def _growth_from(policy: Policy, metrics: Metrics) -> float:
    """Mentions in an hour from which the topic counts as growing."""
    return max(policy.growth_minimum, policy.growth * max(1, metrics.previous_hour))


def _floors(policy: Policy, metrics: Metrics, now: datetime) -> Iterable[Signal]:
    claims = [claim for claim in metrics.claims if is_floor_claim(claim, policy)]
    if not claims:
        return
    credible = [claim for claim in claims if is_credible(claim, policy, metrics)]
    if not credible:
        yield _lone(policy, claims, now)
        return
    yield _credible(policy, credible, metrics)
    ids = tuple(claim.mention_id for claim in credible[:5])
    if metrics.sources > 1 and _grows(policy, metrics):
        text = f"{metrics.sources} 个独立来源，1 小时 {metrics.hour} 条，仍在增长"
        sources = Check("独立来源", metrics.sources, 2)
        hour = Check("一小时条数", metrics.hour, _growth_from(policy, metrics))
        yield Signal("floor.sources", Tier.RED, text, ids, checks=(sources, hour))
    for name, text in AUTHORITIES.items():
        said = tuple(claim.mention_id for claim in credible if name in claim.floors)
        if said:
            counted = (Check(text, len(said), 1),)
            yield Signal(f"floor.{name}", Tier.RED, text, said[:5], checks=counted)


def _credible(policy: Policy, credible: list[Claim], metrics: Metrics) -> Signal:
    best = max(credible, key=lambda claim: len(claim.signs))
    label = RISK_LABELS[credible[0].code]
    return Signal(
        "floor.credible",
        Tier.ORANGE,
        f"网帖称涉及{label}（未核实），内容具体可信",
        tuple(claim.mention_id for claim in credible[:5]),
        checks=(
            Check("可信指控", len(credible), 1),
            Check("指控可信度", max(claim.score for claim in credible), policy.claim_score),
            Check("佐证", len(best.signs), policy.credible_signs),
            Check("独立来源", metrics.sources, 2),
        ),
        until=max(claim.at for claim in credible) + policy.window,
    )


def _lone(policy: Policy, claims: list[Claim], now: datetime) -> Signal:
    return Signal(
        "claim.lone",
        Tier.YELLOW,
        f"单一来源称涉及{RISK_LABELS[claims[0].code]}（未核实），还缺佐证",
        tuple(claim.mention_id for claim in claims[:5]),
        waits=policy.is_night(now),
        checks=(Check("佐证", max(len(one.signs) for one in claims), policy.credible_signs),),
        until=max(claim.at for claim in claims) + policy.window,
    )


def _matrix(policy: Policy, metrics: Metrics) -> Iterable[Signal]:
    if metrics.negative_share < policy.matrix_negative_share:
        return
    kind = worst_severity(metrics.claims)
    band = policy.band(metrics.heat)
    tier = policy.matrix[kind][band]
    ids = tuple(claim.mention_id for claim in metrics.claims[:5])
    if tier:
        yield _in_band(policy, metrics, tier, ids)
    if kind != "none":
        yield from lifted(policy, metrics, tier, ids)


def _in_band(policy: Policy, metrics: Metrics, tier: Tier, ids: tuple[int, ...]) -> Signal:
    row = policy.matrix[worst_severity(metrics.claims)]
    # The band in which this tier begins: below its limit the matrix asks for less.
    begins = next(place for place, one in enumerate(row) if one >= tier)
    share = Check("负面占比", metrics.negative_share, policy.matrix_negative_share)
    heat = (Check("热度", metrics.heat, policy.bands[begins - 1]),) if begins else ()
    text = f"热度 {metrics.heat:.0f}，负面占比 {metrics.negative_share:.0%}，{metrics.mentions} 条"
    return Signal("matrix", tier, text, ids, checks=(*heat, share))


def _watched(metrics: Metrics) -> Iterable[Signal]:
    """A person asked to be told of these words; a negative mention with them is worth a look."""
    if metrics.watched:
        names = "、".join(dict.fromkeys(name for name, _ in metrics.watched))
        ids = tuple(number for _, number in metrics.watched)
        counted = (Check("命中的负面提及", len(ids), 1),)
        text = f"负面提及命中关注规则「{names}」"
        yield Signal("watch", Tier.YELLOW, text, ids, checks=counted)


def worst_severity(claims: Iterable[Claim]) -> str:
    """The heaviest severity class among the attributed claims; none when there is no claim.

    A critical code whose harm is not laid at the brand's door weighs as serious: the model alone
    does not make a RED.
    """
    kinds = {_weight(claim) for claim in claims if claim.attributed}
    return next((k for k in ("critical", "serious", "ordinary") if k in kinds), "none")


def _weight(claim: Claim) -> str:
    kind = severity(claim.code)
    return "serious" if kind == "critical" and not claim.blamed else kind
