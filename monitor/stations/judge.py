"""Judges new mentions: predict (cached by text hash), find claims, group into topics."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from models.prediction import Prediction, RiskScore
from monitor.app import App
from monitor.stations.claims import note_claim
from monitor.stations.grouping import Grouping
from monitor.store.lookup import parts, predictions
from monitor.store.schema import BrandMentionRow, MentionRow, PredictionRow

BATCH = 256  # mentions per transaction: some 1 s of the model on two cores


def judge(app: App, now: datetime, limit: int = BATCH) -> int:
    """Judge up to `limit` new mentions, oldest first; returns how many were done.

    Oldest first, because a repost then finds the topic of its original; the other way round every
    chain would be two topics that merge.

    The model runs outside the transaction, so that a slow batch blocks nobody. Two judges at once
    do the same work twice and store it once.
    """
    with app.database.reading() as session:
        if session.scalar(select(MentionRow.id).where(MentionRow.state == "new").limit(1)) is None:
            return 0
        texts = _unread(session, app.classifier().name, limit)
    answers = dict(zip(texts, app.classifier().predict(list(texts.values())), strict=True))
    try:
        with app.database.transaction() as session:
            _store(session, answers, now)
            return _settle(app, session, now, limit)
    except BaseException:
        app.indexed = False  # what the index learnt in a lost transaction never happened
        raise


def _unread(session: Session, model: str, limit: int) -> dict[str, str]:
    """Texts by hash that new mentions need and the model has not read yet."""
    read = and_(
        PredictionRow.words_hash == BrandMentionRow.words_hash, PredictionRow.model == model
    )
    found = (
        select(BrandMentionRow.words_hash, BrandMentionRow.own_words)
        .join(MentionRow, MentionRow.id == BrandMentionRow.mention_id)
        .outerjoin(PredictionRow, read)
        .where(MentionRow.state == "new", PredictionRow.model.is_(None))
        .order_by(MentionRow.published_at, MentionRow.id)
        .limit(limit)
    )
    return {row.words_hash: row.own_words for row in session.execute(found)}


def _store(session: Session, answers: dict[str, Prediction], now: datetime) -> None:
    known = predictions(session, next((one.model for one in answers.values()), ""), answers)
    for key, one in answers.items():
        if key not in known:
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
        .order_by(MentionRow.published_at, MentionRow.id)
        .limit(limit)
    )
    rows = session.scalars(found).all()
    of_mention = parts(session, [row.id for row in rows])
    hashes = [part.words_hash for group in of_mention.values() for part in group]
    read = predictions(session, app.classifier().name, hashes)
    grouping = Grouping(app, session, rows, now)
    done = 0
    with session.no_autoflush:
        for row in rows:
            group = of_mention.get(row.id, [])
            if all(part.words_hash in read for part in group):
                for part in group:
                    note_claim(part, _prediction(read[part.words_hash]), row.authority)
                    grouping.group(row, part)
                row.state = "done"
                done += 1
    return done


def _prediction(row: PredictionRow) -> Prediction:
    risk = tuple(RiskScore(code, score) for code, score in row.risk)
    return Prediction(row.negative, row.neutral, row.positive, risk, row.stance, row.model)  # type: ignore[arg-type] # stored from the same type
