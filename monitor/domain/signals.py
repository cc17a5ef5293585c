"""Signals: the rules that a topic's metrics can set off, each with its sentence and mentions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.mention import CRITICAL, RISK_LABELS, Claim, severity
from monitor.domain.metrics import Metrics
from monitor.domain.policy import Policy
from monitor.domain.tier import Tier

HARM = frozenset({"death", "minor"})
AUTHORITIES = {"official_notice": "出现官方通报", "national_media": "全国性媒体报道"}


@dataclass(frozen=True, slots=True)
class Signal:
    """A rule that fired: the tier it asks for, why, and the mentions that carry it."""

    rule: str
    tier: Tier
    text: str
    mentions: tuple[int, ...] = ()
    waits: bool = False
    """True for a lone claim at night: it becomes a candidate and waits for the morning."""


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
    return metrics.hour >= max(policy.growth_minimum, policy.growth * max(1, metrics.previous_hour))


def _floors(policy: Policy, metrics: Metrics, now: datetime) -> Iterable[Signal]:
    claims = [claim for claim in metrics.claims if is_floor_claim(claim, policy)]
    if not claims:
        return
    credible = [claim for claim in claims if is_credible(claim, policy, metrics)]
    if not credible:
        yield _lone(policy, claims, now)
        return
    ids = tuple(claim.mention_id for claim in credible[:5])
    label = RISK_LABELS[credible[0].code]
    yield Signal("floor.credible", Tier.ORANGE, f"网帖称涉及{label}（未核实），内容具体可信", ids)
    if metrics.sources > 1 and _grows(policy, metrics):
        text = f"{metrics.sources} 个独立来源，1 小时 {metrics.hour} 条，仍在增长"
        yield Signal("floor.sources", Tier.RED, text, ids)
    for name, text in AUTHORITIES.items():
        said = tuple(claim.mention_id for claim in credible if name in claim.floors)
        if said:
            yield Signal(f"floor.{name}", Tier.RED, text, said[:5])


def _lone(policy: Policy, claims: list[Claim], now: datetime) -> Signal:
    ids = tuple(claim.mention_id for claim in claims[:5])
    text = f"单一来源称涉及{RISK_LABELS[claims[0].code]}（未核实），还缺佐证"
    return Signal("claim.lone", Tier.YELLOW, text, ids, waits=policy.is_night(now))


def _matrix(policy: Policy, metrics: Metrics) -> Iterable[Signal]:
    if metrics.negative_share < policy.matrix_negative_share:
        return
    kind = worst_severity(metrics.claims)
    band = policy.band(metrics.heat)
    tier = policy.matrix[kind][band]
    text = f"热度 {metrics.heat:.0f}，负面占比 {metrics.negative_share:.0%}，{metrics.mentions} 条"
    ids = tuple(claim.mention_id for claim in metrics.claims[:5])
    if tier:
        yield Signal("matrix", tier, text, ids)
    # A burst lifts a named allegation by one level; general unease stays where the matrix puts it.
    lifted = Tier(min(tier + 1, Tier.ORANGE))
    # The brand's hour may be loud because of another topic: this one must be part of it.
    bursts = metrics.surprise >= policy.surprise and metrics.hour >= policy.growth_minimum
    # Many forwards of one voice are loud, not more certain.
    voices = sum(claim.attributed for claim in metrics.claims) >= policy.burst_claims
    if bursts and voices and kind != "none" and lifted > tier:
        yield Signal("burst", lifted, f"一小时 {metrics.hour} 条，远超平时", ids)


def _watched(metrics: Metrics) -> Iterable[Signal]:
    """A person asked to be told of these words; a negative mention with them is worth a look."""
    if metrics.watched:
        names = "、".join(dict.fromkeys(name for name, _ in metrics.watched))
        ids = tuple(number for _, number in metrics.watched)
        yield Signal("watch", Tier.YELLOW, f"负面提及命中关注规则「{names}」", ids)


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
