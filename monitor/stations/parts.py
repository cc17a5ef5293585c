"""Notes what a stored mention says of each of its brands: the words that a model will judge."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.domain.heat import attention
from monitor.domain.mention import Counters
from monitor.matching import Hit, Span, sentences_about
from monitor.stations.claims import SPEAKS_AS
from monitor.store.lookup import parts, posts
from monitor.store.schema import BrandMentionRow, MentionRow
from monitor.text.attribution import nearest
from monitor.text.evidence import may_alarm
from monitor.text.repost import judged_span

# A mention keeps its whole text, but the model reads at most this much about one brand: the
# first sentence and those nearest its names, and 4,000 characters are some 17 windows of it.
OWN_WORDS_LIMIT = 4000


def attach(
    session: Session,
    row: MentionRow,
    brands: Iterable[str],
    hits: list[Hit],
    original: Mapping[str, str],
    own: Collection[str] = (),
) -> dict[str, str]:
    """Note what a stored mention says of each of its brands; returns the words by brand.

    `original` is what the post it passes on says of them: the words of whoever adds none; `own`
    are the brands that wrote it themselves.
    """
    said: dict[str, str] = {}
    for brand in sorted(brands):
        part = BrandMentionRow(
            mention_id=row.id,
            brand=brand,
            hits=[],
            own_words="",
            words_hash="",
            published_at=row.published_at,
            attention=0.0 if brand in own else attention_of(row),
            own=brand in own,
        )
        said[brand] = _state(part, row.text, hits, original)
        row.suspected = row.suspected or _is_suspected(part, row)
        session.add(part)
    return said


def _is_suspected(part: BrandMentionRow, row: MentionRow) -> bool:
    """Whether it may light a tier, as far as its words tell before the model has read them."""
    spoken = row.authority in SPEAKS_AS or part.rule is not None or may_alarm(part.own_words)
    return spoken and not part.own


def restate(session: Session, row: MentionRow, hits: list[Hit], own: Collection[str] = ()) -> bool:
    """Note what an edited mention says now; returns whether it is about any brand."""
    found = session.scalars(select(BrandMentionRow).where(BrandMentionRow.mention_id == row.id))
    known = {part.brand: part for part in found}
    original = _original(session, row)
    for part in known.values():
        _state(part, row.text, hits, original)
    row.suspected = any(_is_suspected(part, row) for part in known.values())
    fresh = {hit.brand for hit in hits} - known.keys()
    attach(session, row, fresh, hits, original, own)
    return bool(known or fresh)


def _state(part: BrandMentionRow, text: str, hits: list[Hit], original: Mapping[str, str]) -> str:
    own = [hit for hit in hits if hit.brand == part.brand]
    part.hits = [_hit(hit) for hit in own]
    part.rule = next((hit.rule for hit in own if hit.rule), None)
    part.own_words = own_words(text, hits, part.brand) or original.get(part.brand, "")
    part.words_hash = hashlib.sha256(part.own_words.encode()).hexdigest()
    return part.own_words


def _hit(hit: Hit) -> dict[str, object]:
    spans = [[span.term, span.start, span.end] for span in hit.terms]
    return {"rule": hit.rule, "terms": spans}


def _original(session: Session, row: MentionRow) -> dict[str, str]:
    """What the post that a mention passes on says of each brand, as far as we know it."""
    known = posts(session, [(row.platform, row.parent_id)] if row.parent_id else [])
    stored = parts(session, [one.id for one in known.values()])
    return {part.brand: part.own_words for group in stored.values() for part in group}


def own_words(text: str, hits: list[Hit], brand: str | None = None) -> str:
    """What the text says of a brand: its sentences, or a reposter's own words.

    Empty where the author only passes on or agrees. Hits of other brands are somebody else's
    names; without a brand all hits are its own.
    """
    start, end = judged_span(text)
    # Words of a watch rule are no names: only the brand's own aliases mark what is said of it.
    named = [hit for hit in hits if hit.rule is None]
    ours = [hit for hit in named if brand in {None, hit.brand}]
    rivals = [hit for hit in named if brand not in {None, hit.brand}]
    own = _within(ours, start, end)
    about = sentences_about(text[start:end], own, _within(rivals, start, end))
    return nearest(about, [span.term for span in own], OWN_WORDS_LIMIT)


def _within(hits: list[Hit], start: int, end: int) -> list[Span]:
    """Names between two places of a text, as places in that stretch."""
    return [
        Span(span.term, span.start - start, span.end - start)
        for hit in hits
        for span in hit.terms
        if span.start >= start and span.end <= end
    ]


def attention_of(row: MentionRow) -> float:
    """What a stored mention adds to the heat of its topic."""
    return attention(counters_of(row), row.authority, row.platform, verified=row.verified)


def counters_of(row: MentionRow) -> Counters:
    """Counters of a stored mention as the heat formula reads them."""
    return Counters(row.views, row.likes, row.comments, row.reposts, row.heat, row.followers)
