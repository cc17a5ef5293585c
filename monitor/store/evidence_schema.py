"""The tables of evidence and privacy: captures, custody log, legal holds, refusals."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.schema import Base


class EvidenceRow(Base, kw_only=True):
    """One capture; what the page held lies sealed in a folder of its own, never here."""

    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_stamp", "stamp", "stamp_due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    url: Mapped[str]
    """With personal fields masked; the whole address is sealed."""
    status: Mapped[int]
    """What the site answered: 404 is evidence too."""
    incident: Mapped[str | None] = mapped_column(default=None)
    mention_id: Mapped[int | None] = mapped_column(default=None)
    """No foreign key: evidence outlives the mention."""
    account_key: Mapped[str | None] = mapped_column(default=None)
    actor: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    manifest_sha256: Mapped[str] = mapped_column(default="")
    stamp: Mapped[str] = mapped_column(default="off")
    """off (no authority configured) | pending | done."""
    stamp_due_at: Mapped[datetime | None] = mapped_column(default=None)
    stamp_tries: Mapped[int] = mapped_column(default=0)
    stamp_problem: Mapped[str] = mapped_column(default="")
    stamped_at: Mapped[datetime | None] = mapped_column(default=None)
    """The authority's own time."""
    purged_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def code(self) -> str:
        """How people name it."""
        return f"E{self.id:04d}"


class CustodyRow(Base, kw_only=True):
    """Who did what to a piece of evidence and when; append-only, each row holds the last hash."""

    __tablename__ = "custody"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    detail: Mapped[str]
    """Canonical JSON; no personal data, since it can never be taken back."""
    previous: Mapped[str] = mapped_column(unique=True)
    """Unique, so that two writers cannot continue the same chain."""
    hash: Mapped[str]


class HoldRow(Base, kw_only=True):
    """A legal hold: what it names is kept until somebody of the legal department releases it."""

    __tablename__ = "holds"
    __table_args__ = (Index("ix_holds_subject", "kind", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[str]
    """evidence, incident or mention."""
    subject: Mapped[str]
    """Evidence code, incident code or mention number."""
    reason: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]
    released_at: Mapped[datetime | None] = mapped_column(default=None)
    released_by: Mapped[str | None] = mapped_column(default=None)
    released_reason: Mapped[str] = mapped_column(default="")


class RefusalRow(Base, kw_only=True):
    """Somebody whose posts are never collected; only the keyed hash of the name is kept."""

    __tablename__ = "refusals"
    __table_args__ = (Index("ix_refusals_author", "author_key", "platform", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    author_key: Mapped[str]
    platform: Mapped[str] = mapped_column(default="")
    """Empty: on every platform."""
    reason: Mapped[str]
    at: Mapped[datetime]
