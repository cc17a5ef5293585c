"""What the engine does to an incident by itself: open, raise, lower, lapse, expire, settle."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.domain.incident import (
    ACK_LEASE,
    CANDIDATE_LIFE,
    ENGINE,
    REOPEN_WINDOW,
    Incident,
    Lifecycle,
    Outcome,
    Transition,
    changed,
    leased_until,
    raised,
    renewed,
    reopened,
    short_code,
)
from monitor.domain.self_check import CRISIS
from monitor.domain.tier import Tier

if TYPE_CHECKING:
    from datetime import datetime

# A clock that went back by more than this has made the lease too long; less is ordinary drift.
_CLOCK_DRIFT = timedelta(minutes=5)
# A review in the morning lies a day ahead at most.
LONGEST_REST = timedelta(days=1)
_ENDED = "事件已{label}，不再变化；同一件事又起来时请开新事件，并注明与本事件的关系。"


def open_incident(  # the new row's fields, each named by the caller
    *,
    id: int,  # noqa: A002 - the field's own name
    brand: str,
    topic_key: str,
    tier: Tier,
    reason: str,
    first_public_at: datetime | None,
    detected_at: datetime,
    now: datetime,
    candidate: bool = False,
    recurs_of: int | None = None,
    kind: str = CRISIS,
    actor: str = ENGINE,
) -> Outcome:
    """Open a new incident, or park it as a candidate; RED never waits as one."""
    waits = candidate and tier < Tier.RED
    incident = Incident(
        id=id,
        code=short_code(id),
        brand=brand,
        topic_key=topic_key,
        tier=tier,
        peak_tier=tier,
        lifecycle=Lifecycle.CANDIDATE if waits else Lifecycle.OPEN,
        first_public_at=first_public_at,
        detected_at=detected_at,
        tier_since=now,
        version=1,
        opened_at=None if waits else now,
        candidate_until=now + CANDIDATE_LIFE if waits else None,
        recurs_of=recurs_of,
        kind=kind,
        tier_confirmed_by=None if actor == ENGINE or waits else actor,
    )
    return Outcome(incident, (_birth(incident, actor, reason, now),))


def _birth(incident: Incident, actor: str, reason: str, now: datetime) -> Transition:
    return Transition(
        kind="open",
        from_lifecycle=None,
        to_lifecycle=incident.lifecycle,
        from_tier=Tier.NONE,
        to_tier=incident.tier,
        actor=actor,
        at=now,
        reason=reason,
        version=incident.version,
    )


def takes_hits(incident: Incident, now: datetime) -> bool:
    """Tell whether new mentions of its topic belong to it, rather than to a new incident."""
    if incident.lifecycle is Lifecycle.RESOLVED and incident.resolved_at is not None:
        return now < incident.resolved_at + REOPEN_WINDOW
    return incident.lifecycle.active


def raise_tier(incident: Incident, tier: Tier, reason: str, now: datetime) -> Outcome:
    """Raise at once, any number of levels, and ask again for an answer.

    The same or a lower tier changes nothing and un-acknowledges nobody.
    """
    if tier <= incident.tier:
        return Outcome(incident)
    if not takes_hits(incident, now):
        return Outcome(incident, refused=_ENDED.format(label=incident.lifecycle.label))
    after = raised(incident, tier, now)
    return changed(incident, after, "raise", actor=ENGINE, at=now, reason=reason)


def date_back(incident: Incident, first_public_at: datetime, now: datetime) -> Outcome:
    """Move the public clock back when an earlier post comes to light; it never moves forward."""
    earliest = min(first_public_at, incident.first_public_at or first_public_at)
    after = replace(incident, first_public_at=earliest)
    return _by_engine(incident, after, "date_back", now)


def lower_tier(incident: Incident, reason: str, now: datetime) -> Outcome:
    """Come down one level; never from RED, never below a person's pin."""
    refused = _may_not_fall(incident, now)
    if refused or incident.tier is Tier.NONE:
        return Outcome(incident, refused=refused)
    after = replace(incident, tier=Tier(incident.tier - 1), tier_since=now)
    return changed(incident, after, "lower", actor=ENGINE, at=now, reason=reason)


def _may_not_fall(incident: Incident, now: datetime) -> str | None:
    if incident.tier is Tier.RED:
        return "红色不会自动降级：发布声明之后，由总指挥用 incidents lower 降为橙色。"
    if incident.pinned(now) and incident.tier <= (incident.pin_tier or Tier.NONE):
        return f"级别被钉住（{incident.pin_reason}）：先解除，或等它到期。"
    if incident.closed_at is not None:
        return _ENDED.format(label=incident.lifecycle.label)
    return None


def warn_at(incident: Incident) -> datetime | None:
    """Return when the holder is to be warned that the lease runs out: at two thirds of it."""
    if incident.ack_lease_until is None:
        return None
    return incident.ack_lease_until - ACK_LEASE[incident.tier] / 3


