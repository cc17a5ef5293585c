"""Looks at every topic whose time has come: the quiet ones together, each other one by itself.

Most looks find nothing: no tier, no incident, no claim, no watch rule. Such topics are read in a
few statements and stored in one transaction. Every other topic has a transaction of its own, in its
turn, so incidents, codes and messages come in the same order as if each were looked at alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from monitor.app import App
from monitor.domain.decision import decide
from monitor.domain.metrics import Metrics
from monitor.domain.policy import Policy
from monitor.domain.self_check import is_outside
from monitor.domain.tier import Tier
from monitor.stations.decide import decide_topic, remember, state_of
from monitor.stations.measure import measure_quiet
from monitor.stations.volumes import Volumes
from monitor.store.lookup import chunks
from monitor.store.response_schema import IncidentRow
from monitor.store.schema import TopicRow

log = logging.getLogger("fengsui")


def decide_due(app: App, now: datetime, limit: int = 500) -> int:
    """Look at every topic whose time has come; returns how many were looked at."""
    with app.database.reading() as session:
        found = select(TopicRow.id).where(TopicRow.check_at <= now).order_by(TopicRow.check_at)
        ids = session.scalars(found.limit(limit)).all()
    known: dict[str, Volumes] = {}
    quiet = _together(app, ids, now, known)
    alone = [one for one in ids if one not in quiet]
    failures = [error for one in alone if (error := _tried(app, one, now, known))]
    if failures:
        raise failures[0]
    return len(ids)


def _tried(app: App, topic_id: int, now: datetime, known: dict[str, Volumes]) -> Exception | None:
    """Decide one topic; its failure must not keep the others waiting behind it."""
    try:
        with app.database.transaction() as session:
            decide_topic(app, session, session.get_one(TopicRow, topic_id), now, known)
    except Exception as error:  # noqa: BLE001 - raised again when all the others are decided
        return error
    return None


def _together(
    app: App, ids: Sequence[int], now: datetime, known: dict[str, Volumes]
) -> frozenset[int]:
    """Settle the quiet ones; when that fails, each is looked at alone, and fails alone."""
    try:
        with app.database.transaction() as session:
            return frozenset(settle_quiet(app, session, ids, now, known))
    except Exception:
        log.exception("quiet topics could not be looked at together")
        return frozenset()


def settle_quiet(
    app: App, session: Session, ids: Iterable[int], now: datetime, known: dict[str, Volumes]
) -> list[int]:
    """Store the looks at those topics that nothing lifts; returns which they are."""
    settled: list[int] = []
    for brand, group in groupby(_calm(session, ids), key=lambda topic: topic.brand):
        topics = {topic.id: topic for topic in group}
        policy = app.policy.at(brand, now)
        measured = measure_quiet(session, brand, topics, policy, now, known)
        stays = partial(_stays_quiet, app, policy)
        settled += [number for number, one in measured.items() if stays(topics[number], one)]
    return settled


def _calm(session: Session, ids: Iterable[int]) -> list[TopicRow]:
    """Public topics without a tier of which no incident was ever opened, by brand."""
    incident = exists().where(
        IncidentRow.brand == TopicRow.brand, IncidentRow.topic_key == TopicRow.key
    )
    plain = (
        TopicRow.merged_into.is_(None),
        TopicRow.origin == "public",
        TopicRow.tier == int(Tier.NONE),
        ~incident,
    )
    found = [
        topic
        for chunk in chunks(ids)
        for topic in session.scalars(select(TopicRow).where(TopicRow.id.in_(chunk), *plain))
        if not is_outside(topic.brand)
    ]
    return sorted(found, key=lambda topic: (topic.brand, topic.id))


def _stays_quiet(app: App, policy: Policy, topic: TopicRow, metrics: Metrics) -> bool:
    """Note the decision if it changes nothing; otherwise nothing is noted."""
    decision = decide(policy, state_of(app, topic, None, metrics.at), metrics, metrics.at)
    if decision.tier is not Tier.NONE or decision.candidate:
        return False
    remember(app, topic, policy, decision, metrics)
    return True
