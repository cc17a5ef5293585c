"""The table of what is usual: the detector's memory of each brand and risk code."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.schema import Base


class BaselineRow(Base, kw_only=True):
    """State at a full hour of the streams of one brand, or of one risk code of it.

    It can be learnt anew from the mentions at any time; it only saves reading weeks of them.
    """

    __tablename__ = "baselines"

    brand: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    """Risk code; empty for everything said of the brand."""
    since: Mapped[datetime]
    """The first hour that was learnt from."""
    until: Mapped[datetime]
    """The hour up to which everything is in the state."""
    streams: Mapped[dict[str, Any]]
    """By what is counted: mentions, negative, heat."""
