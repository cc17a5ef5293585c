"""Message and Delivery: one text to one recipient on one channel, and what became of a try."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from alerts.answer_page import Answer


class Status(StrEnum):
    """What one attempt came to, judged by the answer's body and not by its HTTP status alone."""

    SENT = "sent"
    RETRY = "retry"
    """Refused for now (rate limit, 5xx, connection refused): try again after `retry_after`."""
    UNKNOWN = "unknown"
    """The request was written and no answer came: it may have been received."""
    DEAD = "dead"
    """Refused for good (bad token, bad address): use the next channel and tell the operator."""
    TOO_LONG = "too_long"
    """Refused for its length: render shorter and try again at once."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be sent. `key` is the idempotency key: the same key is the same message."""

    key: str
    subject: str
    body: str
    """Plain text, not yet cut to the channel's limit."""
    short: str = ""
    """The same in the fewest words, sent where the body does not fit."""
    code: str = ""
    """The incident's short code, the thread it belongs to."""
    mobiles: tuple[str, ...] = ()
    """Mobile numbers to @ where the channel can."""
    userids: tuple[str, ...] = ()
    """The same people by their ids on this channel's platform."""
    token: str = ""
    """What a reply by mail must carry to be an answer: a word that nobody can guess."""
    answers: tuple[Answer, ...] = ()
    """The buttons of a card, where the channel shows cards."""
    action: str = ""
    """What its buttons carry: which call they answer."""
    target: str = ""
    """The receipt of the card that this one replaces, in place and without a sound."""
    maybe_duplicate: bool = False
    """True marks the text with 「可能重复」."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt's outcome."""

    status: Status
    detail: str
    """A Chinese sentence with the platform's own code, free of secrets and personal data."""
    platform_code: str = ""
    retry_after: float | None = None
    """Seconds to wait before the channel may be tried again, where the platform's rule is known."""
    receipt: str = ""
    """The platform's own number of the message, where it gives one that a later change needs."""
