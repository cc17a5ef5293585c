"""Tends to what has come due: unanswered calls, leases, candidates, late playbook steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from alerts.facts import Kind
from monitor.app import App
from monitor.domain import escalation, transitions
from monitor.domain.incident import Incident, Outcome, joined
from monitor.domain.playbook import StepState, warned
from monitor.rota import rota
from monitor.stations import calling, muting, reminders, respond, restriction, silencing
from monitor.store import incidents, steps

# Rounds of one call: what never ends must not keep the caller; the next tick goes on with it.
ROUNDS = 200
GROWN = "夜里这个话题的网帖成倍增加，所以不等早上"


def tend(app: App, now: datetime) -> int:
    """Do everything that is due; returns how much was. After a stall each thing happens once.

    A hundred at a time: whoever acknowledges in between need not wait for a whole day's arrears.
    """
    done = 0
    for part in (_calls, _lapses, _reminders):
        for _ in range(ROUNDS):
            number = app.database.repeat(partial(part, app, now))
            done += number
            if number < incidents.BATCH:
                break
    return done


def _calls(app: App, now: datetime, session: Session) -> int:
    silencing.release(app, session, now)
    look = rota(app.settings, session)
    grown = incidents.grown_runs(session)
    for run in grown:
        _wake(app, session, run, look, now)
    runs = incidents.due_runs(session, now)
    for run in runs:
        _escalate(app, session, run, look, now)
    return max(len(runs), len(grown))


def _lapses(app: App, now: datetime, session: Session) -> int:
    lapsing = incidents.due(session, now)
    for incident in lapsing:
        _lapse(app, session, incident, now)
    return len(lapsing)


def _reminders(app: App, now: datetime, session: Session) -> int:
    late = steps.overdue(session, now, incidents.BATCH)
    for incident_id, those in late.items():
        _remind(app, session, incident_id, those, now)
    return len(late)


def _escalate(
    app: App, session: Session, run: escalation.Run, look: escalation.Who, now: datetime
) -> None:
    """Call the next level, since nobody answered."""
    incident = incidents.load(session, run.incident_id)
    if muting.muted_by(session, incident) is not None:
        incidents.save_run(session, escalation.postponed(run, muting.try_again(now)))
        return
    who = restriction.who(app, session, incident) if incident.restricted else look
    events = calling.call_due(app, session, incident, run, who, now)
    kind = Kind.ESCALATED if run.level else Kind.PAGE
    calling.announce(app, session, incident, events, kind, now)


def _wake(
    app: App, session: Session, run: escalation.Run, look: escalation.Who, now: datetime
) -> None:
    """Call at night for a yellow that has grown too much to wait for the morning."""
    incident = incidents.load(session, run.incident_id)
    if muting.muted_by(session, incident) is not None:
        incidents.save_run(session, replace(run, grows_at=None))
        return
    who = restriction.who(app, session, incident) if incident.restricted else look
    events = calling.call_due(app, session, incident, run, who, now, grown=True)
    calling.announce(app, session, incident, events, Kind.PAGE, now, GROWN)


def _lapse(app: App, session: Session, incident: Incident, now: datetime) -> None:
    """Leases, candidacies and rests that run out."""
    outcome = Outcome(incident)
    for step in (transitions.expire, transitions.lease_events, transitions.settle):
        outcome = joined(outcome, step(outcome.incident, now))
    if any(one.kind == "lease_warning" for one in outcome.transitions):
        _warn_holder(app, session, outcome.incident, now)
    respond.store(app, session, incident, outcome, now)
    if not outcome.transitions:
        incidents.looked_at(session, incident, now)


def _warn_holder(app: App, session: Session, incident: Incident, now: datetime) -> None:
    if incident.acked_by and incident.ack_lease_until:
        reminders.lease_warning(app, session, incident, now)


def _remind(
    app: App, session: Session, incident_id: int, late: list[StepState], now: datetime
) -> None:
    """Tell the holder, or whoever is on call, what is late: one message, each step once."""
    incident = incidents.load(session, incident_id)
    holder = (
        (incident.acked_by,) if incident.acked_by else _first_called(app, session, incident, now)
    )
    reminders.steps_overdue(app, session, incident, late, holder, now)
    for step in late:
        steps.save(session, incident_id, warned(step, now))


def _first_called(app: App, session: Session, incident: Incident, now: datetime) -> tuple[str, ...]:
    return restriction.who(app, session, incident)(1, now)
