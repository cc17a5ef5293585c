"""Reminders to one person: a lease that runs out, late steps, what has come back or waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from alerts.facts import AlertFacts, Kind
from alerts.rendering import group_text, personal_text, subject
from monitor.app import App
from monitor.domain.incident import Incident
from monitor.domain.playbook import StepState
from monitor.stations import notices, restriction
from monitor.store.outbox import Draft, enqueue

# Steps that a command fulfils by itself: to tick them off would leave the thing itself undone.
STEP_COMMANDS = {
    "ack": "incidents ack {code}",
    "confirm-tier": "incidents confirm {code}",
    "roles": "incidents assign {code} --commander 编号 --spokesperson 编号",
    "facts": "statement draft {code}",
    "draft": "statement draft {code}",
    "approve": "statement approve {code}",
    "publish": "statement publish {code}",
}


def lease_warning(app: App, session: Session, incident: Incident, now: datetime) -> None:
    """Ask the holder for a sign of progress before the lease runs out and others are called."""
    facts = notices.facts_of(session, incident, Kind.REMINDER, now)
    action = f"报告进展：fengsui incidents touch {incident.code}，否则会重新呼叫"
    to_person(app, session, incident, incident.acked_by or "", facts, action, "lease", now)


def returned(app: App, session: Session, incident: Incident, now: datetime) -> None:
    """Tell the holder and the groups that what was laid down has begun again."""
    notices.group(app, session, incident, Kind.RETURNED, now)
    facts = notices.facts_of(session, incident, Kind.RETURNED, now)
    to_person(app, session, incident, incident.acked_by or "", facts, "接着处理", "recur", now)


def steps_overdue(
    app: App,
    session: Session,
    incident: Incident,
    late: list[StepState],
    people: tuple[str, ...],
    now: datetime,
) -> None:
    """Remind whoever works on the incident of playbook steps that are late."""
    facts = notices.facts_of(session, incident, Kind.STEP_OVERDUE, now)
    first = late[0]
    action = _finish(first, incident.code)
    if len(late) > 1:
        action = f"完成「{first.title}」等 {len(late)} 步，见 fengsui playbook show {incident.code}"
    for number in people:
        to_person(app, session, incident, number, facts, action, f"step-{first.step_id}", now)


def _finish(step: StepState, code: str) -> str:
    """What to do about one late step."""
    command = STEP_COMMANDS.get(step.step_id)
    if command is None:
        return f"完成「{step.title}」，再运行 fengsui playbook done {code} {step.step_id}"
    return f"完成「{step.title}」：fengsui {command.format(code=code)}"


def to_person(
    app: App,
    session: Session,
    incident: Incident,
    number: str,
    facts: AlertFacts,
    action: str,
    cause: str,
    now: datetime,
) -> None:
    """Tell one person of an incident without calling them; a stranger is told nothing."""
    person = next((one for one in app.settings.people if one.id == number), None)
    if person is None or not restriction.may_see(app.settings, incident, number):
        return
    facts = replace(facts, person=person.name, action=action, deadline=incident.ack_lease_until)
    draft = Draft(
        incident_id=incident.id,
        cause=f"{cause}-{incident.version}",
        kind="notice",
        recipient=person.id,
        channels=person.channels,
        subject=subject(facts),
        body=personal_text(facts),
        short=group_text(facts),
        code=incident.code,
        restricted=incident.restricted,
        priority=incident.tier,
    )
    enqueue(session, draft, now)
