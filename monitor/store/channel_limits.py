"""How much a channel may still be used: a sliding minute of attempts, and what its platform asks.

The attempts are written before each send, so the count survives a restart and is shared by all
workers. A bucket of tokens that refills would let twice its size through within one minute.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.domain.tier import Tier
from monitor.store.response_schema import AttemptRow, BucketRow

# A minute of the platform's, and what the way there may add to the first or take from the last.
WINDOW = timedelta(seconds=65)
# Of the 20 a minute that 企业微信 and 钉钉 allow we use 15 and keep 5 of them for RED
# (incidents.md §2); with another `per_minute`, a third of it.
RESERVED = 5
CLOCK_DRIFT = timedelta(minutes=5)  # a clock that went back by more than this was set back


def wait_for(
    session: Session, channel: str, per_minute: int, tier: Tier, now: datetime
) -> datetime | None:
    """Return None if the channel may be used now, else when to come back."""
    bucket = _bucket(session, channel, now)
    blocked = bucket.blocked_until
    if blocked is not None and now < blocked and bucket.at <= now + CLOCK_DRIFT:
        return blocked
    reserved = 0 if tier is Tier.RED else min(RESERVED, per_minute // 3)
    allowed = per_minute - reserved
    recent = session.scalars(
        select(AttemptRow.started_at)
        .where(
            AttemptRow.channel == channel,
            AttemptRow.started_at > now - WINDOW,
            AttemptRow.started_at <= now + WINDOW,  # what lies further off, a set-back clock wrote
        )
        .order_by(AttemptRow.started_at.desc())
        .limit(allowed)
    ).all()
    return None if len(recent) < allowed else recent[-1] + WINDOW


def block(session: Session, channel: str, until: datetime, now: datetime) -> None:
    """Leave a channel alone for as long as its platform demands."""
    bucket = _bucket(session, channel, now)
    bucket.at, bucket.blocked_until = now, until


def _bucket(session: Session, channel: str, now: datetime) -> BucketRow:
    """The channel's record, locked: of two workers the second sees what the first has used."""
    bucket = session.get(BucketRow, channel, with_for_update=True)
    if bucket is None:
        bucket = BucketRow(channel=channel, at=now)
        session.add(bucket)
        session.flush()
    return bucket
