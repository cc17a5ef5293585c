"""Legal holds: what the legal department has told us to keep beats every purge."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, and_, cast, or_, select
from sqlalchemy.orm import Session, aliased

from monitor.store.evidence_schema import EvidenceRow, HoldRow
from monitor.store.response_schema import IncidentRow
from monitor.store.schema import BrandMentionRow, MentionRow, TopicRow


def active(session: Session, kind: str, subject: str) -> HoldRow | None:
    """The hold on this subject that nobody has released, if there is one."""
    found = select(HoldRow).where(
        HoldRow.kind == kind, HoldRow.subject == subject, HoldRow.released_at.is_(None)
    )
    return session.scalar(found)


def release(hold: HoldRow, actor: str, reason: str, now: datetime) -> None:
    """End a hold; the row stays, with who ended it and why."""
    hold.released_at, hold.released_by, hold.released_reason = now, actor, reason


def topics_of_incidents(*conditions: Any) -> Select[Any]:  # noqa: ANN401 - SQL expressions
    """Topics of the incidents that meet the conditions, also those they were merged into."""
    mine = aliased(TopicRow)
    same = and_(
        mine.brand == TopicRow.brand, or_(mine.id == TopicRow.id, mine.merged_into == TopicRow.id)
    )
    by_key = and_(IncidentRow.brand == mine.brand, IncidentRow.topic_key == mine.key)
    return (
        select(TopicRow.id)
        .join(mine, same)
        .join(IncidentRow, or_(IncidentRow.topic_id == mine.id, by_key))
        .where(*conditions)
    )


def held_mentions() -> Select[Any]:
    """Numbers of mentions under a hold: their own, or that of an incident they belong to."""
    own = MentionRow.id.in_(
        select(MentionRow.id).join(
            HoldRow, and_(_open("mention"), HoldRow.subject == cast(MentionRow.id, String))
        )
    )
    topics = topics_of_incidents(IncidentRow.code.in_(_subjects("incident")))
    by_incident = MentionRow.id.in_(
        select(BrandMentionRow.mention_id).where(BrandMentionRow.topic_id.in_(topics))
    )
    return select(MentionRow.id).where(or_(own, by_incident))


def held_evidence(session: Session) -> set[int]:
    """Ids of captures under a hold: their own, their incident's or their mention's."""
    by = {kind: set(session.scalars(_subjects(kind))) for kind in ("evidence", "incident")}
    mentions = set(session.scalars(held_mentions()))
    return {
        row.id
        for row in session.scalars(select(EvidenceRow))
        if row.code in by["evidence"]
        or row.incident in by["incident"]
        or row.mention_id in mentions
    }


def _subjects(kind: str) -> Select[Any]:
    return select(HoldRow.subject).where(_open(kind))


def _open(kind: str) -> Any:  # noqa: ANN401 - a SQL expression
    return and_(HoldRow.kind == kind, HoldRow.released_at.is_(None))
