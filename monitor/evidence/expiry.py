"""Removes captures whose time is over, unless the legal department holds them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.app import App
from monitor.evidence import custody
from monitor.evidence.shelf import Shelf
from monitor.store.evidence_schema import EvidenceRow
from monitor.store.holds import held_evidence

NO_ADDRESS = "（已清除）"


def count(app: App, now: datetime) -> int:
    """How many captures would go."""
    with app.database.reading() as session:
        return len(_expired(app, session, now))


def expire(app: App, now: datetime) -> int:
    """Remove them; the row, the hashes and the custody log stay. Returns how many went.

    The row first, then the files: a crash in between leaves files that the next run removes.
    """
    gone = app.database.repeat(lambda session: _close(app, session, now))
    shelf = Shelf(app.settings.data_dir)
    with app.database.reading() as session:
        closed = select(EvidenceRow).where(EvidenceRow.purged_at.is_not(None))
        codes = [row.code for row in session.scalars(closed)]
    for code in codes:
        shelf.erase(code)
    return gone


def _close(app: App, session: Session, now: datetime) -> int:
    rows = _expired(app, session, now)
    for row in rows:
        row.purged_at, row.url = now, NO_ADDRESS
        custody.append(session, custody.SYSTEM, "purged", row.code, now)
    return len(rows)


def _expired(app: App, session: Session, now: datetime) -> list[EvidenceRow]:
    end = now - timedelta(days=app.settings.retention.evidence_days)
    found = select(EvidenceRow).where(EvidenceRow.at < end, EvidenceRow.purged_at.is_(None))
    rows = list(session.scalars(found.order_by(EvidenceRow.id)))
    held = held_evidence(session) if rows else set()
    return [row for row in rows if row.id not in held]
