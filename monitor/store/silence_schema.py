"""The tables of silences: who asked for quiet, and what was held back because of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.schema import Base


class SilenceRow(Base, kw_only=True):
    """One silence from its making to its end; ended early, not deleted."""

    __tablename__ = "silences"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    code: Mapped[str | None] = mapped_column(default=None)
    """The incident, where it is about one; else brand (and risk), or source."""
    brand: Mapped[str | None] = mapped_column(default=None)
    risk: Mapped[str | None] = mapped_column(default=None)
    source: Mapped[str | None] = mapped_column(default=None)
    tier: Mapped[int]
    """The loudest tier that it holds back."""
    begin: Mapped[datetime]
    end: Mapped[datetime]
    """When it ends or ended; an early end moves it."""
    reason: Mapped[str]
    made_by: Mapped[str]
    ended_by: Mapped[str | None] = mapped_column(default=None)
    """Who ended it before its time."""
    settled_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    """When, after its end, what it had held back was looked through."""


class HeldRow(Base, kw_only=True):
    """One message that a silence kept from being written."""

    __tablename__ = "held_messages"
    __table_args__ = (UniqueConstraint("silence_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    silence_id: Mapped[int] = mapped_column(ForeignKey("silences.id", ondelete="CASCADE"))
    key: Mapped[str]
    """The key that the message would have had."""
    incident_id: Mapped[int | None] = mapped_column(
        ForeignKey("incidents.id"), default=None, index=True
    )
    kind: Mapped[str]
    recipient: Mapped[str]
    tier: Mapped[int]
    at: Mapped[datetime]
