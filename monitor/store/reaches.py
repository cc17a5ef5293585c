"""Test calls in the store: to whom, by what, and whether they came through."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.store.first_week_schema import ReachRow, WaiverRow


def waiting(session: Session, person: str, since: datetime) -> ReachRow | None:
    """The newest test call to a person that nobody has confirmed yet."""
    found = select(ReachRow).where(
        ReachRow.person == person, ReachRow.confirmed_at.is_(None), ReachRow.sent_at > since
    )
    return session.scalars(found.order_by(ReachRow.id.desc())).first()


def confirmed(session: Session, person: str) -> ReachRow | None:
    """The newest test call that came through to a person."""
    found = select(ReachRow).where(ReachRow.person == person, ReachRow.confirmed_at.is_not(None))
    return session.scalars(found.order_by(ReachRow.id.desc())).first()


def waiver(session: Session) -> WaiverRow | None:
    """What somebody went live without, and nobody has made good."""
    found = select(WaiverRow).where(WaiverRow.made_good_at.is_(None))
    return session.scalars(found.order_by(WaiverRow.id.desc())).first()
