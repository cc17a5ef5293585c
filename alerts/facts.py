"""What a message is made of: the numbers of one incident, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Kind(StrEnum):
    """What a message is about."""

    PAGE = "page"
    CANDIDATE = "candidate"
    ESCALATED = "escalated"
    RAISED = "raised"
    LOWERED = "lowered"
    RETURNED = "returned"
    RESOLVED = "resolved"
    REMINDER = "reminder"
    DIGEST = "digest"
    STEP_OVERDUE = "step_overdue"
    BLIND_SOURCE = "blind_source"
    META = "meta"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Quote:
    """One public mention, in its own words; hostile until rendered."""

    platform: str
    text: str
    url: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """All that a message may say; times are aware, `at` is when the message is written.

    `tier` and `tier_before` are the words people read (橙色), `risk_label` the class (患者安全),
    `views` is None where no platform told them, `person` is who must act and `action` what they
    must do before `deadline`. Only personal messages show `reasons`, `quotes`, `lowers`
    and `hints`.
    """

    kind: Kind
    at: datetime
    tier: str = ""
    tier_before: str = ""
    confirmed: bool = False
    brand: str = ""
    risk_label: str = ""
    mentions: int = 0
    sources: int = 0
    views: int | None = None
    first_post_at: datetime | None = None
    code: str = ""
    person: str = ""
    action: str = "点「我来处理」"
    deadline: datetime | None = None
    reasons: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    link: str = ""
    """Where the person answers with a tap; a key, for that person alone."""
    chats: tuple[str, ...] = ()
    """Sentences on how to answer by a line to our robot, for that person."""
    lowers: str = ""
    """What would lower the tier."""
    hints: tuple[str, ...] = ()
    """What to know of how the story spreads; shown beside the tier, never a part of it."""
    drill: bool = False
