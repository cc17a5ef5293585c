"""Reads many rows by key in few statements: the store's answer to a whole batch at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from sqlalchemy import select
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


def parts(session: Session, mention_ids: Iterable[int]) -> dict[int, list[BrandMentionRow]]:
    """What mentions say of each brand, by mention."""
    found: dict[int, list[BrandMentionRow]] = {}
    for chunk in chunks(mention_ids):
        rows = session.scalars(
            select(BrandMentionRow)
            .where(BrandMentionRow.mention_id.in_(chunk))
            .order_by(BrandMentionRow.brand)
        )
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
