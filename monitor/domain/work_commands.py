"""What people do with an incident: take it up, work on it, lay it down, throw it out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.domain.command_type import Command, done, ended, no, no_reason, not_commander
from monitor.domain.incident import (
    REOPEN_WINDOW,
    Incident,
    Lifecycle,
    Outcome,
    changed,
    joined,
    renewed,
    reopened,
)
from monitor.domain.tier import Tier
from monitor.domain.transitions import back_to_work, resolved

if TYPE_CHECKING:
    from datetime import datetime

_UNANSWERED = (Lifecycle.CANDIDATE, Lifecycle.OPEN)
_FIRST_ACK = "还没有人接手：请先 ack（我来处理）。"


def ack(incident: Incident, command: Command) -> Outcome:
    """Answer the call; from ORANGE up the response starts with it."""
    refused = ended(incident) or _late_answer(incident, command)
    if refused:
        return no(incident, refused)
    if incident.lifecycle not in _UNANSWERED:
        return done(incident, renewed(incident, command.at), command)
    return _begun(done(incident, _held(incident, command), command), command)


def _late_answer(incident: Incident, command: Command) -> str | None:
    if incident.lifecycle in _UNANSWERED or incident.acked_by == command.actor:
        return None
    return f"{incident.acked_by} 已经接手：要换你来处理，请用 take 并写明理由。"


def take(incident: Incident, command: Command) -> Outcome:
    """Take the work over from whoever has it."""
    refused = ended(incident) or no_reason(command)
    if refused:
        return no(incident, refused)
    if incident.acked_by == command.actor:
        return done(incident, renewed(incident, command.at), command)
    return _begun(done(incident, _held(incident, command), command), command)


def _held(incident: Incident, command: Command) -> Incident:
    unanswered = incident.lifecycle in _UNANSWERED
    after = replace(
        incident,
        lifecycle=Lifecycle.ACKED if unanswered else incident.lifecycle,
        acked_by=command.actor,
        acked_at=command.at,
        opened_at=incident.opened_at or command.at,
        candidate_until=None,
    )
    return renewed(after, command.at)


def _begun(taken: Outcome, command: Command) -> Outcome:
    """Start the response of an ORANGE or RED at once; its playbook runs already."""
    incident = taken.incident
    if incident.lifecycle is not Lifecycle.ACKED or incident.tier < Tier.ORANGE:
        return taken
    after = _responding(incident, command.at)
    started = changed(incident, after, "respond", actor=command.actor, at=command.at)
    return joined(taken, started)


def _responding(incident: Incident, at: datetime) -> Incident:
    after = replace(
        incident,
        lifecycle=Lifecycle.RESPONDING,
        responding_at=incident.responding_at or at,
        stable_at=None,
    )
    return renewed(after, at)


def respond(incident: Incident, command: Command) -> Outcome:
    """Start the response, or go back to it from watching."""
    refused = ended(incident) or _unheld(incident)
    if refused:
        return no(incident, refused)
    return done(incident, _responding(incident, command.at), command)


def _unheld(incident: Incident) -> str | None:
    return _FIRST_ACK if incident.lifecycle in _UNANSWERED else None


def touch(incident: Incident, command: Command) -> Outcome:
    """Say that one is still at it."""
    refused = ended(incident) or _unheld(incident)
    if refused:
        return no(incident, refused)
    return done(incident, renewed(incident, command.at), command)


def stabilise(incident: Incident, command: Command) -> Outcome:
    """Go over from response to watching, once the exit gate is passed."""
    if incident.lifecycle is Lifecycle.STABLE:
        return Outcome(incident)
    refused = ended(incident) or _unheld(incident) or not_commander(incident, command)
    if refused:
        return no(incident, refused)
    after = replace(
        incident,
        lifecycle=Lifecycle.STABLE,
        stable_at=command.at,
        ack_lease_until=None,
        lease_warned=False,
    )
    return done(incident, after, command)


def resolve(incident: Incident, command: Command) -> Outcome:
    """Call it over, with a reason; RED must have come down first."""
    if incident.lifecycle in (Lifecycle.RESOLVED, Lifecycle.REPAIR, Lifecycle.CLOSED):
        return Outcome(incident)
    refused = ended(incident) or _may_not_rest(incident, command)
    if refused:
        return no(incident, refused)
    return done(incident, resolved(incident, command.at), command)


def _may_not_rest(incident: Incident, command: Command) -> str | None:
    if incident.tier is Tier.RED:
        return "红色事件不能直接平息：请先发布声明，由总指挥用 lower 降为橙色。"
    return _unheld(incident) or not_commander(incident, command) or no_reason(command)


def close(incident: Incident, command: Command) -> Outcome:
    """Close the file for good."""
    if incident.lifecycle is Lifecycle.CLOSED:
        return Outcome(incident)
    if incident.lifecycle not in (Lifecycle.RESOLVED, Lifecycle.REPAIR):
        return no(incident, ended(incident) or "事件还在处理：请先 resolve（平息），再结案。")
    missing = no_reason(command)
    if missing:
        return no(incident, missing)
    after = replace(incident, lifecycle=Lifecycle.CLOSED, closed_at=command.at)
    return done(incident, after, command)


def dismiss(incident: Incident, command: Command) -> Outcome:
    """Throw out a false alarm; a RED one needs two people."""
    if incident.lifecycle is Lifecycle.DISMISSED:
        return Outcome(incident)
    refused = ended(incident) or no_reason(command)
    if refused:
        return no(incident, refused)
    if incident.tier is Tier.RED and incident.dismiss_asked_by in (None, command.actor):
        return _asked(incident, command)
    return done(incident, _dismissed(incident, command.at), command)


def _asked(incident: Incident, command: Command) -> Outcome:
    after = replace(incident, dismiss_asked_by=command.actor)
    asked = changed(
        incident,
        after,
        "dismiss_asked",
        actor=command.actor,
        at=command.at,
        reason=command.reason,
    )
    return replace(
        asked, note="已登记。红色事件要两个人都认为是误报：请另一位同事再执行一次 dismiss。"
    )


def _dismissed(incident: Incident, at: datetime) -> Incident:
    return replace(
        incident,
        lifecycle=Lifecycle.DISMISSED,
        closed_at=at,
        ack_lease_until=None,
        lease_warned=False,
        candidate_until=None,
        dismiss_asked_by=None,
    )


def reopen(incident: Incident, command: Command) -> Outcome:
    """Take it up again within 72 hours of its end; what was thrown out calls everybody."""
    if incident.lifecycle.active:
        return Outcome(incident)
    refused = _may_not_return(incident, command.at) or no_reason(command)
    if refused:
        return no(incident, refused)
    if incident.lifecycle is Lifecycle.RESOLVED:
        return done(incident, back_to_work(incident, command.actor, command.at), command)
    after = replace(reopened(incident, command.at), merged_into=None)
    return done(incident, after, command)


def _may_not_return(incident: Incident, at: datetime) -> str | None:
    end = incident.closed_at or incident.resolved_at
    final = incident.lifecycle in (Lifecycle.REPAIR, Lifecycle.CLOSED)
    if not final and end is not None and at < end + REOPEN_WINDOW:
        return None
    return "结束已超过 72 小时或已结案，不能重新打开：请开新事件，并注明与本事件的关系。"


def assign(incident: Incident, command: Command) -> Outcome:
    """Name the commander, the one spokesperson, or both."""
    names = {key: command.args.get(key, "").strip() for key in ("commander", "spokesperson")}
    refused = ended(incident)
    if not refused and not any(names.values()):
        refused = "请写明人选：--commander（总指挥）或 --spokesperson（唯一发言人）。"
    if refused:
        return no(incident, refused)
    after = replace(
        incident,
        commander=names["commander"] or incident.commander,
        spokesperson=names["spokesperson"] or incident.spokesperson,
    )
    return done(incident, renewed(after, command.at), command)
