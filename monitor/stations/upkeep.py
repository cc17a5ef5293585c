"""Once a day: forget what retention says, and reposts whose original never came."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete

from monitor.app import App
from monitor.config import RetentionConfig
from monitor.evidence.expiry import expire
from monitor.stations.tip_shelf import TipShelf
from monitor.store import meta
from monitor.store.retention import Cutoffs, purge
from monitor.store.schema import MentionRow

EVERY = timedelta(days=1)
# A repost may come before its original, by hours when a source was down; after a day it never will.
ORPHAN_LIFE = timedelta(days=1)


def upkeep(app: App, now: datetime) -> int:
    """Do the daily work if a day has passed since the last time; returns whether it was done."""
    with app.database.transaction() as session:
        if not meta.due(session, "upkeep", EVERY, now):
            return 0
        session.execute(
            delete(MentionRow).where(
                MentionRow.state == "orphan", MentionRow.stored_at < now - ORPHAN_LIFE
            )
        )
    purge(app.database, cutoffs(app.settings.retention, now))
    TipShelf(app).sweep()
    expire(app, now)
    return 1


def cutoffs(days: RetentionConfig, now: datetime) -> Cutoffs:
    """What the configuration keeps, as instants."""
    return Cutoffs.at(
        now,
        days.mentions_days,
        days.raw_days,
        days.audit_days,
        gone=days.deleted_days,
        private=days.private_days,
        sources=days.sources,
    )
