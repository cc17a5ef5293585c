"""Asks the store for the incidents of a week with their audit trail and playbook steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from monitor.domain.incident import ENGINE, Lifecycle
from monitor.domain.tier import Tier
from monitor.reports.rows import Case, Change, StepSeen
from monitor.store import incidents
from monitor.store.response_schema import IncidentRow, StepRow, TransitionRow
from monitor.store.schema import BrandMentionRow, DecisionRow, MentionRow, TopicRow

_ACTIVE = [one.value for one in Lifecycle if one.active]
_UNTIMED = (Lifecycle.CANDIDATE, Lifecycle.DISMISSED, Lifecycle.MERGED)

Decided = dict[tuple[int, datetime], tuple[int, ...]]
"""Mentions behind the engine's decisions, by topic and instant."""


def cases(session: Session, since: datetime, until: datetime, as_of: datetime) -> tuple[Case, ...]:
    """Incidents that somebody worked on between `since` and `until`, the earliest first."""
    touched = select(TransitionRow.incident_id).where(TransitionRow.at >= since)
    found = (
        select(IncidentRow, TopicRow)
        .join(TopicRow, TopicRow.id == IncidentRow.topic_id)
        .where(
            IncidentRow.detected_at < until,
            or_(IncidentRow.lifecycle.in_(_ACTIVE), IncidentRow.id.in_(touched)),
        )
        .order_by(IncidentRow.detected_at, IncidentRow.id)
    )
    found = found.where(IncidentRow.id.not_in(incidents.restricted_ids(session)))
    rows = session.execute(found).all()
    ids = [row.id for row, _ in rows]
    trails = _trails(session, ids, as_of)
    steps = _steps(session, {row.id: row.code for row, _ in rows})
    decided = _decided(session, {row.topic_id for row, _ in rows})
    return tuple(
        _case(session, row, topic, trails[row.id], tuple(steps[row.id]), decided)
        for row, topic in rows
    )


def _trails(
    session: Session, ids: Collection[int], as_of: datetime
) -> defaultdict[int, list[TransitionRow]]:
    found = select(TransitionRow).where(
        TransitionRow.incident_id.in_(ids), TransitionRow.at <= as_of
    )
    trails: defaultdict[int, list[TransitionRow]] = defaultdict(list)
    for row in session.scalars(found.order_by(TransitionRow.incident_id, TransitionRow.version)):
        trails[row.incident_id].append(row)
    return trails


def _steps(session: Session, codes: dict[int, str]) -> defaultdict[int, list[StepSeen]]:
    found = select(StepRow).where(StepRow.incident_id.in_(codes)).order_by(StepRow.position)
    steps: defaultdict[int, list[StepSeen]] = defaultdict(list)
    for row in session.scalars(found):
        step = StepSeen(
            id=f"{codes[row.incident_id]}/{row.step_id}",
            title=row.title,
            due_at=row.due_at,
            status=row.status,
            done_at=row.done_at,
            by_engine=row.done_by == ENGINE,
        )
        steps[row.incident_id].append(step)
    return steps


def _decided(session: Session, topics: Collection[int]) -> Decided:
    found = select(DecisionRow.topic_id, DecisionRow.at, DecisionRow.evidence).where(
        DecisionRow.topic_id.in_(topics)
    )
    return {(topic, at): tuple(evidence) for topic, at, evidence in session.execute(found)}


def _case(
    session: Session,
    row: IncidentRow,
    topic: TopicRow,
    trail: list[TransitionRow],
    steps: tuple[StepSeen, ...],
    decided: Decided,
) -> Case:
    state = Lifecycle(trail[-1].to_lifecycle if trail else row.lifecycle)
    return Case(
        code=row.code,
        brand=row.brand,
        topic=topic.name,
        # Without a public post the response is timed from when we knew.
        first_public_at=row.first_public_at or row.detected_at,
        detected_at=row.detected_at,
        changes=tuple(_change(one, decided.get((row.topic_id, one.at), ())) for one in trail),
        steps=steps,
        first_mentions=_first_mentions(session, row.brand, topic.merged_into or topic.id),
        counts=state not in _UNTIMED,
    )


def _change(row: TransitionRow, evidence: tuple[int, ...]) -> Change:
    after = Lifecycle(row.to_lifecycle)
    by_engine = row.actor == ENGINE
    return Change(
        at=row.at,
        kind=row.kind,
        from_tier=Tier(row.from_tier),
        to_tier=Tier(row.to_tier),
        alarmed=after.active and after is not Lifecycle.CANDIDATE,
        answered=after.leased and not by_engine,
        actor=row.actor,
        by_engine=by_engine,
        reason=row.reason,
        lifecycle=after.label,
        evidence=evidence if by_engine else (),
        waits=after is Lifecycle.OPEN,
    )


def _first_mentions(session: Session, brand: str, topic_id: int) -> tuple[int, ...]:
    found = (
        select(BrandMentionRow.mention_id)
        .join(MentionRow, MentionRow.id == BrandMentionRow.mention_id)
        .where(
            BrandMentionRow.brand == brand,
            BrandMentionRow.topic_id == topic_id,
            MentionRow.private.is_(False),
        )
        .order_by(BrandMentionRow.published_at, BrandMentionRow.mention_id)
        .limit(1)
    )
    return tuple(session.scalars(found))
