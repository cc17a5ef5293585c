"""The table of people's merges and splits of topics."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.schema import Base


class RegroupingRow(Base, kw_only=True):
    """What a person decided of topics, and whether it was taken back; nothing is ever deleted."""

    __tablename__ = "regroupings"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    brand: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    """merge or split."""
    topic_id: Mapped[int] = mapped_column(index=True)
    """The topic that became part of the other, or that was made."""
    other_id: Mapped[int] = mapped_column(index=True)
    mentions: Mapped[dict[str, Any]]
    """The mentions that moved, by number, with the strand that each had."""
    actor: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None] = mapped_column(default=None)
    undone_by: Mapped[str | None] = mapped_column(default=None)
    undone_reason: Mapped[str | None] = mapped_column(default=None)
