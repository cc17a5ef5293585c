"""The tables of what customers and colleagues told us in private; their words stand sealed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.schema import Base


class PrivateRow(Base, kw_only=True):
    """One call, consultation, own-store review or group remark: class and counts in the clear.

    Nothing here feeds topics, metrics or the public clock (DESIGN §7); words, title, address and
    the channel's own number are inside `content` alone.
    """

    __tablename__ = "private_records"
    __table_args__ = (
        UniqueConstraint("platform", "record_key"),
        Index("ix_private_records_todo", "state", "id"),
        Index("ix_private_records_brand", "brand", "happened_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    platform: Mapped[str]
    kind: Mapped[str]
    """call, chat, consultation, review, comment, community or other."""
    record_key: Mapped[str]
    """Keyed hash of the channel's own number, which may be a telephone number."""
    source: Mapped[str]
    brand: Mapped[str] = mapped_column(default="")
    """Empty while nothing says whose customer it was."""
    author_key: Mapped[str | None] = mapped_column(default=None, index=True)
    happened_at: Mapped[datetime]
    stored_at: Mapped[datetime] = mapped_column(index=True)
    content: Mapped[str]
    """A JSON object sealed by monitor.vault."""
    state: Mapped[str] = mapped_column(default="new")
    """new → done (read by our own model)."""
    negative: Mapped[bool] = mapped_column(default=False)
    risk: Mapped[str | None] = mapped_column(default=None)
    """The code of what is alleged, a critical one first."""
    model: Mapped[str | None] = mapped_column(default=None)
    topic_id: Mapped[int | None] = mapped_column(default=None, index=True)
    """The topic that tells the same; a side sign, never a part of it. No foreign key."""

    @property
    def code(self) -> str:
        """How people name it."""
        return f"P{self.id}"


class TipRow(Base, kw_only=True):
    """What a colleague saw in a closed group and reported: note, links and files sealed."""

    __tablename__ = "tips"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    at: Mapped[datetime] = mapped_column(index=True)
    """When we got it."""
    actor: Mapped[str]
    """The person who reported it; empty for an address that is none of theirs."""
    source: Mapped[str]
    brand: Mapped[str]
    tip_key: Mapped[str] = mapped_column(unique=True)
    """Keyed hash of the mail, so that one that is read twice is one report."""
    marks: Mapped[list[Any]]
    """Keyed hashes of links and files: who reports the same joins the same incident."""
    content: Mapped[str]
    """A JSON object sealed by monitor.vault, with the key of the files."""
    files: Mapped[int] = mapped_column(default=0)
    links: Mapped[int] = mapped_column(default=0)
    incident: Mapped[str | None] = mapped_column(default=None, index=True)
    """Code of the candidate that it opened or joined."""
    evidence: Mapped[str | None] = mapped_column(default=None)
    """Code of the copy sealed to the legal department."""

    @property
    def code(self) -> str:
        """How people name it."""
        return f"R{self.id}"
