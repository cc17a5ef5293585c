"""Heat of a topic as others would reckon it, for comparison in `topics show --json`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.domain.heat import VERSION
from monitor.domain.heat_beside import beside
from monitor.domain.mention import Counters
from monitor.store.schema import BrandMentionRow, MentionRow, TopicRow

MOST = 5000  # mentions read; a louder topic is compared by its newest
DAY_SECONDS = 86_400


def heat_beside(session: Session, topic: TopicRow) -> dict[str, Any]:
    """Our formula's version, WCI V14.2 and BettaFish's sum over all of a topic's mentions."""
    found = (
        select(
            MentionRow.views,
            MentionRow.likes,
            MentionRow.comments,
            MentionRow.reposts,
        )
        .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
        .where(BrandMentionRow.topic_id == topic.id)
        .order_by(MentionRow.published_at.desc())
        .limit(MOST)
    )
    posts = [Counters(*row) for row in session.execute(found)]
    span = topic.last_published_at - topic.first_published_at
    days = max(1.0, span.total_seconds() / DAY_SECONDS)
    return {"version": VERSION} | {
        name: round(value, 1) for name, value in asdict(beside(posts, days)).items()
    }
