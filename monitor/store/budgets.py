"""How often one recipient may be interrupted: six times an hour, a new RED aside.

What is beyond that waits and goes out as one bundle. Counted are messages, not copies: the same
words on a person's next channel are the same interruption, and one where only the copy arrived.
One of which nobody knows whether it arrived is an interruption.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from monitor.domain.tier import Tier
from monitor.store.outbox import CLOCK_DRIFT, WAITING
from monitor.store.response_schema import AttemptRow, OutboxRow

HOUR = timedelta(hours=1)
LIMIT = 6  # DESIGN §7: at most six interruptions an hour and person
# So that whoever has heard a lot of small things within the hour is still called for a RED.
KEPT_FOR_RED = 2
SPACING = timedelta(minutes=5)  # what calls nobody waits for what comes within five minutes
BUNDLED = ("page", "group", "notice", "meta", "digest")
_INTERRUPTS = OutboxRow.kind.in_((*BUNDLED, "bundle", "briefing"))
_MESSAGE = func.coalesce(OutboxRow.origin, OutboxRow.id)


def free_at(session: Session, row: OutboxRow, now: datetime) -> datetime | None:
    """Return None if the recipient may be interrupted by this message now, else when."""
    if not counts(row):
        return None
    heard = _interruptions(session, row, now)
    if row.id in heard:
        return None  # its copy was told within the hour, or is about to be
    times = sorted(heard.values())
    limit = LIMIT if row.priority >= Tier.RED else LIMIT - KEPT_FOR_RED
    # System trouble must reach the operator, if only every five minutes.
    if row.recipient != "operator" and len(times) >= limit:
        return times[-limit] + HOUR
    if not calls(row) and times and now - times[-1] < SPACING:
        return times[-1] + SPACING
    return None


def counts(row: OutboxRow) -> bool:
    """Whether a message is an interruption of its own that may have to wait for its turn.

    A trial's owner sees every message as it would have gone out.
    """
    fresh = not (row.urgent or row.attempts or row.origin is not None)
    return fresh and row.kind in BUNDLED and not row.meant_for


def calls(row: OutboxRow) -> bool:
    """Whether somebody must act on it at once."""
    return row.kind == "page" or bool(row.mentions)


def _interruptions(session: Session, row: OutboxRow, now: datetime) -> dict[int, datetime]:
    """When a message's recipient was interrupted within the hour, by the message that did it first.

    What is on its way counts as now: what was begun, and every copy, for a copy waits for nobody.
    What may have arrived counts as well: a slow platform shows what it gave us no answer to.
    """
    heard = told(session, now - HOUR, now + CLOCK_DRIFT, row.recipient)
    begun = select(_MESSAGE).where(
        _INTERRUPTS,
        ~OutboxRow.urgent,
        OutboxRow.recipient == row.recipient,
        OutboxRow.status.in_((*WAITING, "leased")),
        or_(OutboxRow.attempts > 0, OutboxRow.origin.is_not(None)),
    )
    on_its_way = dict.fromkeys(session.scalars(begun), now)
    return {**_perhaps(session, row, now), **on_its_way, **heard}


def _perhaps(session: Session, row: OutboxRow, now: datetime) -> dict[int, datetime]:
    """When a message of unknown fate was first sent to this recipient within the hour."""
    found = (
        select(_MESSAGE, func.min(AttemptRow.started_at))
        .join(AttemptRow, AttemptRow.message_id == OutboxRow.id)
        .where(
            AttemptRow.channel.in_((row.channel, *row.fallbacks)),  # all that the recipient has
            AttemptRow.started_at > now - HOUR,
            AttemptRow.started_at <= now + CLOCK_DRIFT,
            AttemptRow.status == "unknown",
            OutboxRow.recipient == row.recipient,
            ~OutboxRow.urgent,
            _INTERRUPTS,
        )
    )
    rows = session.execute(found.group_by(_MESSAGE))
    return {row[0]: row[1] for row in rows}


def told(
    session: Session,
    since: datetime,
    until: datetime,
    recipient: str | None = None,
    *,
    urgent: bool = False,
) -> dict[int, datetime]:
    """When each message that counts for the limit first reached its recipient, on any channel.

    With `urgent` each new RED instead, which counts for none.

    Between two instants, the first excluded; the keys are the ids of the messages that went out on
    a first channel or were to. Of all recipients where none is named.
    """
    found = select(_MESSAGE, func.min(OutboxRow.sent_at)).where(
        _INTERRUPTS,
        OutboxRow.urgent.is_(urgent),
        OutboxRow.sent_at > since,
        OutboxRow.sent_at <= until,
    )
    if recipient is not None:
        found = found.where(OutboxRow.recipient == recipient)
    rows = session.execute(found.group_by(_MESSAGE))
    return {message: at for message, at in rows if at is not None}