def lease_events(incident: Incident, now: datetime) -> Outcome:
    """Warn once at two thirds of the lease (`lease_warning`), reopen at its end (`lease_lost`).

    A lease that a backward clock jump made too long is cut to its length (`lease_reset`).
    """
    until, warn = incident.ack_lease_until, warn_at(incident)
    if not incident.lifecycle.leased or until is None or warn is None:
        return Outcome(incident)
    rests = until == incident.review_until
    if now >= until:
        kind = "review_due" if rests else "lease_lost"
        return _by_engine(incident, reopened(incident, now), kind, now)
    if now >= warn and not rests:
        return _by_engine(incident, replace(incident, lease_warned=True), "lease_warning", now)
    if overlong(incident, now):
        fresh = replace(incident, ack_lease_until=now + ACK_LEASE[incident.tier])
        return _by_engine(incident, fresh, "lease_reset", now)
    return Outcome(incident)


def overlong(incident: Incident, now: datetime) -> bool:
    """Tell whether the lease is longer than any can be: the clock was set back."""
    until = incident.ack_lease_until
    longest = LONGEST_REST if until == incident.review_until else ACK_LEASE[incident.tier]
    return until is not None and until > now + longest + _CLOCK_DRIFT


_REASONS = {
    "lease_lost": "接手后一直没有进展，重新告警",
    "review_due": "到了约好复核的时间，重新告警",
    "lease_warning": "接手时限已过三分之二",
    "lease_reset": "系统时钟被拨回，接手时限重新计时",
    "date_back": "找到了更早的帖子",
    "expire": "24 小时内没有得到证实",
    "settle": "连续 72 小时平静",
}


def _by_engine(before: Incident, after: Incident, kind: str, now: datetime) -> Outcome:
    return changed(before, after, kind, actor=ENGINE, at=now, reason=_REASONS[kind])


def expire(incident: Incident, now: datetime) -> Outcome:
    """Dismiss a candidate that nothing confirmed within its day."""
    until = incident.candidate_until
    if incident.lifecycle is not Lifecycle.CANDIDATE or until is None or now < until:
        return Outcome(incident)
    after = replace(incident, lifecycle=Lifecycle.DISMISSED, closed_at=now, candidate_until=None)
    return _by_engine(incident, after, "expire", now)


def recur(incident: Incident, reason: str, now: datetime) -> Outcome:
    """Bring a resolved incident back to work when its story returns within 72 hours.

    Its last holder gets it with a fresh lease; without one it is open to all.
    """
    if incident.lifecycle is not Lifecycle.RESOLVED or not takes_hits(incident, now):
        return Outcome(incident)
    after = back_to_work(incident, incident.acked_by, now)
    return changed(incident, after, "recur", actor=ENGINE, at=now, reason=reason)


def back_to_work(incident: Incident, holder: str | None, at: datetime) -> Incident:
    """Count one more occurrence and give it to its holder, or to everybody."""
    again = replace(reopened(incident, at), occurrence=incident.occurrence + 1)
    if holder is None:
        return again
    return replace(
        again,
        lifecycle=Lifecycle.RESPONDING,
        acked_by=holder,
        acked_at=at,
        ack_lease_until=leased_until(again, at),
        responding_at=at,
    )


def settle(incident: Incident, now: datetime) -> Outcome:
    """Let a quiet incident rest: resolved after 72 h, and 72 h later in repair, or closed.

    Repair follows a playbook, so what was never more than YELLOW closes.
    """
    end = settles_at(incident)
    if end is None or now < end:
        return Outcome(incident)
    if incident.lifecycle is not Lifecycle.RESOLVED:
        after = resolved(incident, now)
    elif incident.peak_tier >= Tier.ORANGE:
        after = replace(incident, lifecycle=Lifecycle.REPAIR)
    else:
        after = replace(incident, lifecycle=Lifecycle.CLOSED, closed_at=now)
    return _by_engine(incident, after, "settle", now)


def resolved(incident: Incident, at: datetime) -> Incident:
    """Lay the work down; the lease ends with it."""
    return replace(
        incident,
        lifecycle=Lifecycle.RESOLVED,
        resolved_at=at,
        ack_lease_until=None,
        lease_warned=False,
        dismiss_asked_by=None,
    )


def settles_at(incident: Incident) -> datetime | None:
    """Return when the present rest will have lasted 72 h; None when it is not at rest.

    At rest is what is resolved, what is watched at no more than YELLOW, and what was never louder
    than YELLOW and has come down to NONE.
    """
    if incident.lifecycle is Lifecycle.RESOLVED and incident.resolved_at is not None:
        return incident.resolved_at + REOPEN_WINDOW
    watched = incident.stable_at is not None and incident.tier <= Tier.YELLOW
    faded = incident.tier is Tier.NONE and incident.peak_tier <= Tier.YELLOW
    opened = incident.lifecycle.active and incident.lifecycle is not Lifecycle.CANDIDATE
    if not (opened and (watched or faded)):
        return None
    return max(incident.tier_since, incident.stable_at or incident.tier_since) + REOPEN_WINDOW


def published(incident: Incident, actor: str, now: datetime) -> Outcome:
    """Record that a statement is out, the first one for good; it counts as progress."""
    at = incident.statement_published_at or now
    after = renewed(replace(incident, statement_published_at=at), now)
    return changed(incident, after, "statement", actor=actor, at=now)


def progress(incident: Incident, actor: str, reason: str, now: datetime) -> Outcome:
    """Renew the lease because something was done: a step, a note, a draft."""
    return changed(incident, renewed(incident, now), "touch", actor=actor, at=now, reason=reason)
