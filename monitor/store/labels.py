"""People's corrections of what the model said: which hold, their history, and for training.

A correction is kept by brand and words hash, not by mention: the same words of the same brand read
the same, as they do for the model, so it holds for every copy, outlives a change of the model and
the mention itself, and falls away by itself where a post is edited.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from monitor.store.lookup import chunks
from monitor.store.schema import BrandMentionRow, CorrectionRow, MentionRow

Words = tuple[str, str]
"""Brand and words hash."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One text as a person reads it, for the next training.

    `text` is what the model was asked: cleaned and masked, the brand's own words. `polarity` is
    negative, neutral or positive. `risk` lists codes of `models.prediction.RISK_CODES`: empty means
    none holds, None that nothing was said of risk. `stance` is alleged, denied, general or none,
    or None where nothing was said of it.
    """

    text: str
    polarity: str
    risk: tuple[str, ...] | None
    stance: str | None
    at: datetime


def corrections(session: Session) -> list[Correction]:
    """Every correction that holds, oldest first, one a text: the newest where brands differ.

    Texts that a non-public item shares are left out, whoever corrected them.
    """
    shared = exists().where(
        BrandMentionRow.words_hash == CorrectionRow.words_hash,
        MentionRow.id == BrandMentionRow.mention_id,
        MentionRow.private,
    )
    found = session.scalars(select(CorrectionRow).where(~shared).order_by(CorrectionRow.id))
    holding = sorted(_holding(found).values(), key=lambda row: row.id)
    newest = {row.words_hash: row for row in holding}
    return [_correction(row) for row in holding if newest[row.words_hash] is row]


def _correction(row: CorrectionRow) -> Correction:
    risk = None if row.risk is None else tuple(row.risk)
    return Correction(row.text, row.polarity or "", risk, row.stance, row.at)


def standing(session: Session, parts: Iterable[BrandMentionRow]) -> dict[Words, CorrectionRow]:
    """The corrections that hold for these parts' words, by brand and words hash."""
    rows: list[CorrectionRow] = []
    for hashes in chunks(part.words_hash for part in parts):
        found = select(CorrectionRow).where(CorrectionRow.words_hash.in_(hashes))
        rows += session.scalars(found.order_by(CorrectionRow.id))
    return _holding(rows)


def _holding(rows: Iterable[CorrectionRow]) -> dict[Words, CorrectionRow]:
    """The newest row on each brand's words, unless it takes back; `rows` are oldest first."""
    newest = {(row.brand, row.words_hash): row for row in rows}
    return {words: row for words, row in newest.items() if row.polarity is not None}


def history(session: Session, part: BrandMentionRow) -> list[CorrectionRow]:
    """Who said what of these words and when, oldest first, with what was taken back."""
    found = select(CorrectionRow).where(
        CorrectionRow.brand == part.brand, CorrectionRow.words_hash == part.words_hash
    )
    return list(session.scalars(found.order_by(CorrectionRow.id)))
