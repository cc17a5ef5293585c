"""Turns others' trouble into a self-check of ours: YELLOW, read at the next eight o'clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.app import App
from monitor.domain import transitions
from monitor.domain.incident import Incident, Lifecycle
from monitor.domain.self_check import (
    HOURS,
    NOTICES,
    SELF_CHECK,
    check_key,
    competitor_of,
)
from monitor.domain.tier import Tier
from monitor.stations import respond
from monitor.store import incidents
from monitor.store.response_schema import IncidentRow
from monitor.store.schema import BrandMentionRow, MentionRow, PredictionRow, TopicRow
from monitor.text.spam import spam_signs

LIFE = timedelta(hours=HOURS)
LOOKED_AT = 20  # mentions of a notice that are looked through for one that speaks of rules


def look(app: App, session: Session, topic: TopicRow, now: datetime) -> None:
    """Open, or let fade, the self-checks that a topic of others gives rise to."""
    reason = _reason(session, topic)
    for brand in _concerned(app, topic.brand):
        known = _active(session, brand, topic.brand)
        if known is not None:
            _fade(app, session, topic, known, now)
        elif reason and incidents.last_of_topic(session, brand, _key(topic)) is None:
            _open(app, session, topic, brand, reason, now)


def _key(topic: TopicRow) -> str:
    return check_key(topic.brand, topic.key)


def _concerned(app: App, outside: str) -> list[str]:
    """Our brands that are to look at themselves; of a notice the first one is told, once."""
    ours = app.settings.brands
    if outside == NOTICES:
        return [one.name for one in ours if one.platform_notices][:1]
    return [one.name for one in ours if competitor_of(outside) in one.competitors]


def _reason(session: Session, topic: TopicRow) -> str | None:
    """Why we should look at ourselves; None where nothing has happened that asks for it."""
    if topic.brand == NOTICES:
        name = _notice(session, topic)
        return None if name is None else f"平台或监管出了新规矩：「{name}」，自查我们有没有不合的"
    if topic.tier < Tier.ORANGE:
        return None
    tier = Tier(topic.tier).label
    return f"同行「{competitor_of(topic.brand)}」出现{tier}舆情（未核实），自查我们有没有同样的问题"


def _notice(session: Session, topic: TopicRow) -> str | None:
    """The first lines of a page that speaks of rules, by the model, and is no search bait."""
    found = (
        select(MentionRow, PredictionRow)
        .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
        .join(PredictionRow, PredictionRow.words_hash == BrandMentionRow.words_hash)
        .where(BrandMentionRow.topic_id == topic.id)
        .order_by(MentionRow.published_at)
        .limit(LOOKED_AT)
    )
    for row, read in session.execute(found):
        rules = any(code == "regulatory" for code, _ in read.risk)
        if rules and not spam_signs(row.text, row.title):
            return (row.title or row.text).replace("\n", " ")[:40]
    return None


def _active(session: Session, brand: str, outside: str) -> Incident | None:
    """The self-check that the brand still has before it because of the same others."""
    found = select(IncidentRow.id).where(
        IncidentRow.brand == brand,
        IncidentRow.topic_key.startswith(check_key(outside, ""), autoescape=True),
        IncidentRow.lifecycle.in_(incidents.ACTIVE),
    )
    number = session.scalar(found.limit(1))
    return incidents.load(session, number) if number is not None else None


def _open(
    app: App, session: Session, topic: TopicRow, brand: str, reason: str, now: datetime
) -> None:
    outcome = transitions.open_incident(
        id=incidents.next_incident_id(session),
        brand=brand,
        topic_key=_key(topic),
        tier=Tier.YELLOW,
        reason=reason,
        first_public_at=min(topic.first_published_at, now),
        detected_at=now,
        now=now,
        kind=SELF_CHECK,
    )
    incidents.insert(session, outcome, topic.id, dict(app.policy.source))
    respond.follow(app, session, outcome, now)
    topic.check_at = min(topic.check_at or now + LIFE, now + LIFE)


def _fade(app: App, session: Session, topic: TopicRow, known: Incident, now: datetime) -> None:
    """Let go what nobody took up within a day, once the others' own story is quiet."""
    until = known.tier_since + LIFE
    if known.lifecycle is not Lifecycle.OPEN or known.tier is not Tier.YELLOW:
        return
    if now < until:
        topic.check_at = min(topic.check_at or until, until)
    elif topic.tier < Tier.ORANGE:
        outcome = transitions.lower_tier(known, "一天没有人接手，别人的事也平静了", now)
        respond.store(app, session, known, outcome, now)
