"""What the people and the checks see of the stage: questions to the database, nothing else."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.app import App
from monitor.clock import Clock
from monitor.demo.story import Story
from monitor.domain.incident import ENGINE
from monitor.domain.tier import Tier
from monitor.store.due import next_due
from monitor.store.response_schema import IncidentRow, OutboxRow, TransitionRow
from monitor.store.schema import MentionRow


class Place(Protocol):
    """Where a story is played: the demo's stage or a drill's."""

    @property
    def folder(self) -> Path:
        """Where its files lie."""

    @property
    def story(self) -> Story:
        """The posts."""

    @property
    def clock(self) -> Clock:
        """The story's present instant."""

    @property
    def app(self) -> App:
        """The application that the story happens to."""


def is_quiet(app: App, now: datetime) -> bool:
    """Whether nothing is due, new, leased or on its way at this instant."""
    with app.database.reading() as session:
        new = select(func.count()).where(MentionRow.state == "new")
        leased = select(func.count()).where(OutboxRow.status == "leased")
        if session.scalar(new) or session.scalar(leased):
            return False
        due = next_due(session)
    return due is None or due > now


def next_instant(app: App) -> datetime | None:
    """When any station has something to do next."""
    with app.database.reading() as session:
        return next_due(session)


def raised_to(session: Session, tier: Tier) -> TransitionRow | None:
    """The first time that the engine brought any incident to this tier or above it."""
    found = select(TransitionRow).where(
        TransitionRow.to_tier >= int(tier),
        TransitionRow.from_tier < int(tier),
        TransitionRow.actor == ENGINE,
    )
    return session.scalar(found.order_by(TransitionRow.id).limit(1))


def code_at(app: App, tier: Tier) -> str | None:
    """The code of the first incident that reached this tier, once it has."""
    with app.database.reading() as session:
        change = raised_to(session, tier)
        return session.get_one(IncidentRow, change.incident_id).code if change else None


def tier_of(app: App, code: str) -> Tier:
    """The tier of an incident now."""
    with app.database.reading() as session:
        return Tier(session.scalars(select(IncidentRow.tier).where(IncidentRow.code == code)).one())


def is_told(app: App, code: str, person: str, since: datetime | None = None) -> bool:
    """Whether a call of this incident has reached a person, by whatever channel."""
    found = select(OutboxRow.id).where(
        OutboxRow.code == code,
        OutboxRow.recipient == person,
        OutboxRow.kind == "page",
        OutboxRow.status == "sent",
    )
    if since is not None:
        found = found.where(OutboxRow.created_at >= since)
    with app.database.reading() as session:
        return session.scalar(found.limit(1)) is not None
