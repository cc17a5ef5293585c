"""Briefs the leadership every half hour while a RED that they know of lasts, and at its end.

They are called once (level 4) and never in a loop; what they hear afterwards comes in this rhythm.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.facts import Kind
from alerts.rendering import digest_text
from monitor.app import App
from monitor.config import PersonConfig
from monitor.domain.escalation import TOP_LEVEL
from monitor.domain.incident import Incident
from monitor.domain.tier import Tier
from monitor.rota import rota
from monitor.stations import notices
from monitor.store import incidents
from monitor.store.outbox import Draft, enqueue
from monitor.store.response_schema import OutboxRow

EVERY = timedelta(minutes=30)  # DESIGN §7
BRIEFING = "briefing"


def brief_leaders(app: App, now: datetime) -> int:
    """Write the briefings that are due; returns how many."""
    with app.database.reading() as session:
        if not _listening(app, session, now):
            return 0
    with app.database.transaction() as session:
        reds = incidents.active_reds(session)
        people = _listening(app, session, now)
        for person in people:
            _brief(app, session, person, reds, now)
    return len(people)


def _listening(app: App, session: Session, now: datetime) -> list[PersonConfig]:
    """The leaders to whom a briefing is owed at this instant."""
    reds = [one.id for one in incidents.active_reds(session)]
    on_duty = rota(app.settings, session)(TOP_LEVEL, now)
    known = [one for one in app.settings.people if one.channels]
    return [one for one in known if _owed(session, one.id, one.id in on_duty, reds, now)]


def _owed(session: Session, leader: str, on_duty: bool, reds: list[int], now: datetime) -> bool:
    last = _last(session, leader)
    if last is not None and last.priority == Tier.RED:
        # Whoever was briefed hears the end too, on duty or not.
        return not reds or not last.created_at <= now < last.created_at + EVERY
    if not reds or not on_duty:
        return False
    told = session.scalar(
        select(func.min(OutboxRow.created_at)).where(
            OutboxRow.recipient == leader,
            OutboxRow.kind == "page",
            OutboxRow.incident_id.in_(reds),
        )
    )
    return told is not None and told + EVERY <= now


def _last(session: Session, leader: str) -> OutboxRow | None:
    found = select(OutboxRow).where(OutboxRow.recipient == leader, OutboxRow.kind == BRIEFING)
    return session.scalars(found.order_by(OutboxRow.id.desc()).limit(1)).first()


def _brief(
    app: App, session: Session, person: PersonConfig, reds: list[Incident], now: datetime
) -> None:
    last = _last(session, person.id)
    head = f"【红色简报】{len(reds)} 起红色在处置" if reds else "【红色简报】红色都已解除"
    lines = [digest_text([notices.facts_of(session, one, Kind.DIGEST, now)]) for one in reds]
    work = [f"　{one.lifecycle.label}，{_holder(app, one)}" for one in reds]
    body = "\n".join([head, *(line for pair in zip(lines, work, strict=True) for line in pair)])
    draft = Draft(
        incident_id=None,
        cause=f"{BRIEFING}-{now.isoformat()}",
        kind=BRIEFING,
        recipient=person.id,
        channels=person.channels,
        subject=head,
        body=body,
        short=head,
        priority=Tier.RED if reds else Tier.NONE,
    )
    enqueue(session, draft, now)
    if last is not None and last.status in ("unknown", "pending", "retry"):
        last.status, last.detail = "superseded", "内容并入下一条简报"
        fresh = _last(session, person.id)
        if fresh is not None and last.attempts:
            fresh.resent = True  # what it says may have been heard already


def _holder(app: App, incident: Incident) -> str:
    if incident.commander or incident.acked_by:
        return f"{notices.names(app, (incident.commander or incident.acked_by or '',))}负责"
    return "还没有人接手"
