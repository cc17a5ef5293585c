"""Reads the stored past as a stream of items, each with the instant at which it became known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawlers.items import Item
from models.prediction import Prediction, RiskScore
from monitor.store.lookup import chunks
from monitor.store.schema import (
    BrandMentionRow,
    CorrectionRow,
    MentionRow,
    PredictionRow,
    SnapshotRow,
)

# What came in later than this after its publication was brought in afterwards, by a backfill or
# an import: then it counts from when the public could read it, since nobody was watching yet.
LIVE = timedelta(days=1)
COUNTERS = ("views", "likes", "comments", "reposts", "heat")


@dataclass(frozen=True, slots=True)
class Heard:
    """One item as it came in: when we knew of it, through which source."""

    at: datetime
    item: Item
    source: str
    authority: str
    mention_id: int
    """Its number in the live store."""


@dataclass(frozen=True, slots=True)
class History:
    """A stretch of the past, in the order in which it became known."""

    since: datetime
    until: datetime
    heard: tuple[Heard, ...]
    answers: dict[str, Prediction]
    """What models said of words, by their hash; the newest answer where several were asked."""
    corrections: tuple[CorrectionRow, ...]

    @property
    def mentions(self) -> int:
        """How many different mentions it holds."""
        return len({one.mention_id for one in self.heard})


def read_history(session: Session, since: datetime, until: datetime) -> History:
    """Everything public that was published between two instants, and how it has been read."""
    wanted = select(MentionRow).where(
        MentionRow.published_at >= since,
        MentionRow.published_at <= until,
        MentionRow.private.is_(False),
    )
    rows = list(session.scalars(wanted.order_by(MentionRow.published_at, MentionRow.id)))
    readings = _readings(session, [row.id for row in rows])
    heard = chain.from_iterable(_heard(row, readings.get(row.id, [])) for row in rows)
    return History(
        since=since,
        until=until,
        heard=tuple(sorted(heard, key=lambda one: (one.at, one.item.published_at, one.mention_id))),
        answers=_answers(session, [row.id for row in rows]),
        corrections=tuple(session.scalars(select(CorrectionRow).order_by(CorrectionRow.id))),
    )


def _readings(session: Session, ids: list[int]) -> dict[int, list[SnapshotRow]]:
    found: dict[int, list[SnapshotRow]] = {}
    for chunk in chunks(ids):
        wanted = select(SnapshotRow).where(SnapshotRow.mention_id.in_(chunk))
        for row in session.scalars(wanted.order_by(SnapshotRow.observed_at)):
            found.setdefault(row.mention_id, []).append(row)
    return found


def _heard(row: MentionRow, readings: list[SnapshotRow]) -> Iterator[Heard]:
    """The post with its first counters, then every later reading of them."""
    live = row.stored_at - row.published_at <= LIVE
    first = row.stored_at if live else row.published_at
    item = Item(
        platform=row.platform,
        id=row.native_id,
        text=row.text,
        title=row.title,
        url=row.url,
        # The hash serves as the name: who is who stays as it was.
        author=row.author_key,
        author_followers=row.followers,
        author_verified=row.verified,
        parent_id=row.parent_id,
        published_at=row.published_at,
        observed_at=first,
    )
    counted = [_counters(one) for one in readings] or [_counters(row)]
    yield Heard(first, replace(item, **counted[0]), row.source, row.authority, row.id)
    for reading, counters in zip(readings[1:], counted[1:], strict=True):
        at = max(reading.observed_at, first)
        again = replace(item, observed_at=at, raw={"counters_only": True}, **counters)
        yield Heard(at, again, row.source, row.authority, row.id)


def _counters(row: MentionRow | SnapshotRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in COUNTERS}


def _answers(session: Session, ids: list[int]) -> dict[str, Prediction]:
    hashes: set[str] = set()
    for chunk in chunks(ids):
        found = select(BrandMentionRow.words_hash).where(BrandMentionRow.mention_id.in_(chunk))
        hashes.update(session.scalars(found))
    answers: dict[str, Prediction] = {}
    for names in chunks(sorted(hashes)):
        wanted = select(PredictionRow).where(PredictionRow.words_hash.in_(names))
        for row in session.scalars(wanted.order_by(PredictionRow.at)):
            answers[row.words_hash] = _prediction(row)
    return answers


def _prediction(row: PredictionRow) -> Prediction:
    risk = tuple(RiskScore(code, score) for code, score in row.risk)
    return Prediction(row.negative, row.neutral, row.positive, risk, row.stance, row.model)  # type: ignore[arg-type] # stored from the same type


def oldest(session: Session) -> datetime | None:
    """When the stored past begins."""
    return session.scalar(select(func.min(MentionRow.published_at)))
