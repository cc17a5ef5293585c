"""The outbox: messages written with the state change that causes them, and sent afterwards.

pending → leased → sent | retry | unknown | dead, plus cancelled and superseded. An attempt row is
written before any I/O, so a crash in the middle leaves a lease that runs out and a trace of why
the fate of the message is unknown (reference: README, «State that survives»).
"""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, String, and_, cast, func, or_, select, update
from sqlalchemy.orm import Session

from monitor.domain.tier import Tier
from monitor.store import silences, trials
from monitor.store.first_week_schema import TrialRow
from monitor.store.response_schema import AttemptRow, OutboxRow

LEASE = timedelta(seconds=60)  # longer than the slowest send (30 s) by a wide margin
WAITING = ("pending", "retry")
# Each of these tells the whole state, so the newest replaces those not yet sent. Reminders and
# alerts about the program each tell of something else.
COALESCED = ("page", "ring", "group")
# What asks a person to answer, and has no reason any more once somebody has.
CALLS = ("page", "ring")
WORKER = f"{platform.node()}:{os.getpid()}"
CLOCK_DRIFT = timedelta(minutes=5)  # a clock that went back by more than this was set back


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be: who gets it, where, and what it says."""

    incident_id: int | None
    cause: str
    """The transition, step or reminder behind it; part of the key."""
    kind: str
    """As in OutboxRow; what is of kind `trial` is for the owner of a trial in any case."""
    recipient: str
    channels: tuple[str, ...]
    """In order of preference; the first is used, the others are the fallbacks."""
    subject: str
    body: str
    short: str = ""
    """The same in the fewest words; empty where the body is short enough for everybody."""
    code: str = ""
    priority: Tier = Tier.NONE
    restricted: bool = False
    """Whether it is for its recipient's eyes alone, in a trial as well."""
    mentions: tuple[str, ...] = ()
    """Ids of the people to @ in a group."""
    urgent: bool = False
    """Whether it goes out whatever the recipient was told within the hour."""
    audible: bool = False
    """Whether no silence holds it back."""

    @property
    def key(self) -> str:
        """The idempotency key; `channels` must not be empty."""
        return key_of(self.incident_id, self.cause, self.recipient, self.channels[0])


def key_of(incident_id: int | None, cause: str, recipient: str, channel: str) -> str:
    """The idempotency key: the same cause never makes a second message."""
    parts = f"{incident_id}|{cause}|{recipient}|{channel}"
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def enqueue(session: Session, draft: Draft, now: datetime) -> None:
    """Write one message; an older one of the same incident, kind and recipient gives way to it.

    What a silence covers is noted, not written. While a trial runs its owner gets it instead, once
    for all whom one cause concerns.
    """
    if not draft.channels or silences.holds_back(session, draft, now):
        return
    trial = None if draft.kind == "trial" or draft.restricted else trials.running(session)
    meant_for = [draft.recipient] if trial else []
    draft = _to_owner(draft, trial, meant_for) if trial else draft
    key = draft.key
    known = session.scalar(select(OutboxRow).where(OutboxRow.key == key))
    if known is None and trial is not None and draft.kind == "group":
        known = _call_at(session, draft, now)
    if known is not None:
        _meant_as_well(known, trial, meant_for)
        return
    draft = _in_place_of_older(session, draft)
    session.add(
        OutboxRow(
            key=key,
            incident_id=draft.incident_id,
            kind=draft.kind,
            recipient=draft.recipient,
            channel=draft.channels[0],
            fallbacks=list(draft.channels[1:]),
            subject=draft.subject,
            body=draft.body,
            short=draft.short or draft.body,
            code=draft.code,
            mentions=list(draft.mentions),
            priority=int(draft.priority),
            urgent=draft.urgent,
            meant_for=meant_for,
            created_at=now,
            next_at=now,
        )
    )
    session.flush()


def _to_owner(draft: Draft, trial: TrialRow, meant_for: list[str]) -> Draft:
    return replace(
        draft,
        recipient=trial.owner,
        channels=tuple(trial.channels),
        subject=trials.BANNER + draft.subject,
        body=trials.marked(trial, meant_for, draft.body),
        short=trials.BANNER + (draft.short or draft.body),
        mentions=(),
    )


def _meant_as_well(row: OutboxRow, trial: TrialRow | None, meant_for: list[str]) -> None:
    """One cause calls several people: in a trial that is one message with several names."""
    if trial is None or set(meant_for) <= set(row.meant_for):
        return
    row.meant_for = [*row.meant_for, *meant_for]
    if row.status in WAITING:
        row.body = trials.remarked(trial, row.meant_for, row.body)


def _call_at(session: Session, draft: Draft, now: datetime) -> OutboxRow | None:
    """The call that the owner of a trial got of the same change: it says all that a group hears."""
    found = select(OutboxRow).where(
        OutboxRow.incident_id == draft.incident_id,
        OutboxRow.kind == "page",
        OutboxRow.recipient == draft.recipient,
        OutboxRow.created_at == now,
    )
    return session.scalars(found.order_by(OutboxRow.id.desc())).first()


