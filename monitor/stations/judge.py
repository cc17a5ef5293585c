"""Judges new mentions: predict (cached by text hash), find claims, group into topics."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.app import App
from monitor.domain.turns import AGED, turn
from monitor.stations.grouping import Grouping
from monitor.stations.reading import LastWords, Reading, read, store
from monitor.store.lookup import chunks, parts, predictions
from monitor.store.schema import MentionRow
from monitor.store.unjudged import foremost, longest

# Mentions looked at for one transaction: copies cost no reading, but must not make it long.
BATCH = 128
# Texts the model reads for it: 0.2 s at 160 texts a second, so that an alarm that comes in during
# one batch is read in the next. Calls of 8 to 256 texts all gave 170 to 230 a second on two cores.
READ = 32


def judge(app: App, now: datetime, limit: int = BATCH) -> int:
    """Judge new mentions, what may light a tier first; returns how many were done.

    Within a batch the oldest is grouped first, because a repost then finds the topic of its
    original; the other way round every chain would be two topics that merge.

    The model runs outside the transaction, so that a slow batch blocks nobody. Two judges at once
    do the same work twice and store it once. A text that the model cannot read is grouped all the
    same, marked as unread; `status` names it.
    """
    with app.database.reading() as session:
        if session.scalar(select(MentionRow.id).where(MentionRow.state == "new").limit(1)) is None:
            return 0
        model = app.classifier().name
        free, unread = turn(
            foremost(session, model, limit), longest(session, model, limit // AGED), READ
        )
        texts = _wanted(session, model, unread)
    reading = read(app.classifier(), texts)
    try:
        with app.database.transaction() as session:
            store(session, reading, now)
            return _settle(app, session, reading, now, [*free, *unread])
    except BaseException:
        app.indexed = False  # what the index learnt in a lost transaction never happened
        raise


def _wanted(session: Session, model: str, unread: list[int]) -> dict[str, str]:
    """Texts by hash that these mentions need and the model has not read yet."""
    texts = {
        part.words_hash: part.own_words
        for group in parts(session, unread).values()
        for part in group
    }
    known = predictions(session, model, texts)
    return {key: text for key, text in texts.items() if key not in known}


def _settle(app: App, session: Session, reading: Reading, now: datetime, chosen: list[int]) -> int:
    """Give every chosen mention whose brands the model was asked about its claims and topics."""
    rows = _still_new(session, chosen)
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


def _still_new(session: Session, chosen: list[int]) -> list[MentionRow]:
    """Those that nobody else has judged meanwhile, the oldest first."""
    found = [
        row
        for chunk in chunks(chosen)
        for row in session.scalars(
            select(MentionRow).where(MentionRow.id.in_(chunk), MentionRow.state == "new")
        )
    ]
    return sorted(found, key=lambda row: (row.published_at, row.id))
