"""Sets private records beside what is public: the same matter, or three callers with one of it.

A sign is shown and may open a candidate for a person to judge; it never counts (DESIGN §7).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.app import App
from monitor.clustering import signature, signature_from_text
from monitor.domain.calls import GRAVE, WINDOW, Call, alike
from monitor.domain.mention import RISK_LABELS
from monitor.stations.opening import Opening, begin
from monitor.stations.private_judge import words
from monitor.store import meta
from monitor.store import private as store
from monitor.store.private_schema import PrivateRow
from monitor.store.response_schema import IncidentRow
from monitor.store.schema import BrandMentionRow, MentionRow, TopicRow
from monitor.text.features import event_keys

EVERY = timedelta(minutes=1)
NEAR = timedelta(hours=72)  # as mentions of one event (incidents.md §2 B)
MOST = 300  # records looked at anew: some 0.2 s of opening and reading
MENTIONS = 200  # of a topic, the newest; more say the same
ACTIVE = ("candidate", "open", "acked", "responding", "stable")


def set_beside(app: App, now: datetime) -> int:
    """Once a minute: link records to the topics of active incidents, open candidates."""
    with app.database.transaction() as session:
        loose = _loose(session, now)
        if not loose or not meta.due(session, "calls", EVERY, now):
            return 0
        if store.trouble(session, app.vault):
            return 0
        topics = _topics(session)
        for row in loose:
            _link(app, session, row, topics)
        return _candidates(app, session, [row for row in loose if row.topic_id is None], now)


def _loose(session: Session, now: datetime) -> list[PrivateRow]:
    found = (
        select(PrivateRow)
        .where(
            PrivateRow.topic_id.is_(None), PrivateRow.state == "done", PrivateRow.risk.in_(GRAVE)
        )
        .where(PrivateRow.happened_at > now - NEAR, PrivateRow.happened_at <= now)
        .order_by(PrivateRow.happened_at.desc())
    )
    return list(session.scalars(found.limit(MOST)))


def _topics(session: Session) -> list[TopicRow]:
    found = select(TopicRow).join(IncidentRow, IncidentRow.topic_id == TopicRow.id)
    return list(session.scalars(found.where(IncidentRow.lifecycle.in_(ACTIVE))))


def _link(app: App, session: Session, row: PrivateRow, topics: list[TopicRow]) -> None:
    own = [one for one in topics if one.brand == row.brand]
    gathered = [one for one in own if one.origin == "calls" and one.metrics.get("code") == row.risk]
    public = [one for one in own if one.origin == "public"]
    same = next((one for one in public if _tells_the_same(app, session, row, one)), None)
    topic = same or next(iter(gathered), None)
    row.topic_id = topic.id if topic else None


def _tells_the_same(app: App, session: Session, row: PrivateRow, topic: TopicRow) -> bool:
    """Whether a record and a topic share what makes two texts of a brand one event."""
    text = words(app, row.content)
    if text is None:
        return False
    keys = event_keys(signature(text).features, (row.risk,) if row.risk else ())
    return bool(keys) and any(keys & told for told in _told(session, topic.id))


def _told(session: Session, topic_id: int) -> list[set[tuple[str, ...]]]:
    found = (
        select(MentionRow.signature, BrandMentionRow.risk)
        .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
        .where(BrandMentionRow.topic_id == topic_id)
        .order_by(MentionRow.id.desc())
        .limit(MENTIONS)
    )
    return [
        event_keys(signature_from_text(said).features, (risk,) if risk else ())
        for said, risk in session.execute(found)
    ]


def _candidates(app: App, session: Session, rows: list[PrivateRow], now: datetime) -> int:
    known = {row.id: row for row in rows}
    calls = [
        Call(row.id, row.brand, row.risk, row.author_key, row.happened_at)
        for row in rows
        if row.risk
    ]
    groups = alike(calls, now)
    for group in groups:
        number, label = len(group.calls), RISK_LABELS.get(group.code, group.code)
        hours = int(WINDOW.total_seconds() // 3600)
        said = f"{hours} 小时内客服来电等 {number} 条同属{label}类（非公开，不算来源，等人判断）"
        opening = Opening(
            brand=group.brand,
            origin="calls",
            key=f"calls-{group.code}-{group.calls[0].id}-{now:%Y%m%d%H%M}",
            name=f"客服来电：{label}类",
            reason=said,
            risk=group.code,
        )
        incident = begin(app, session, opening, now)
        topic = session.scalar(select(IncidentRow.topic_id).where(IncidentRow.id == incident.id))
        for call in group.calls:
            known[call.id].topic_id = topic
    return len(groups)
