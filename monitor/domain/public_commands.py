"""What people find out about the public side of an incident: its first post."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from monitor.domain.command_type import Command, done, ended, no, no_reason
from monitor.domain.incident import Incident, Outcome, renewed

_WHEN = "请写明首帖是什么时候发的：--at 2026-11-22 08:00。"


def first_post(incident: Incident, command: Command) -> Outcome:
    """Start the public clock, or move it back; it never moves forward."""
    at = _at(command)
    refused = ended(incident) or no_reason(command)
    if refused or at is None:
        return no(incident, refused or _WHEN)
    if at > command.at:
        return no(incident, "首帖的时间还没到：请核对日期和时刻。")
    earliest = min(at, incident.first_public_at or at)
    if earliest == incident.first_public_at:
        return no(incident, "已经有更早的首帖：公开的时钟只往前推，不往后挪。")
    return done(incident, renewed(replace(incident, first_public_at=earliest), command.at), command)


def _at(command: Command) -> datetime | None:
    try:
        at = datetime.fromisoformat(command.args.get("at", ""))
    except ValueError:
        return None
    return at if at.tzinfo else None
