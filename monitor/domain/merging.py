"""Two incidents that turn out to be one story: the clock rules of merging."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.domain.incident import Incident, Lifecycle, Outcome, changed, reopened

if TYPE_CHECKING:
    from datetime import datetime


def merge(
    root: Incident, child: Incident, actor: str, reason: str, now: datetime
) -> tuple[Outcome, Outcome]:
    """Merge the child into the root: the louder tier and the earlier first post win.

    The four-hour clock never restarts; the root asks for a new answer only if it gets louder.
    """
    if child.merged_into == root.id:
        return Outcome(root), Outcome(child)
    refused = _refusal(root, child)
    if refused:
        return Outcome(root, refused=refused), Outcome(child, refused=refused)
    return (
        changed(root, _rooted(root, child, now), "merge_in", actor=actor, at=now, reason=reason),
        changed(child, _merged(child, root.id, now), "merge", actor=actor, at=now, reason=reason),
    )


def _refusal(root: Incident, child: Incident) -> str | None:
    if root.id == child.id:
        return "不能把事件并入它自己：请写两个不同的编号。"
    if root.brand != child.brand:
        return "两个事件属于不同的品牌，不能合并：请分别处理。"
    if not (root.lifecycle.active and child.lifecycle.active):
        return "只有还在处理的事件才能合并：请先把已结束的那个 reopen。"
    return None


def _rooted(root: Incident, child: Incident, now: datetime) -> Incident:
    after = replace(
        root,
        first_public_at=min(
            (at for at in (root.first_public_at, child.first_public_at) if at), default=None
        ),
        detected_at=min(root.detected_at, child.detected_at),
        peak_tier=max(root.peak_tier, child.peak_tier),
    )
    if child.tier <= root.tier:
        return after
    louder = replace(reopened(after, now), tier=child.tier, tier_since=now)
    return replace(louder, tier_confirmed_by=child.tier_confirmed_by)


def _merged(child: Incident, root: int, now: datetime) -> Incident:
    return replace(
        child,
        lifecycle=Lifecycle.MERGED,
        merged_into=root,
        closed_at=now,
        ack_lease_until=None,
        candidate_until=None,
    )
