"""Lifts: what raises a topic one level above the matrix: speed, and spread over platforms.

A lift needs allegations. Many forwards of one voice are loud, not more certain; denials and
general talk make no claim and so lift nothing. Together they lift by one level, to ORANGE at most:
RED is for floors and for the top of the matrix.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.domain.metrics import Metrics
from monitor.domain.policy import Policy
from monitor.domain.signal import Check, Signal
from monitor.domain.tier import Tier


def lifted(policy: Policy, metrics: Metrics, tier: Tier, ids: tuple[int, ...]) -> Iterable[Signal]:
    """The lifts that hold above the tier that the matrix gives."""
    above = Tier(min(tier + 1, Tier.ORANGE))
    if above > tier:
        yield from _speed(policy, metrics, above, ids)
        yield from _spread(policy, metrics, above)


def _speed(policy: Policy, metrics: Metrics, above: Tier, ids: tuple[int, ...]) -> Iterable[Signal]:
    checks = (
        Check("意外程度", metrics.surprise, policy.surprise),
        # The brand's hour may be loud because of another topic: this one must be part of it.
        Check("一小时条数", metrics.hour, policy.growth_minimum),
        Check("指控条数", sum(one.attributed for one in metrics.claims), policy.burst_claims),
    )
    if all(one.value >= one.limit for one in checks):
        yield Signal("burst", above, f"一小时 {metrics.hour} 条，远超平时", ids, checks=checks)
        return
    # A slow build is no loud hour: the alarm of the detector, and a window that is part of it.
    slow = (
        Check("累积意外（占告警线）", metrics.volume_score, 1.0),
        Check("窗口内条数", metrics.mentions, policy.growth_minimum),
        checks[2],
    )
    if all(one.value >= one.limit for one in slow):
        text = f"窗口内 {metrics.mentions} 条，比平时多得久"
        yield Signal("burst", above, text, ids, checks=slow)


def _spread(policy: Policy, metrics: Metrics, above: Tier) -> Iterable[Signal]:
    first: dict[str, int] = {}
    for claim in metrics.claims:
        if claim.attributed and claim.platform:
            first.setdefault(claim.platform, claim.mention_id)
    if len(first) >= policy.spread_platforms:
        checks = (Check("有指控的平台", len(first), policy.spread_platforms),)
        text = f"{len(first)} 个平台上都有人指控"
        yield Signal("spread", above, text, tuple(first.values())[:5], checks=checks)
