"""Calls people: the next call of a run, what a silence or the night makes of it, its messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from alerts.facts import Kind
from monitor.app import App
from monitor.domain import escalation
from monitor.domain.escalation import Event, Gap, Page, Quiet, Run, Sla, Who
from monitor.domain.incident import Incident
from monitor.domain.self_check import SELF_CHECK
from monitor.domain.tier import Tier
from monitor.policy_file import policy_of
from monitor.stations import muting, notices
from monitor.store import incidents, silences
from monitor.store.response_schema import IncidentRow
from monitor.store.schema import TopicRow


def call_due(
    app: App,
    session: Session,
    incident: Incident,
    run: Run,
    who: Who,
    now: datetime,
    *,
    grown: bool = False,
) -> tuple[Event, ...]:
    """Store the run as it is after the next call, if that is due; returns what to announce.

    A yellow that has `grown` is called though it is night.

    While a silence holds, the call is announced so that what is held back gets noted, and the run
    stays where it was: the same call goes out when the silence ends.
    """
    confirmed = incident.tier_confirmed_by is not None
    if grown:
        after, events = escalation.promote(run, now, who, sla(app), quiet(app))
    else:
        after, events = escalation.advance(run, now, who, sla(app), quiet(app), confirmed=confirmed)
    if not events and incident.kind != SELF_CHECK:
        after = _until_morning(app, session, incident, after, now)
    silence = silences.covering(session, incident.id, incident.tier, now) if events else None
    if silence is not None:
        after = escalation.postponed(run, min(silence.end, muting.try_again(now)))
        events = tuple(one for one in events if isinstance(one, Page))
    incidents.save_run(session, after)
    return events


def _until_morning(app: App, session: Session, incident: Incident, run: Run, now: datetime) -> Run:
    """The run with the growth that ends its wait, where it is a yellow at night."""
    if run.tier is not Tier.YELLOW or quiet(app).ends_after(now) == now:
        return run
    row = session.get_one(IncidentRow, incident.id)
    topic = session.get_one(TopicRow, row.topic_id)
    policy = policy_of(row.policy).at(incident.brand, now)
    mentions = topic.metrics.get("mentions") or 0
    grows_at = escalation.grown_from(mentions, policy.growth, policy.growth_minimum)
    return escalation.waiting(run, grows_at)


def announce(
    app: App,
    session: Session,
    incident: Incident,
    events: tuple[Event, ...],
    kind: Kind,
    now: datetime,
    why: str = "",
) -> None:
    """Write the pages and meta-alerts of an escalation step; `why` is said before the reasons."""
    for event in events:
        if isinstance(event, Gap):
            notices.gap(app, session, incident, event, now)
        else:
            notices.page(app, session, incident, event, kind, now, why)


def sla(app: App) -> Sla:
    """Minutes to answer, from the configuration."""
    minutes = app.settings.tiers.ack_minutes
    return Sla(
        red=minutes.red,
        orange=minutes.orange,
        yellow=minutes.yellow,
        red_loop=app.settings.tiers.red_repeat_minutes,
    )


def quiet(app: App) -> Quiet:
    """The hours in which yellow waits, from the configuration."""
    hours = app.settings.tiers.quiet_hours
    return Quiet(start=hours.begin, end=hours.end, zone=app.settings.zone)
