"""The tables of duty: swaps that people typed, and hand-overs that wait for a signature."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.schema import Base


class SwapRow(Base, kw_only=True):
    """One person stands in for a level between two instants; cancelled, not deleted."""

    __tablename__ = "swaps"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    level: Mapped[str]
    person: Mapped[str]
    begin: Mapped[datetime]
    end: Mapped[datetime] = mapped_column(index=True)
    reason: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    cancelled_by: Mapped[str | None] = mapped_column(default=None)
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)


class HandoverRow(Base, kw_only=True):
    """A change of duty while work is open: until the incoming person accepts, both are called."""

    __tablename__ = "handovers"
    __table_args__ = (UniqueConstraint("level", "turned_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    level: Mapped[str]
    turned_at: Mapped[datetime]
    """When the duty changed."""
    outgoing: Mapped[list[Any]]
    incoming: Mapped[list[Any]]
    sheet: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """What was handed over, as it stood at the signature."""
    note: Mapped[str] = mapped_column(default="")
    signed_by: Mapped[str | None] = mapped_column(default=None)
    signed_at: Mapped[datetime | None] = mapped_column(default=None)
    accepted_by: Mapped[str | None] = mapped_column(default=None)
    accepted_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
