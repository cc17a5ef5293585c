"""The tables of the first week: trials, drills, and how far back each source has been read."""

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


class DrillRow(Base, kw_only=True):
    """One drill, and how the team did; what happened in it lies in a database of its own."""

    __tablename__ = "drills"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    scenario: Mapped[str]
    title: Mapped[str]
    auto: Mapped[bool]
    """Whether the program played the team: that trains nobody."""
    live: Mapped[bool]
    """Whether its messages went to people."""
    status: Mapped[str] = mapped_column(default="running")
    """running, paused, done or aborted."""
    folder: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(index=True)
    started_by: Mapped[str]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    score: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)


class ReachRow(Base, kw_only=True):
    """A test call to one person, and whether it woke them; void when their address changes."""

    __tablename__ = "reaches"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    person: Mapped[str] = mapped_column(index=True)
    channel: Mapped[str]
    address: Mapped[str]
    """A fingerprint of how the person is reached; of no use to anybody who holds it alone."""
    code: Mapped[str]
    """A fingerprint of the number that the message told."""
    sent_at: Mapped[datetime]
    sent_by: Mapped[str]
    guesses: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    confirmed_by: Mapped[str] = mapped_column(default="")


class WaiverRow(Base, kw_only=True):
    """Going live without the proofs: who took that on, why, and what was missing."""

    __tablename__ = "waivers"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    reason: Mapped[str]
    missing: Mapped[list[Any]]
    made_good_at: Mapped[datetime | None] = mapped_column(default=None)


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
