"""The tables of the first week: trials, and how far back each source has been read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.schema import Base


class TrialRow(Base, kw_only=True):
    """A trial: while it has no end, every message goes to its owner and to nobody else."""

    __tablename__ = "trials"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    owner: Mapped[str]
    channels: Mapped[list[Any]]
    """The owner's, best first."""
    names: Mapped[dict[str, Any]]
    """What recipients are called, by recipient: 「本应发给 张某」."""
    until: Mapped[datetime]
    """When the owner is first asked to end it; nothing goes live by itself."""
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_by: Mapped[str] = mapped_column(default="")


class BackfillRow(Base, kw_only=True):
    """A stretch of time that one query of one source has been read for."""

    __tablename__ = "backfills"
    __table_args__ = (Index("ix_backfills_source", "source", "query"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    source: Mapped[str]
    query: Mapped[str]
    begin: Mapped[datetime]
    end: Mapped[datetime]
    at: Mapped[datetime]
    new: Mapped[int]
    requests: Mapped[int]
    """Sent for it; they count towards the source's budget. An attempt that failed covers nothing:
    its stretch ends where it begins."""
    whole: Mapped[bool]
    """Whether everything that the source has of this stretch came."""
