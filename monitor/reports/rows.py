"""Plain values that the weekly report is built from; gather fills them, tests write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.tier import Tier


@dataclass(frozen=True, slots=True)
class Seen:
    """One public mention of one brand, without its text."""

    id: int
    brand: str
    at: datetime
    negative: bool = False
    judged: bool = True
    """False while the model has not read it; then it counts as volume and in no share."""
    risk: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One mention in its own words: hostile text until it is rendered."""

    id: int
    brand: str
    at: datetime
    platform: str
    source: str
    text: str
    url: str = ""
    negative: bool = False
    risk: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of an incident's audit trail."""

    at: datetime
    kind: str
    from_tier: Tier
    to_tier: Tier
    alarmed: bool
    """Whether the incident is worked on after it, so that its tier is lit."""
    answered: bool
    """Whether a person took the incident with it."""
    actor: str
    by_engine: bool
    reason: str
    lifecycle: str
    """The Chinese word for the state after it."""
    evidence: tuple[int, ...] = ()
    """Mentions that the engine decided on, where it was the engine."""
    waits: bool = False
    """Whether the incident is unanswered after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSeen:
    """One playbook step of one incident."""

    id: str
    """Incident code and step id."""
    title: str
    due_at: datetime
    status: str
    done_at: datetime | None = None
    by_engine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One incident with its trail, oldest first, and its steps."""

    code: str
    brand: str
    topic: str
    first_public_at: datetime
    detected_at: datetime
    changes: tuple[Change, ...]
    steps: tuple[StepSeen, ...] = ()
    first_mentions: tuple[int, ...] = ()
    """The earliest mention of its topic."""
    counts: bool = True
    """False for false alarms, merged incidents and candidates: no response time is owed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One message of the outbox."""

    id: int
    code: str
    """The incident's code; empty for messages about the installation."""
    kind: str
    status: str
    created_at: datetime
    """When it was written; of a copy on the next channel, when its original was."""
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Crawl:
    """One run of one source."""

    id: int
    source: str
    at: datetime
    failed: bool
    items: int
    blind: bool = False
    """Whether nothing could be seen through the source after it."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One source: when we began to watch it and how long it may bring nothing."""

    name: str
    since: datetime
    silent_after: timedelta | None = None
    last_before: datetime | None = None
    """When it last brought something before the week."""


@dataclass(frozen=True, slots=True)
class Reject:
    """One item that did not go in."""

    id: int
    source: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drilled:
    """One drill that was played to its end; nothing in it happened."""

    number: int
    title: str
    ended_at: datetime
    auto: bool
    """Whether the program played the team."""
    total: int
    ack_minutes: float | None
    levels_called: int
    steps_on_time: int
    steps_due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Silenced:
    """One silence, with the ids of the messages that it held back in the week."""

    number: int
    scope: str
    """What is silenced, in words."""
    begin: datetime
    end: datetime
    made_by: str
    ended_by: str | None
    """Who ended it before its time."""
    reason: str
    held: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """All that one report is built from; `since` is 28 days before the week."""

    brands: tuple[str, ...]
    seen: tuple[Seen, ...] = ()
    quotes: tuple[Quote, ...] = ()
    cases: tuple[Case, ...] = ()
    sent: tuple[Sent, ...] = ()
    crawls: tuple[Crawl, ...] = ()
    watched: tuple[Watched, ...] = ()
    rejects: tuple[Reject, ...] = ()
    drills: tuple[Drilled, ...] = ()
    silences: tuple[Silenced, ...] = ()
