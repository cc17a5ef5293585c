"""Opens incidents that no public topic began: by a person, by alike calls, by a staff report.

Such an incident hangs on a topic of its own that has no mentions and that the engine never looks
at: nothing private can become a public source, a floor or the start of the public clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from alerts.facts import Kind
from monitor.app import App
from monitor.domain import transitions
from monitor.domain.incident import ENGINE, Incident
from monitor.domain.tier import Tier
from monitor.rota import rota
from monitor.stations import notices, reminders, respond, restriction
from monitor.store import incidents
from monitor.store.schema import TopicRow


@dataclass(frozen=True, slots=True)
class Opening:
    """What begins, and why."""

    brand: str
    origin: str
    """person, calls or report."""
    key: str
    """Unique among the topics of the brand."""
    name: str
    """As lists show it: our own words, nothing that anybody said in private."""
    reason: str
    risk: str | None = None
    tier: Tier = Tier.YELLOW
    actor: str = ENGINE
    candidate: bool = True
    first_public_at: datetime | None = None
    named: tuple[str, ...] | None = None
    """Whom of the restricted list it names, where `reason` says only who brought it."""


def begin(app: App, session: Session, opening: Opening, now: datetime) -> Incident:
    """Open it, or park it as a candidate and tell whoever is on duty that it waits for them."""
    topic = TopicRow(
        brand=opening.brand,
        key=opening.key,
        name=opening.name,
        origin=opening.origin,
        first_published_at=opening.first_public_at or now,
        last_published_at=now,
        tier=int(opening.tier),
        tier_since=now,
        metrics={"code": opening.risk, "mentions": 0, "sources": 0},
    )
    session.add(topic)
    session.flush()
    outcome = transitions.open_incident(
        id=incidents.next_incident_id(session),
        brand=opening.brand,
        topic_key=opening.key,
        tier=opening.tier,
        reason=opening.reason,
        first_public_at=opening.first_public_at,
        detected_at=now,
        now=now,
        candidate=opening.candidate,
        actor=opening.actor,
    )
    named = opening.named
    if named is None:
        named = restriction.named_in(app.settings, (opening.name, opening.reason))
    outcome = restriction.begun(app, outcome, named)
    incidents.insert(session, outcome, topic.id, dict(app.policy.source))
    respond.follow(app, session, outcome, now)
    if opening.candidate:
        _tell(app, session, outcome.incident, opening.reason, now)
    return outcome.incident


def _tell(app: App, session: Session, incident: Incident, reason: str, now: datetime) -> None:
    """Tell people that something waits for their judgement: once, without calling anybody."""
    told = notices.facts_of(session, incident, Kind.CANDIDATE, now)
    facts = replace(told, reasons=(reason,), lowers="")
    told_first = restriction.chain(app.settings, incident) if incident.restricted else ()
    for number in told_first or judges(app, session, now):
        reminders.to_person(app, session, incident, number, facts, "判断", "candidate", now)


def judges(app: App, session: Session, now: datetime) -> tuple[str, ...]:
    """Who is told of a candidate: the first level on duty, and customer service."""
    duty = rota(app.settings, session)(1, now)
    service = (one.id for one in app.settings.people if "service" in one.roles)
    return tuple(dict.fromkeys([*duty, *service]))
