"""How often one recipient may be interrupted: six times an hour, a new RED aside.

What is beyond that waits and goes out as one bundle. Counted are messages, not copies: the same
words on a person's next channel are the same interruption.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.domain.tier import Tier
from monitor.store.outbox import CLOCK_DRIFT, WAITING
from monitor.store.response_schema import OutboxRow

HOUR = timedelta(hours=1)
LIMIT = 6  # DESIGN §7: at most six interruptions an hour and person
# So that whoever has heard a lot of small things within the hour is still called for a RED.
KEPT_FOR_RED = 2
SPACING = timedelta(minutes=5)  # what calls nobody waits for what comes within five minutes
BUNDLED = ("page", "group", "notice", "meta", "digest")


def free_at(session: Session, row: OutboxRow, now: datetime) -> datetime | None:
    """Return None if the recipient may be interrupted by this message now, else when."""
    if not counts(row):
        return None
    times = _interruptions(session, row.recipient, now)
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


def _interruptions(session: Session, recipient: str, now: datetime) -> list[datetime]:
    """When the recipient was interrupted within the hour; what is on its way counts as now."""
    to_them = (
        OutboxRow.recipient == recipient,
        OutboxRow.kind.in_((*BUNDLED, "bundle", "briefing")),
        OutboxRow.origin.is_(None),
        ~OutboxRow.urgent,
    )
    sent = select(OutboxRow.sent_at).where(
        *to_them, OutboxRow.sent_at > now - HOUR, OutboxRow.sent_at <= now + CLOCK_DRIFT
    )
    begun = select(OutboxRow.id).where(
        *to_them, OutboxRow.status.in_((*WAITING, "leased")), OutboxRow.attempts > 0
    )
    times = [at for at in session.scalars(sent) if at is not None]
    return sorted([*times, *[now for _ in session.scalars(begun)]])
