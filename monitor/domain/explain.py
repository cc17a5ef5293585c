"""Explains a decision to people: the thresholds it was taken by, and what would bring it down."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from monitor.domain.decision import Decision, quiet_time
from monitor.domain.mention import SHANGHAI
from monitor.domain.metrics import Metrics
from monitor.domain.policy import Policy
from monitor.domain.signal import Check, Signal
from monitor.domain.tier import Tier

_HOUR = timedelta(hours=1)
# Numbers that no quiet can bring back down while the mention stands: its own words carry them.
_CARRIED = frozenset({"指控可信度", "佐证", "可信指控"})


def thresholds(policy: Policy) -> dict[str, Any]:
    """The numbers in force, overrides applied, by the names of the policy file."""
    return {
        "version": policy.version,
        "heat_bands": list(policy.bands),
        "matrix": {kind: [one.key for one in row] for kind, row in policy.matrix.items()},
        "matrix_negative_share": policy.matrix_negative_share,
        "credible_signs": policy.credible_signs,
        "claim_score": policy.claim_score,
        "growth": policy.growth,
        "growth_minimum": policy.growth_minimum,
        "surprise": policy.surprise,
        "burst_claims": policy.burst_claims,
        "spread_platforms": policy.spread_platforms,
        "window_hours": policy.window / _HOUR,
        "quiet_hours": {tier.key: length / _HOUR for tier, length in policy.quiet.items()},
    }


def would_lower(policy: Policy, decision: Decision, metrics: Metrics) -> str:
    """Say in Chinese what would bring this tier down: which numbers must fall, and for how long."""
    tier = decision.tier
    if tier is Tier.NONE:
        return "当前没有警报"
    if tier is Tier.RED:
        how = "fengsui incidents lower 编号 --to orange --reason 原因"
        return f"红色只能由总指挥在声明发布后下调，运行 {how}"
    hours = quiet_time(policy, tier) / _HOUR
    quiet = f"连续 {hours:g} 小时没有触发「{tier.label}」的条件、且采集正常，会自动降一级"
    clauses = [_clause(one) for one in decision.signals if one.tier >= tier and not one.waits]
    now = f"现在撑着它的：{'；'.join(clauses)}" if clauses else "现在已没有条件撑着它"
    health = "；采集目前不正常，恢复前不会下调" if not metrics.healthy else ""
    return f"{quiet}{health}。{now}"


def _clause(signal: Signal) -> str:
    """What would silence one signal."""
    if signal.until is not None:
        at = f"{signal.until.astimezone(SHANGHAI):%m-%d %H:%M}"
        return f"可信的指控还在统计窗口里（没有新的，{at} 离开）"
    measured = [one for one in signal.checks if one.name not in _CARRIED]
    return _any_below(measured) or signal.text


def _any_below(checks: Iterable[Check]) -> str:
    words = [
        f"{one.name}降到 {_number(one.limit)} 以下（现在 {_number(one.value)}）" for one in checks
    ]
    return "，或".join(words)


def _number(value: float) -> str:
    """A share as it is, a count without a point: people compare it with the policy file."""
    return (
        f"{value:.0f}" if value == int(value) else f"{value:.1f}" if value > 1 else f"{value:.2f}"
    )
