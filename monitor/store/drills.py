"""Drills in the store: what was practised when, by whom, and how it went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.store.first_week_schema import DrillRow

OPEN = ("running", "paused")


def newest(session: Session, limit: int = 100) -> Sequence[DrillRow]:
    """The drills, the newest first."""
    return session.scalars(select(DrillRow).order_by(DrillRow.id.desc()).limit(limit)).all()


def unfinished(session: Session) -> DrillRow | None:
    """The drill that runs or was interrupted."""
    found = select(DrillRow).where(DrillRow.status.in_(OPEN)).order_by(DrillRow.id.desc())
    return session.scalars(found).first()


def between(session: Session, since: datetime, until: datetime) -> Sequence[DrillRow]:
    """Drills that ended in a stretch of time, aborted ones left out."""
    found = select(DrillRow).where(
        DrillRow.status == "done", DrillRow.ended_at >= since, DrillRow.ended_at < until
    )
    return session.scalars(found.order_by(DrillRow.id)).all()


def practised(session: Session) -> DrillRow | None:
    """The newest drill in which people of the house answered."""
    found = select(DrillRow).where(DrillRow.status == "done", DrillRow.auto.is_(False))
    rows = session.scalars(found.order_by(DrillRow.id.desc()))
    return next((one for one in rows if one.score.get("acked_by")), None)


def end(row: DrillRow, status: str, score: dict[str, Any], now: datetime) -> None:
    """Close a drill with what it came to."""
    row.status, row.score, row.ended_at = status, score, now
