"""What the topic index is given of one mention, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from monitor.text.signature import Signature

How = Literal["repost", "exact", "near", "event", "remark", "new"]


@dataclass(frozen=True, slots=True)
class ClusterItem:
    """One mention of one brand, as the index needs it."""

    id: int | str
    brand: str
    platform: str
    native_id: str
    parent_id: str | None
    signature: Signature
    at: datetime
    codes: tuple[str, ...] = ()
    """Risk codes that it alleges of the brand."""
    particular: bool = False
    """It tells of a case with particulars of its own; without, a claim may be a mere remark."""
    names: tuple[str, ...] = ()
    """The brand's names as the text has them: every mention shares those."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """The topic of a mention, the strongest reason, and what else had to move for it.

    A strand is what hangs together by itself: copies, reposts, other words on one event. A topic
    is a strand with the strands of remarks on it; it bears the key of the main strand.
    """

    topic_key: str
    strand_key: str
    how: How
    of: int | str | None = None
    """The mention that gave the reason."""
    merged: tuple[tuple[str, str], ...] = ()
    """Pairs of strand keys: the mentions of the first now belong to the second."""
    moved: tuple[tuple[str, str], ...] = ()
    """Pairs of strand key and topic key: the strand now belongs to that topic."""
