"""What the next person on duty must know, as plain values: work, deadlines, words, blind spots."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.app import App
from monitor.domain.incident import Incident, Lifecycle
from monitor.domain.playbook import StepStatus
from monitor.domain.statement import StatementStatus
from monitor.stations import notices
from monitor.store import incidents, steps
from monitor.store.crawls import blind
from monitor.store.response_schema import OutboxRow

NEXT_STEPS = 5  # what is due after these will be on the next sheet


def sheet(app: App, session: Session, now: datetime) -> dict[str, Any]:
    """Return what is open at `now`; instants in ISO 8601, in the configured zone."""
    active = incidents.all_incidents(session, active=True)
    return {
        "at": _stamp(app, now),
        "incidents": [_work(app, session, one) for one in active],
        "blind_sources": list(blind(session, now)),
        "undelivered": _undelivered(session, active),
    }


def _work(app: App, session: Session, incident: Incident) -> dict[str, Any]:
    waiting = [
        {"at": _stamp(app, one.due_at), "what": one.title, "role": one.role}
        for one in steps.of_incident(session, incident.id)
        if one.status is StepStatus.OPEN
    ]
    lease = incident.ack_lease_until if incident.lifecycle.leased else None
    return {
        "code": incident.code,
        "brand": incident.brand,
        "tier": incident.tier.name.lower(),
        "tier_label": incident.tier.label,
        "confirmed": incident.tier_confirmed_by is not None,
        "lifecycle": incident.lifecycle.value,
        "lifecycle_label": incident.lifecycle.label,
        "holder": _name(app, incident.acked_by),
        "commander": _name(app, incident.commander),
        "spokesperson": _name(app, incident.spokesperson),
        "progress_due_at": _stamp(app, lease),
        "unanswered": incident.lifecycle is Lifecycle.OPEN,
        "steps": waiting[:NEXT_STEPS],
        **_words(session, incident.id),
    }


def _words(session: Session, incident_id: int) -> dict[str, Any]:
    """What has been said in public, and what lies ready but has not been said."""
    there = steps.statement_of(session, incident_id)
    if there is None:
        return {"said": "", "said_at": "", "unsaid": ""}
    words = there[1]
    out = words.status is StatementStatus.PUBLISHED
    return {
        "said": words.text if out else "",
        "said_at": words.url or "",
        "unsaid": "" if out else f"{words.status.label}：{words.text}",
    }


def _undelivered(session: Session, active: list[Incident]) -> int:
    """Messages about open work that reached nobody on the channel they were meant for."""
    found = select(func.count()).where(
        OutboxRow.status == "dead", OutboxRow.incident_id.in_([one.id for one in active])
    )
    return session.scalar(found) or 0


def _name(app: App, person: str | None) -> str:
    return notices.names(app, (person,)) if person else ""


def _stamp(app: App, at: datetime | None) -> str | None:
    return at.astimezone(app.settings.zone).isoformat(timespec="minutes") if at else None
