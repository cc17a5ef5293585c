"""Tends to what has come due: unanswered calls, leases, candidates, late playbook steps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from alerts.facts import Kind
from monitor.app import App
from monitor.domain import escalation, transitions
from monitor.domain.incident import Incident, Outcome, joined
from monitor.domain.playbook import StepState, warned
from monitor.rota import who
from monitor.stations import notices, respond
from monitor.store import incidents, steps


def tend(app: App, now: datetime) -> int:
    """Do everything that is due; returns how much was. After a stall each thing happens once."""
    with app.database.transaction() as session:
        runs = incidents.due_runs(session, now)
        for run in runs:
            _escalate(app, session, run, now)
        lapsing = incidents.due(session, now)
        for incident in lapsing:
            _lapse(app, session, incident, now)
        late = steps.overdue(session, now)
        for incident_id in dict.fromkeys(number for number, _ in late):
            those = [step for number, step in late if number == incident_id]
            _remind(app, session, incident_id, those, now)
    return len(runs) + len(lapsing) + len(late)


def _escalate(app: App, session: Session, run: escalation.Run, now: datetime) -> None:
    """Call the next level, since nobody answered."""
    incident = incidents.load(session, run.incident_id)
    after, events = escalation.advance(
        run,
        now,
        who(app.settings),
        respond.sla(app),
        respond.quiet(app),
        confirmed=incident.tier_confirmed_by is not None,
    )
    incidents.save_run(session, after)
    respond.announce(app, session, incident, events, Kind.ESCALATED, now)


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
        notices.lease_warning(app, session, incident, now)


def _remind(
    app: App, session: Session, incident_id: int, late: list[StepState], now: datetime
) -> None:
    """Tell the holder, or whoever is on call, what is late: one message, each step once."""
    incident = incidents.load(session, incident_id)
    holder = (incident.acked_by,) if incident.acked_by else who(app.settings)(1, now)
    notices.steps_overdue(app, session, incident, late, holder, now)
    for step in late:
        steps.save(session, incident_id, warned(step, now))
