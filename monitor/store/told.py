"""What a recipient has been told, or is about to be, by the messages of the outbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from monitor.store.outbox import WAITING
from monitor.store.response_schema import OutboxRow


def pages_since(session: Session, incident_id: int, since: datetime) -> list[OutboxRow]:
    """The calls of an incident written at or after an instant, on whatever channel."""
    found = select(OutboxRow).where(
        OutboxRow.incident_id == incident_id,
        OutboxRow.kind == "page",
        OutboxRow.created_at >= since,
    )
    return list(session.scalars(found))


def was_told(session: Session, incident_id: int, recipient: str, since: datetime) -> bool:
    """Whether a call of this incident written since then is with its recipient, or on its way."""
    found = select(OutboxRow.id).where(
        OutboxRow.incident_id == incident_id,
        OutboxRow.recipient == recipient,
        OutboxRow.kind == "page",
        OutboxRow.created_at >= since,
        OutboxRow.status.in_((*WAITING, "leased", "sent")),
    )
    return session.scalars(found).first() is not None


def told_elsewhere(session: Session, row: OutboxRow) -> OutboxRow | None:
    """The same words where they have arrived on another channel of the recipient."""
    first = row.origin or row.id
    found = select(OutboxRow).where(
        or_(OutboxRow.origin == first, OutboxRow.id == first),
        OutboxRow.id != row.id,
        OutboxRow.status == "sent",
    )
    return session.scalars(found).first()
