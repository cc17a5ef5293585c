"""Lets our own model read private records, on this machine; only class and sign are kept.

The answers do not go into the cache of predictions: its key is a plain hash of the words, by which
words could be guessed, and training and re-scoring read it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from models.prediction import Prediction
from monitor.app import App
from monitor.stations.claims import heaviest
from monitor.stations.reading import read
from monitor.store import private as store
from monitor.store.private_schema import PrivateRow
from monitor.vault import VaultError

BATCH = 64  # calls are long: some 1 s of the model on two cores
WORDS = 4000  # characters that the model reads of one record, as of a mention


def judge_private(app: App, now: datetime, limit: int = BATCH) -> int:  # noqa: ARG001 - a step
    """Read up to `limit` new records; returns how many were done. A damaged one costs itself.

    Without the key they wait, and `status` says so. The model runs outside the transaction.
    """
    with app.database.reading() as session:
        found = select(PrivateRow).where(PrivateRow.state == "new").order_by(PrivateRow.id)
        waiting = {row.id: row.content for row in session.scalars(found.limit(limit))}
        if not waiting or store.trouble(session, app.vault):
            return 0
    opened = {str(number): words(app, content) for number, content in waiting.items()}
    texts = {number: text for number, text in opened.items() if text is not None}
    reading = read(app.classifier(), texts)
    with app.database.transaction() as session:
        for row in session.scalars(select(PrivateRow).where(PrivateRow.id.in_(waiting))):
            if row.content == waiting[row.id]:  # else edited meanwhile: read again
                _note(row, reading.answers.get(str(row.id)), app.classifier().name)
    return len(waiting)


def words(app: App, content: str) -> str | None:
    """What the model reads of a sealed record; None where it is damaged."""
    try:
        return str(app.vault.open(content)["text"])[:WORDS]
    except VaultError:
        return None


def _note(row: PrivateRow, answer: Prediction | None, model: str) -> None:
    """Note class and sign; what the model cannot read stays without a class."""
    row.state, row.model = "done", model
    if answer is None:
        return
    claim = heaviest(answer.risk) if answer.stance == "alleged" else None
    row.risk = claim.code if claim else None
    row.negative = answer.polarity == "negative" or claim is not None
