"""Judges new mentions: predict (cached by text hash), find claims, group into topics."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from monitor.app import App
from monitor.stations.grouping import Grouping
from monitor.stations.reading import LastWords, Reading, read, store
from monitor.store.lookup import parts
from monitor.store.schema import BrandMentionRow, MentionRow, PredictionRow

BATCH = 256  # mentions per transaction: some 1 s of the model on two cores


def judge(app: App, now: datetime, limit: int = BATCH) -> int:
    """Judge up to `limit` new mentions, oldest first; returns how many were done.

    Oldest first, because a repost then finds the topic of its original; the other way round every
    chain would be two topics that merge.

    The model runs outside the transaction, so that a slow batch blocks nobody. Two judges at once
    do the same work twice and store it once. A text that the model cannot read is grouped all the
    same, marked as unread; `status` names it.
    """
    with app.database.reading() as session:
        if session.scalar(select(MentionRow.id).where(MentionRow.state == "new").limit(1)) is None:
            return 0
        texts = _wanted(session, app.classifier().name, limit)
    reading = read(app.classifier(), texts)
    try:
        with app.database.transaction() as session:
            store(session, reading, now)
            return _settle(app, session, reading, now, limit)
    except BaseException:
        app.indexed = False  # what the index learnt in a lost transaction never happened
        raise


def _wanted(session: Session, model: str, limit: int) -> dict[str, str]:
    """Texts by hash that new mentions need and the model has not read yet."""
    known = and_(
        PredictionRow.words_hash == BrandMentionRow.words_hash, PredictionRow.model == model
    )
    found = (
        select(BrandMentionRow.words_hash, BrandMentionRow.own_words)
        .join(MentionRow, MentionRow.id == BrandMentionRow.mention_id)
        .outerjoin(PredictionRow, known)
        .where(MentionRow.state == "new", PredictionRow.model.is_(None))
        .order_by(MentionRow.published_at, MentionRow.id)
        .limit(limit)
    )
    return {row.words_hash: row.own_words for row in session.execute(found)}


def _settle(app: App, session: Session, reading: Reading, now: datetime, limit: int) -> int:
    """Give every new mention whose brands the model was asked about its claims and topics."""
    found = (
        select(MentionRow)
        .where(MentionRow.state == "new")
        .order_by(MentionRow.published_at, MentionRow.id)
        .limit(limit)
    )
    rows = session.scalars(found).all()
    of_mention = parts(session, [row.id for row in rows], lock=True)
    everything = [part for group in of_mention.values() for part in group]
    last = LastWords(session, app.classifier().name, everything, reading.refused)
    grouping = Grouping(app, session, rows, now)
    done = 0
    with session.no_autoflush:
        for row in rows:
            group = of_mention.get(row.id, [])
            if all(last.asked(part) for part in group):
                for part in group:
                    last.note(part, row.authority)
                    grouping.group(row, part)
                row.state = "done"
                done += 1
        grouping.finish()
    return done
