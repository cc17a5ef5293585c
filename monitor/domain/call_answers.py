"""The answers to a call besides taking it up: pass it on, or let it rest until the morning."""

from __future__ import annotations

from dataclasses import replace

from monitor.domain.command_type import Command, done, ended, no, wanted_until
from monitor.domain.incident import Incident, Lifecycle, Outcome
from monitor.domain.tier import Tier
from monitor.domain.transitions import LONGEST_REST

_UNANSWERED = (Lifecycle.CANDIDATE, Lifecycle.OPEN)


def pass_on(incident: Incident, command: Command) -> Outcome:
    """Ask for the next level at once; the incident stays unanswered.

    Only an open call can be passed on; whoever has taken it up hands it over with `take`.
    """
    refused = ended(incident) or _not_called(incident)
    if refused:
        return no(incident, refused)
    return done(incident, replace(incident, passed_by=command.actor), command)


def _not_called(incident: Incident) -> str | None:
    if incident.lifecycle is Lifecycle.OPEN:
        return None
    if incident.lifecycle is Lifecycle.CANDIDATE:
        return "候选事件没有在呼叫任何人，不用转：可以 dismiss 排除，或 confirm 确认级别。"
    return f"{incident.acked_by} 已经接手，不用再转：要换人请那个人来 take 并写明理由。"


def review(incident: Incident, command: Command) -> Outcome:
    """Hold it as a suspected false alarm until the named morning, when it calls again.

    RED does not wait: a false RED needs two people and `dismiss`. Growth raises it all the same.
    """
    until = wanted_until(command)
    refused = ended(incident) or _may_not_rest(incident, command)
    if refused or until is None or not command.at < until <= command.at + LONGEST_REST:
        return no(incident, refused or "请写明早上几点复核，要在 24 小时之内，例如 08:00。")
    after = replace(
        incident,
        lifecycle=Lifecycle.ACKED,
        acked_by=command.actor,
        acked_at=command.at,
        opened_at=incident.opened_at or command.at,
        ack_lease_until=until,
        lease_warned=False,
        review_until=until,
        candidate_until=None,
    )
    return done(incident, after, command)


def _may_not_rest(incident: Incident, command: Command) -> str | None:
    if incident.tier is Tier.RED:
        return "红色不能等到早上：请先接手核实；确是误报，请两位同事各执行一次 dismiss。"
    if incident.lifecycle not in (*_UNANSWERED, Lifecycle.ACKED, Lifecycle.RESPONDING):
        return "事件已转入监测，不用再等复核。"
    if incident.lifecycle not in _UNANSWERED and incident.acked_by != command.actor:
        return f"{incident.acked_by} 已经接手：请由接手的人决定。"
    return None
