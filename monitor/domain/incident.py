"""What an incident is: its three axes, its audit records and its lease of attention."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.domain.tier import Tier

# incidents.md §2 C: who has acknowledged must show progress within this time or lose the lease.
ACK_LEASE = {
    Tier.RED: timedelta(minutes=30),
    Tier.ORANGE: timedelta(hours=2),
    Tier.YELLOW: timedelta(hours=24),
    Tier.NONE: timedelta(hours=24),  # nothing is urgent at NONE: the longest lease serves
}
# incidents.md §2 B: a candidate expires, and an ended incident may be reopened, within these.
CANDIDATE_LIFE = timedelta(hours=24)
REOPEN_WINDOW = timedelta(hours=72)
ENGINE = "engine"

# No 0 O 1 I L, no 5 S, no B, and no vowels, so that no code is a word.
_ALPHABET = "2346789CDFGHJKMNPQRTVWXYZ"
_SHORT = len(_ALPHABET) ** 3
_LONG = len(_ALPHABET) ** 4
_STRIDE = 7919  # a prime that does not divide 25**4: neighbours get codes that look different


class Lifecycle(StrEnum):
    """Where the work on an incident stands."""

    CANDIDATE = "candidate"
    OPEN = "open"
    ACKED = "acked"
    RESPONDING = "responding"
    STABLE = "stable"
    RESOLVED = "resolved"
    REPAIR = "repair"
    CLOSED = "closed"
    MERGED = "merged"
    DISMISSED = "dismissed"

    @property
    def label(self) -> str:
        """The word people read."""
        return _LABELS[self]

    @property
    def active(self) -> bool:
        """Whether somebody must still work on it (the open ones are unique per topic)."""
        return self in _ACTIVE

    @property
    def leased(self) -> bool:
        """Whether somebody holds it under a lease of attention."""
        return self in (Lifecycle.ACKED, Lifecycle.RESPONDING)


_LABELS = {
    Lifecycle.CANDIDATE: "候选",
    Lifecycle.OPEN: "待确认",
    Lifecycle.ACKED: "已接手",
    Lifecycle.RESPONDING: "处置中",
    Lifecycle.STABLE: "监测中",
    Lifecycle.RESOLVED: "已平息",
    Lifecycle.REPAIR: "信任修复",
    Lifecycle.CLOSED: "已结案",
    Lifecycle.MERGED: "已并入",
    Lifecycle.DISMISSED: "已排除",
}
_ACTIVE = frozenset(
    {
        Lifecycle.CANDIDATE,
        Lifecycle.OPEN,
        Lifecycle.ACKED,
        Lifecycle.RESPONDING,
        Lifecycle.STABLE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One crisis that people work on; `version` counts its transitions.

    `first_public_at` is empty while nobody has found a public post: what began with a call or a
    colleague's report starts no public clock. `opened_at` is the start of the present OPEN
    episode, `closed_at` the end by any of CLOSED, MERGED and DISMISSED; `tier_confirmed_by` is
    empty while the tier reads 「待核」.
    """

    id: int
    code: str
    brand: str
    topic_key: str
    tier: Tier
    peak_tier: Tier
    lifecycle: Lifecycle
    first_public_at: datetime | None
    detected_at: datetime
    tier_since: datetime
    version: int = 0
    occurrence: int = 1
    tier_confirmed_by: str | None = None
    opened_at: datetime | None = None
    acked_at: datetime | None = None
    acked_by: str | None = None
    ack_lease_until: datetime | None = None
    lease_warned: bool = False
    passed_by: str | None = None
    """Who passed the present call on to the next level, if anybody did."""
    review_until: datetime | None = None
    """The morning until which it rests as a suspected false alarm."""
    responding_at: datetime | None = None
    stable_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    commander: str | None = None
    spokesperson: str | None = None
    pin_tier: Tier | None = None
    pin_until: datetime | None = None
    pin_reason: str | None = None
    statement_published_at: datetime | None = None
    candidate_until: datetime | None = None
    dismiss_asked_by: str | None = None
    merged_into: int | None = None
    recurs_of: int | None = None
    kind: str = "crisis"
    """crisis, or self_check: others' trouble that asks us to look at ourselves."""
    restricted: bool = False
    """Whether it goes to the alternative chain alone, since it names leadership or a colleague."""
    named: tuple[str, ...] = ()
    """Those names, also where a person has lifted the restriction: they restrict it only once."""

    def pinned(self, now: datetime) -> bool:
        """Whether a person's pin still holds the tier."""
        return self.pin_until is not None and now < self.pin_until


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the audit trail; `version` is the incident's after it, so it is unique."""

    kind: str
    from_lifecycle: Lifecycle | None
    to_lifecycle: Lifecycle
    from_tier: Tier
    to_tier: Tier
    actor: str
    at: datetime
    reason: str
    version: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a wish: the incident after it, what to record, and why not or what next.

    `refused` is a Chinese sentence that says what to do instead; `note` one that says what else
    is needed. No transitions and no refusal means that it was so already.
    """

    incident: Incident
    transitions: tuple[Transition, ...] = ()
    refused: str | None = None
    note: str = ""


def short_code(n: int) -> str:
    """Spell the n-th incident in three characters (four after 15,625) nobody can mishear."""
    n %= _SHORT + _LONG
    size, width = (_SHORT, 3) if n < _SHORT else (_LONG, 4)
    value = n * _STRIDE % size
    letters = []
    for _ in range(width):
        value, digit = divmod(value, len(_ALPHABET))
        letters.append(_ALPHABET[digit])
    return "".join(letters)


def changed(
    before: Incident, after: Incident, kind: str, *, actor: str, at: datetime, reason: str = ""
) -> Outcome:
    """Count and record the step from one value to the next; no difference is no step."""
    if after == before:
        return Outcome(before)
    after = replace(after, version=before.version + 1)
    transition = Transition(
        kind=kind,
        from_lifecycle=before.lifecycle,
        to_lifecycle=after.lifecycle,
        from_tier=before.tier,
        to_tier=after.tier,
        actor=actor,
        at=at,
        reason=reason,
        version=after.version,
    )
    return Outcome(after, (transition,))


def joined(first: Outcome, second: Outcome) -> Outcome:
    """Put two steps that happen together into one outcome."""
    return Outcome(
        second.incident, first.transitions + second.transitions, second.refused, second.note
    )


def leased_until(incident: Incident, at: datetime) -> datetime:
    """Return the end of a lease renewed at this instant; a renewal never shortens it."""
    fresh = at + ACK_LEASE[incident.tier]
    return max(fresh, incident.ack_lease_until or fresh)


def renewed(incident: Incident, at: datetime) -> Incident:
    """Renew the lease, if somebody holds one: every sign of progress does, an old one nothing."""
    until = leased_until(incident, at)
    if not incident.lifecycle.leased or until == incident.ack_lease_until:
        return incident
    return replace(incident, ack_lease_until=until, lease_warned=False)


def reopened(incident: Incident, at: datetime) -> Incident:
    """Put it before everybody again: unanswered, from this instant."""
    return replace(
        incident,
        lifecycle=Lifecycle.OPEN,
        opened_at=at,
        acked_at=None,
        acked_by=None,
        ack_lease_until=None,
        lease_warned=False,
        passed_by=None,
        review_until=None,
        stable_at=None,
        resolved_at=None,
        closed_at=None,
        candidate_until=None,
        dismiss_asked_by=None,
    )


def raised(incident: Incident, tier: Tier, at: datetime) -> Incident:
    """Make it louder, unconfirmed and unanswered; a story that had ended occurs once more."""
    ended = not incident.lifecycle.active
    return replace(
        reopened(incident, at),
        tier=tier,
        peak_tier=max(tier, incident.peak_tier),
        tier_since=at,
        tier_confirmed_by=None,
        occurrence=incident.occurrence + ended,
    )
