"""Looks again at posts of live topics: their counters, and whether they are still there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawlers.protocol import CrawlOutcome, Post
from monitor.domain.rereads import SCHEDULE, looks_due
from monitor.domain.tier import Tier
from monitor.store.schema import BrandMentionRow, MentionRow, TopicRow

AT_A_TIME = 10  # posts a run: with half a second between pages they cost it five seconds
# A source is asked every few minutes or hours; the last look may come that much late.
GRACE = timedelta(hours=6)


def wanted(session: Session, source: str, now: datetime) -> tuple[Post, ...]:
    """Return the posts of a source that are due for another look, the newest first."""
    found = (
        select(MentionRow)
        .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
        .join(TopicRow, TopicRow.id == BrandMentionRow.topic_id)
        .where(
            MentionRow.source == source,
            MentionRow.stored_at > now - SCHEDULE[-1] - GRACE,
            MentionRow.gone_at.is_(None),
            MentionRow.looks < len(SCHEDULE),
            TopicRow.tier > int(Tier.NONE),
        )
        .order_by(MentionRow.stored_at.desc())
        .distinct()
    )
    due = (row for row in session.scalars(found) if looks_due(row.stored_at, now) > row.looks)
    posts = [(row.native_id, row.url or "") for row in due]
    return tuple(posts[:AT_A_TIME])


def titles(session: Session, source: str, posts: Sequence[Post]) -> dict[str, str]:
    """Return the titles of posts as they are stored, so that a text read again compares alike."""
    found = select(MentionRow.native_id, MentionRow.title).where(
        MentionRow.source == source, MentionRow.native_id.in_([name for name, _ in posts])
    )
    return {row.native_id: row.title for row in session.execute(found)}


def looked(
    session: Session, source: str, posts: Sequence[Post], outcome: CrawlOutcome, now: datetime
) -> None:
    """Note which posts were looked at; what is gone keeps our copy and is marked."""
    seen = {name for name, _ in posts} & {*outcome.looked, *outcome.gone, *outcome.unclear}
    found = select(MentionRow).where(MentionRow.source == source, MentionRow.native_id.in_(seen))
    for row in session.scalars(found):
        row.looks = looks_due(row.stored_at, now)
        if row.native_id in outcome.gone:
            row.gone_at = now
