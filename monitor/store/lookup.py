"""Reads many rows by key in few statements: the store's answer to a whole batch at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from monitor.store.schema import BrandMentionRow, MentionRow, PredictionRow

CHUNK = 500  # values a statement: below every database's limit on parameters
T = TypeVar("T")
PostKey = tuple[str, str]
"""Platform and native id."""


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """Cut values into lists of at most `CHUNK`, each value once."""
    left = iter(dict.fromkeys(values))
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def posts(session: Session, keys: Iterable[PostKey]) -> dict[PostKey, MentionRow]:
    """Stored mentions by platform and native id."""
    found: dict[PostKey, MentionRow] = {}
    for platform, ids in _by_platform(keys).items():
        for chunk in chunks(ids):
            rows = session.scalars(
                select(MentionRow).where(
                    MentionRow.platform == platform, MentionRow.native_id.in_(chunk)
                )
            )
            found.update({(platform, row.native_id): row for row in rows})
    return found


def _by_platform(keys: Iterable[PostKey]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for platform, native_id in keys:
        grouped.setdefault(platform, []).append(native_id)
    return grouped


def orphans(session: Session, parents: Iterable[PostKey]) -> list[MentionRow]:
    """Reposts of these posts that wait for a brand."""
    found: list[MentionRow] = []
    for platform, ids in _by_platform(parents).items():
        for chunk in chunks(ids):
            found += session.scalars(
                select(MentionRow).where(
                    MentionRow.platform == platform,
                    MentionRow.parent_id.in_(chunk),
                    MentionRow.state == "orphan",
                )
            )
    return found


def parts(
    session: Session, mention_ids: Iterable[int], *, lock: bool = False
) -> dict[int, list[BrandMentionRow]]:
    """What mentions say of each brand, by mention.

    `lock` keeps other writers from the rows until the transaction ends: what is looked up about
    them afterwards is the newest there is.
    """
    found: dict[int, list[BrandMentionRow]] = {}
    for chunk in chunks(mention_ids):
        wanted = (
            select(BrandMentionRow)
            .where(BrandMentionRow.mention_id.in_(chunk))
            .order_by(BrandMentionRow.mention_id, BrandMentionRow.brand)
        )
        if lock:
            wanted = wanted.with_for_update().execution_options(populate_existing=True)
        rows = session.scalars(wanted)
        for row in rows:
            found.setdefault(row.mention_id, []).append(row)
    return found


def predictions(session: Session, model: str, hashes: Iterable[str]) -> dict[str, PredictionRow]:
    """What this model said of texts, by text hash."""
    found: dict[str, PredictionRow] = {}
    for chunk in chunks(hashes):
        rows = session.scalars(
            select(PredictionRow).where(
                PredictionRow.model == model, PredictionRow.words_hash.in_(chunk)
            )
        )
        found.update({row.words_hash: row for row in rows})
    return found


def outdated(session: Session, model: str, since: datetime, limit: int) -> list[BrandMentionRow]:
    """Parts published after `since` that another model was asked about last, newest first."""
    found: list[BrandMentionRow] = []
    for other in _other_models(session, model):
        rows = _asked(other, since).order_by(BrandMentionRow.published_at.desc()).limit(limit)
        found += session.scalars(rows)
    return sorted(found, key=lambda row: row.published_at, reverse=True)[:limit]


def count_outdated(session: Session, model: str, since: datetime) -> int:
    """How many parts `outdated` has before it."""
    counts = (
        select(func.count()).select_from(_asked(other, since).subquery())
        for other in _other_models(session, model)
    )
    return sum(session.scalar(one) or 0 for one in counts)


def _asked(model: str, since: datetime) -> Select[BrandMentionRow]:
    part = BrandMentionRow
    return select(part).where(part.model == model, part.published_at > since)


def _other_models(session: Session, model: str) -> Iterator[str]:
    """Names of models that were ever asked, but this one; a step in the index for each.

    A DISTINCT would read the whole index each time, and this is asked at rest, twice a second.
    """
    smallest = select(func.min(BrandMentionRow.model))
    name = session.scalar(smallest)
    while name is not None:
        if name != model:
            yield name
        name = session.scalar(smallest.where(BrandMentionRow.model > name))
