"""What people decide about how loud an incident is: confirm, lower, pin, unpin."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.domain.command_type import (
    Command,
    done,
    ended,
    no,
    no_reason,
    not_commander,
    wanted_tier,
    wanted_until,
)
from monitor.domain.incident import Incident, Lifecycle, Outcome, raised, renewed, reopened
from monitor.domain.tier import Tier

if TYPE_CHECKING:
    from datetime import datetime

_WHICH = "请写明级别：yellow（黄色）、orange（橙色）或 red（红色）。"


def confirm_tier(incident: Incident, command: Command) -> Outcome:
    """Put a person's name under the tier, or under a higher one; a candidate opens by it."""
    tier = wanted_tier(command) if "tier" in command.args else incident.tier
    refused = ended(incident) or _may_not_confirm(incident, tier)
    if refused or tier is None:
        return no(incident, refused or _WHICH)
    after = _louder(incident, tier, command)
    if after.lifecycle is Lifecycle.CANDIDATE:
        after = reopened(after, command.at)
    signed = replace(after, tier_confirmed_by=after.tier_confirmed_by or command.actor)
    return done(incident, renewed(signed, command.at), command)


def _may_not_confirm(incident: Incident, tier: Tier | None) -> str | None:
    if not tier:
        return _WHICH
    if tier < incident.tier:
        return f"现在是{incident.tier.label}，确认不能用来降级：请总指挥用 lower。"
    return None


def _louder(incident: Incident, tier: Tier, command: Command) -> Incident:
    """Raise it in a person's name, so that nobody need confirm it again."""
    if tier <= incident.tier:
        return incident
    return replace(raised(incident, tier, command.at), tier_confirmed_by=command.actor)


def lower(incident: Incident, command: Command) -> Outcome:
    """Come down to the named tier, one level; from RED only after a published statement."""
    tier = wanted_tier(command)
    if tier is None:
        return no(incident, "请写明降到哪一级：orange、yellow 或 none。")
    if tier >= incident.tier:
        return _already(incident, tier)
    refused = ended(incident) or _may_not_lower(incident, tier, command)
    if refused:
        return no(incident, refused)
    after = replace(incident, tier=tier, tier_since=command.at, dismiss_asked_by=None)
    return done(incident, renewed(_unpinned(after), command.at), command)


def _already(incident: Incident, tier: Tier) -> Outcome:
    if tier == incident.tier:
        return Outcome(incident)
    return no(
        incident,
        f"现在是{incident.tier.label}，lower 只能降级：升级请用 incidents confirm --tier。",
    )


def _may_not_lower(incident: Incident, tier: Tier, command: Command) -> str | None:
    if incident.tier - tier > 1:
        return f"一次只降一级：请先降到{Tier(incident.tier - 1).label}。"
    if incident.tier is Tier.RED:
        return _red_stays(incident) or not_commander(incident, command) or no_reason(command)
    return not_commander(incident, command) or no_reason(command)


def _red_stays(incident: Incident) -> str | None:
    if incident.commander is None:
        return "红色只有总指挥能降级：请先用 fengsui incidents assign 指定总指挥。"
    if incident.statement_published_at is None:
        return "还没有发布声明，红色不能降级：先完成审批，再用 fengsui statement publish 登记网址。"
    return None


def pin(incident: Incident, command: Command) -> Outcome:
    """Hold at least this tier until an instant; the engine may still raise it."""
    tier = wanted_tier(command) if "tier" in command.args else incident.tier
    until = wanted_until(command)
    refused = ended(incident) or _may_not_pin(incident, tier, until, command)
    if refused or tier is None:
        return no(incident, refused or _WHICH)
    held = replace(
        _louder(incident, tier, command),
        pin_tier=tier,
        pin_until=until,
        pin_reason=command.reason.strip(),
    )
    return done(incident, renewed(held, command.at), command)


def _may_not_pin(
    incident: Incident, tier: Tier | None, until: datetime | None, command: Command
) -> str | None:
    if tier is None:
        return _WHICH
    if tier < incident.tier:
        return f"现在是{incident.tier.label}，钉住不能用来降级：请总指挥用 lower。"
    if until is None or until <= command.at:
        return "请写明钉到什么时候，要在将来并带时区，例如 2026-11-22T08:00+08:00。"
    return no_reason(command)


def unpin(incident: Incident, command: Command) -> Outcome:
    """Give the tier back to the engine."""
    refused = ended(incident)
    if refused:
        return no(incident, refused)
    after = _unpinned(incident)
    return Outcome(incident) if after == incident else done(incident, after, command)


def _unpinned(incident: Incident) -> Incident:
    return replace(incident, pin_tier=None, pin_until=None, pin_reason=None)
