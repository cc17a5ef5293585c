"""Asks a new model about what the former one read: newest first, between live work.

Each mention counts by its newest reading, one by one: half-way through, a topic holds readings of
both models, and every one of them is the best there is. No topic is woken: a change of model is no
news and rings nobody. Whoever looks at a topic next (for a new mention, new counters, a tier that
holds) sees the new readings; decisions, incidents and messages are rows of their own and stay.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.app import App
from monitor.stations.reading import LastWords, Reading, read, store
from monitor.store import meta
from monitor.store.lookup import outdated, parts, predictions
from monitor.store.schema import BrandMentionRow, MentionRow

# One batch of the encoder. It delays a new mention by 0.2 s, by 1.4 s with a BERT-base at 23 texts
# a second: within the 3 s that an alert may take.
BATCH = 32
# The weekly report compares a week with the 28 days before it: all of them must be read by one
# model, or a change of model would look like a change of mood. Windows that decide are shorter.
WINDOW = timedelta(days=35)


def rescore(app: App, now: datetime, limit: int = BATCH) -> int:
    """Renew up to `limit` readings unless a new mention waits; returns how many were renewed.

    What is left is a query on the model that each part was last asked, so a kill costs one batch.
    """
    model = app.classifier().name
    with app.database.reading() as session:
        if session.scalar(select(MentionRow.id).where(MentionRow.state == "new").limit(1)):
            return 0
        told = meta.model(session) == model
        due = outdated(session, model, now - WINDOW, limit)
        known = predictions(session, model, [part.words_hash for part in due])
        texts = {one.words_hash: one.own_words for one in due if one.words_hash not in known}
    if told and not due:
        return 0
    reading = read(app.classifier(), texts)

    def work(session: Session) -> int:
        meta.remember_model(session, model, now)
        store(session, reading, now)
        return _renew(session, model, due, reading)

    return app.database.repeat(work)


def _renew(session: Session, model: str, due: list[BrandMentionRow], reading: Reading) -> int:
    """Write the new readings onto what is still there, with the same words."""
    numbers = {part.mention_id for part in due}
    groups = parts(session, sorted(numbers), lock=True)
    mentions = session.scalars(select(MentionRow).where(MentionRow.id.in_(numbers)))
    authority = {row.id: row.authority for row in mentions}
    rows = [part for group in groups.values() for part in group if part.model != model]
    last = LastWords(session, model, rows, reading.refused)
    asked = [part for part in rows if last.asked(part)]
    for part in asked:
        last.note(part, authority[part.mention_id])
    return len(asked)
