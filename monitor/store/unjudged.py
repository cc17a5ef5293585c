"""Reads both ends of the queue of mentions that wait to be judged."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from monitor.domain.turns import Waiting
from monitor.store.schema import BrandMentionRow, MentionRow, PredictionRow


def foremost(session: Session, model: str, limit: int) -> list[Waiting]:
    """The most urgent: who may light a tier before others, then the newest."""
    return _waiting(
        session,
        model,
        limit,
        MentionRow.suspected.desc(),
        MentionRow.published_at.desc(),
        MentionRow.id.desc(),
    )


def longest(session: Session, model: str, limit: int) -> list[Waiting]:
    """Those who came in first."""
    return _waiting(session, model, limit, MentionRow.id)


def _waiting(
    session: Session,
    model: str,
    limit: int,
    *order: ColumnElement[Any] | InstrumentedAttribute[Any],
) -> list[Waiting]:
    known = and_(
        PredictionRow.words_hash == BrandMentionRow.words_hash, PredictionRow.model == model
    )
    unread = exists(
        select(BrandMentionRow.mention_id)
        .outerjoin(PredictionRow, known)
        .where(BrandMentionRow.mention_id == MentionRow.id, PredictionRow.model.is_(None))
    )
    found = select(MentionRow.id, unread).where(MentionRow.state == "new")
    rows = session.execute(found.order_by(*order).limit(limit))
    return [Waiting(number, bool(flag)) for number, flag in rows]