def _in_place_of_older(session: Session, draft: Draft) -> Draft:
    """Coalesce: after a stall one recipient gets one message per incident, the newest.

    One that takes the place of a new RED that has not gone out is the first that they hear of it.
    """
    if draft.incident_id is None or draft.kind not in COALESCED:
        return draft
    older = session.scalars(
        select(OutboxRow).where(
            OutboxRow.incident_id == draft.incident_id,
            OutboxRow.kind == draft.kind,
            OutboxRow.recipient == draft.recipient,
            OutboxRow.status.in_(WAITING),
        )
    ).all()
    for row in older:
        row.status = "superseded"
    unheard = draft.priority is Tier.RED and any(row.urgent for row in older)
    return replace(draft, urgent=draft.urgent or unheard)


def cancel(session: Session, incident_id: int, kinds: Iterable[str] | None = None) -> None:
    """Withdraw what has not been sent yet, of these kinds or of all."""
    waiting = update(OutboxRow).where(
        OutboxRow.incident_id == incident_id, OutboxRow.status.in_(WAITING)
    )
    if kinds is not None:
        waiting = waiting.where(OutboxRow.kind.in_(tuple(kinds)))
    session.execute(waiting.values(status="cancelled"))


def due(session: Session, now: datetime, limit: int) -> list[OutboxRow]:
    """Messages to send now, the loudest and oldest first; a channel at work takes no second one.

    A wait that began in the future was measured by a clock that has been set back since.
    """
    began = func.coalesce(_last_attempt(), OutboxRow.created_at)
    at_work = select(OutboxRow.channel).where(OutboxRow.status == "leased")
    found = (
        select(OutboxRow)
        .where(
            OutboxRow.status.in_(WAITING),
            or_(OutboxRow.next_at <= now, began > now + CLOCK_DRIFT),
            OutboxRow.channel.not_in(at_work),
        )
        .order_by(OutboxRow.priority.desc(), OutboxRow.next_at, OutboxRow.id)
        .limit(limit)
    )
    return list(session.scalars(found))


def _last_attempt() -> ScalarSelect[Any]:
    found = select(func.max(AttemptRow.started_at)).where(
        AttemptRow.message_id == OutboxRow.id, AttemptRow.number == OutboxRow.attempts
    )
    return found.scalar_subquery()


def lease(session: Session, row: OutboxRow, now: datetime) -> AttemptRow | None:
    """Claim a message and write the attempt before it is made; None if another got there first."""
    won = session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == row.id, OutboxRow.status.in_(WAITING))
        .values(
            status="leased",
            worker=WORKER,
            lease_until=now + LEASE,
            attempts=OutboxRow.attempts + 1,
        )
        .execution_options(synchronize_session="fetch")
    )
    if won.rowcount != 1:  # type: ignore[attr-defined] # an UPDATE's result has it
        return None
    attempt = AttemptRow(
        message_id=row.id, number=row.attempts, channel=row.channel, started_at=now
    )
    session.add(attempt)
    session.flush()
    return attempt


def lapsed(session: Session, now: datetime) -> list[OutboxRow]:
    """Leased messages whose sender died or hangs: their fate is unknown."""
    until = OutboxRow.lease_until
    found = select(OutboxRow).where(
        OutboxRow.status == "leased", or_(until <= now, until > now + LEASE + CLOCK_DRIFT)
    )
    return list(session.scalars(found))


def open_attempt(session: Session, row: OutboxRow) -> AttemptRow | None:
    """The attempt of a leased message that has no end yet."""
    found = select(AttemptRow).where(
        AttemptRow.message_id == row.id, AttemptRow.number == row.attempts
    )
    return session.scalar(found)


def stuck(session: Session, now: datetime, patience: timedelta) -> list[OutboxRow]:
    """Messages with another channel left that have waited too long on this one, or hang in it.

    One that is held back for its recipient's sake waits for its turn, not for the channel.
    """
    waits = and_(
        OutboxRow.status.in_(WAITING), OutboxRow.created_at <= now - patience, ~OutboxRow.held
    )
    hangs = and_(OutboxRow.status == "leased", OutboxRow.lease_until <= now + LEASE - patience)
    found = select(OutboxRow).where(or_(waits, hangs), cast(OutboxRow.fallbacks, String) != "[]")
    return list(session.scalars(found))


def counts(session: Session, since: datetime) -> dict[str, int]:
    """Messages by status, written since then or still waiting."""
    found = (
        select(OutboxRow.status, func.count().label("number"))
        .where(or_(OutboxRow.created_at >= since, OutboxRow.status.in_((*WAITING, "leased"))))
        .group_by(OutboxRow.status)
    )
    return {row.status: row.number for row in session.execute(found)}
