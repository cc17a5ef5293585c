"""What the engine does to an incident by itself: open, raise, lower, lapse, expire, settle."""

from __future__ import annotations

from datetime import datetime

from monitor.domain.incident import Incident, Outcome
from monitor.domain.tier import Tier


def open_incident(
    *,
    id: int,  # noqa: A002 - the field's own name
    brand: str,
    topic_key: str,
    tier: Tier,
    reason: str,
    first_public_at: datetime,
    detected_at: datetime,
    now: datetime,
    candidate: bool = False,
    recurs_of: int | None = None,
) -> Outcome:
    """Open a new incident, or park it as a candidate; RED never waits as one."""
    raise NotImplementedError


def raise_tier(incident: Incident, tier: Tier, reason: str, now: datetime) -> Outcome:
    """Raise at once, any number of levels, and ask again for an answer; lower or same is nothing."""
    raise NotImplementedError


def lower_tier(incident: Incident, reason: str, now: datetime) -> Outcome:
    """Come down one level; never from RED, never below a person's pin."""
    raise NotImplementedError


def lease_events(incident: Incident, now: datetime) -> Outcome:
    """Warn once at two thirds of the lease (kind `lease_warning`); reopen at its end (`lease_lost`)."""
    raise NotImplementedError


def promote(incident: Incident, reason: str, now: datetime) -> Outcome:
    """Open a candidate."""
    raise NotImplementedError


def expire(incident: Incident, now: datetime) -> Outcome:
    """Dismiss a candidate that nothing confirmed within its day."""
    raise NotImplementedError


def recur(incident: Incident, reason: str, now: datetime) -> Outcome:
    """Bring a resolved incident back to work when its story returns within 72 hours."""
    raise NotImplementedError


def settle(incident: Incident, now: datetime) -> Outcome:
    """Let a quiet incident rest: STABLE to RESOLVED after 72 h at most YELLOW, then on."""
    raise NotImplementedError


def published(incident: Incident, actor: str, now: datetime) -> Outcome:
    """Record that a statement is out; it counts as progress."""
    raise NotImplementedError


def merge(
    root: Incident, child: Incident, actor: str, reason: str, now: datetime
) -> tuple[Outcome, Outcome]:
    """Merge a child into its root: the louder tier and the earlier first post win."""
    raise NotImplementedError
