"""Judges new mentions: predict (cached by text hash), find claims, group into topics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.prediction import Prediction, RiskScore
from monitor.app import App
from monitor.clustering import Assignment, ClusterItem, TopicIndex, signature_from_text
from monitor.stations.claims import note_claim
from monitor.store.schema import BrandMentionRow, MentionRow, PredictionRow, TopicRow

BATCH = 256  # mentions per transaction: some 1 s of the model on two cores
# Mentions of one event lie within three days (the longest rest before a story counts as new,
# incidents.md §2 B); a mention may come in this much late and still find its neighbours.
WINDOW = timedelta(hours=72)
LATENESS = timedelta(hours=2)


def judge(app: App, now: datetime, limit: int = BATCH) -> int:
    """Judge up to `limit` new mentions, newest first; returns how many were done.

    The model runs outside the transaction, so that a slow batch blocks nobody. Two judges at once
    do the same work twice and store it once.
    """
    with app.database.reading() as session:
        if session.scalar(select(MentionRow.id).where(MentionRow.state == "new").limit(1)) is None:
            return 0
        texts = _unread(session, app.classifier().name, limit)
    predictions = dict(zip(texts, app.classifier().predict(list(texts.values())), strict=True))
    try:
        with app.database.transaction() as session:
            _restore_index(app, session, now)
            app.index.expire(now - WINDOW - LATENESS)
            _store(session, predictions, now)
            return _settle(app, session, now, limit)
    except BaseException:
        app.indexed = False  # what the index learnt in a lost transaction never happened
        raise


def _unread(session: Session, model: str, limit: int) -> dict[str, str]:
    """Texts by hash that new mentions need and the model has not read yet."""
    known = select(PredictionRow.words_hash).where(PredictionRow.model == model)
    found = (
        select(BrandMentionRow.words_hash, BrandMentionRow.own_words)
        .join(MentionRow, MentionRow.id == BrandMentionRow.mention_id)
        .where(MentionRow.state == "new", BrandMentionRow.words_hash.not_in(known))
        .order_by(MentionRow.published_at.desc(), MentionRow.id.desc())
        .limit(limit)
    )
    return {row.words_hash: row.own_words for row in session.execute(found)}


def _store(session: Session, predictions: dict[str, Prediction], now: datetime) -> None:
    for key, one in predictions.items():
        if session.get(PredictionRow, (key, one.model)) is None:
            session.add(
                PredictionRow(
                    words_hash=key,
                    model=one.model,
                    negative=one.negative,
                    neutral=one.neutral,
                    positive=one.positive,
                    risk=[[risk.code, risk.score] for risk in one.risk],
                    stance=one.stance,
                    at=now,
                )
            )
    session.flush()


def _settle(app: App, session: Session, now: datetime, limit: int) -> int:
    """Give every new mention whose brands are all predicted its claims and topics."""
    found = (
        select(MentionRow)
        .where(MentionRow.state == "new")
        .order_by(MentionRow.published_at.desc(), MentionRow.id.desc())
        .limit(limit)
    )
    rows = sorted(session.scalars(found), key=lambda row: (row.published_at, row.id))
    done = 0
    for row in rows:
        parts = _parts(session, row)
        read = [_prediction(session, app.classifier().name, part) for part in parts]
        if any(prediction is None for prediction in read):
            continue
        for part, prediction in zip(parts, read, strict=True):
            if prediction is not None:
                note_claim(part, prediction)
                _group(app, session, row, part, now)
        row.state = "done"
        done += 1
    return done


def _parts(session: Session, row: MentionRow) -> Sequence[BrandMentionRow]:
    found = select(BrandMentionRow).where(BrandMentionRow.mention_id == row.id)
    return session.scalars(found.order_by(BrandMentionRow.brand)).all()


def _prediction(session: Session, model: str, part: BrandMentionRow) -> Prediction | None:
    row = session.get(PredictionRow, (part.words_hash, model))
    if row is None:
        return None
    risk = tuple(RiskScore(code, score) for code, score in row.risk)
    return Prediction(row.negative, row.neutral, row.positive, risk, row.stance, row.model)  # type: ignore[arg-type] # stored from the same type


def _restore_index(app: App, session: Session, now: datetime) -> None:
    """Rebuild the topic index from the store after a start or a lost transaction."""
    if app.indexed:
        return
    app.index = TopicIndex(WINDOW)
    found = (
        select(MentionRow, BrandMentionRow, TopicRow)
        .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
        .join(TopicRow, TopicRow.id == BrandMentionRow.topic_id)
        .where(MentionRow.published_at > now - WINDOW - LATENESS)
        .order_by(MentionRow.published_at, MentionRow.id)
    )
    for row, part, topic in session.execute(found):
        app.index.restore(_cluster_item(row, part), topic.key, topic.first_published_at)
    app.indexed = True


def _cluster_item(row: MentionRow, part: BrandMentionRow) -> ClusterItem:
    return ClusterItem(
        id=row.id,
        brand=part.brand,
        platform=row.platform,
        native_id=row.native_id,
        parent_id=row.parent_id,
        signature=signature_from_text(row.signature),
        at=row.published_at,
        codes=(part.risk,) if part.risk else (),
    )


def _group(
    app: App, session: Session, row: MentionRow, part: BrandMentionRow, now: datetime
) -> None:
    root = _topic_of_parent(session, row, part.brand)
    if root is None:
        placed = app.index.assign(_cluster_item(row, part))
        topic = _topic(session, row, part, placed)
    else:
        # The index forgets after three days; the store knows what an old post belonged to.
        placed = app.index.restore(_cluster_item(row, part), root.key, root.first_published_at)
        topic = root
    for source, target in placed.merged:
        merge_topics(session, part.brand, source, target, now)
    part.topic_id = topic.id
    topic.first_published_at = min(topic.first_published_at, row.published_at)
    topic.last_published_at = max(topic.last_published_at, row.published_at)
    topic.check_at = min(topic.check_at or now, now)


def _topic_of_parent(session: Session, row: MentionRow, brand: str) -> TopicRow | None:
    if row.parent_id is None:
        return None
    found = (
        select(TopicRow)
        .join(BrandMentionRow, BrandMentionRow.topic_id == TopicRow.id)
        .join(MentionRow, MentionRow.id == BrandMentionRow.mention_id)
        .where(
            MentionRow.platform == row.platform,
            MentionRow.native_id == row.parent_id,
            BrandMentionRow.brand == brand,
        )
    )
    return session.scalar(found)


def _topic(
    session: Session, row: MentionRow, part: BrandMentionRow, placed: Assignment
) -> TopicRow:
    found = select(TopicRow).where(TopicRow.brand == part.brand, TopicRow.key == placed.topic_key)
    topic = session.scalar(found)
    if topic is None:
        topic = TopicRow(
            brand=part.brand,
            key=placed.topic_key,
            name=(row.title or row.text).replace("\n", " ")[:40],
            first_published_at=row.published_at,
            last_published_at=row.published_at,
        )
        session.add(topic)
        session.flush()
    return topic if topic.merged_into is None else session.get_one(TopicRow, topic.merged_into)


def merge_topics(session: Session, brand: str, source: str, target: str, now: datetime) -> None:
    """Move a topic's mentions to the one that turned out to be the same event's."""
    rows = {
        topic.key: topic
        for topic in session.scalars(
            select(TopicRow).where(TopicRow.brand == brand, TopicRow.key.in_((source, target)))
        )
    }
    old, new = rows.get(source), rows.get(target)
    if old is None or new is None or old is new:
        return
    session.execute(
        update(BrandMentionRow).where(BrandMentionRow.topic_id == old.id).values(topic_id=new.id)
    )
    session.execute(
        update(TopicRow).where(TopicRow.merged_into == old.id).values(merged_into=new.id)
    )
    old.merged_into, old.check_at = new.id, now
    new.first_published_at = min(new.first_published_at, old.first_published_at)
    new.last_published_at = max(new.last_published_at, old.last_published_at)
    new.check_at = now
