"""Forgets what one author wrote, because they asked for it or because we may not keep it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, not_, select, update
from sqlalchemy.orm import Session

from monitor.store.database import Database
from monitor.store.holds import held_mentions
from monitor.store.private import of_author
from monitor.store.private_schema import PrivateRow
from monitor.store.retention import BATCH, forget_mentions, needed
from monitor.store.schema import (
    BrandMentionRow,
    CorrectionRow,
    MentionRow,
    PredictionRow,
    TopicRow,
)

NAMELESS = "（原帖已按要求删除）"


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose mentions are to go, and only those published before an instant if there is one."""

    author_key: str
    platform: str = ""
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Toll:
    """How many mentions go, and how many stay for an incident in work or a legal hold."""

    gone: int
    worked: int
    held: int
    private: int = 0
    """What they told us in private; goes whole."""


def toll(session: Session, wish: Wish) -> Toll:
    """What the wish amounts to, without doing it."""
    found = _wished(wish)
    held = MentionRow.id.in_(held_mentions())
    return Toll(
        gone=_number(session, [*found, ~needed()]),
        worked=_number(session, [*found, needed(), not_(held)]),
        held=_number(session, [*found, held]),
        private=session.scalar(select(func.count(PrivateRow.id)).where(*_told(wish))) or 0,
    )


def forget_author(database: Database, wish: Wish) -> Toll:
    """Delete what the wish names, in small transactions; what is needed stays and is counted."""
    with database.reading() as session:
        counted = toll(session, wish)
    with database.transaction() as session:
        session.execute(delete(PrivateRow).where(*_told(wish)))
    while True:
        with database.transaction() as session:
            ids = list(session.scalars(_free(wish).limit(BATCH)))
            if not ids:
                return counted
            _forget(session, ids)


def _number(session: Session, conditions: list[ColumnElement[bool]]) -> int:
    return session.scalar(select(func.count(MentionRow.id)).where(*conditions)) or 0


def _wished(wish: Wish) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [MentionRow.author_key == wish.author_key]
    if wish.platform:
        found.append(MentionRow.platform == wish.platform)
    if wish.before is not None:
        found.append(MentionRow.published_at < wish.before)
    return found


def _told(wish: Wish) -> list[ColumnElement[bool]]:
    return of_author(wish.author_key, wish.platform, wish.before)


def _free(wish: Wish) -> Select[Any]:
    return select(MentionRow.id).where(*_wished(wish), ~needed())


def _forget(session: Session, ids: list[int]) -> None:
    """Their words stand in four places: the post, the model's cache, corrections, topic names."""
    parts = select(BrandMentionRow).where(BrandMentionRow.mention_id.in_(ids))
    rows = list(session.scalars(parts))
    topics = {row.topic_id for row in rows if row.topic_id is not None}
    hashes = {row.words_hash for row in rows}
    session.execute(delete(CorrectionRow).where(CorrectionRow.mention_id.in_(ids)))
    forget_mentions(session, ids)
    others = select(BrandMentionRow.words_hash).where(BrandMentionRow.words_hash.in_(hashes))
    session.execute(
        delete(PredictionRow).where(
            PredictionRow.words_hash.in_(hashes), PredictionRow.words_hash.not_in(others)
        )
    )
    _rename(session, topics)


def _rename(session: Session, topics: set[int]) -> None:
    """A topic is called by its first post; when that may be gone, by the oldest one left."""
    for number in topics:
        left = session.scalar(
            select(MentionRow)
            .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
            .where(BrandMentionRow.topic_id == number)
            .order_by(MentionRow.published_at, MentionRow.id)
            .limit(1)
        )
        name = (left.title or left.text).replace("\n", " ")[:40] if left else NAMELESS
        session.execute(update(TopicRow).where(TopicRow.id == number).values(name=name))
