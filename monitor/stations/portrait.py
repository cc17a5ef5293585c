"""A topic as people should see it: how it began, who spreads it, what is said, what to know."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.facts import Quote
from crawlers.importers.platforms import platform_label
from monitor.domain.hints import Hint, Post, hints, spreaders
from monitor.domain.mention import SHANGHAI
from monitor.domain.naming import Told, name_of
from monitor.store.response_schema import IncidentRow
from monitor.store.schema import BrandMentionRow, MentionRow, PredictionRow, TopicRow
from monitor.store.topics import signature_of
from monitor.text.hearsay import denies, doubts, first_hand, hearsay
from monitor.text.repost import strip_repost
from monitor.text.telling import rarity

# The earliest carry the story; a flood adds nothing new to names and hints.
READ, NAMED_BY, SHOWN = 2000, 30, 3
CODE = 6  # characters of an author's hash: enough to tell them apart on one page
BUCKETS = 48
_MONDAY = datetime(2018, 1, 1, tzinfo=SHANGHAI)
_STEPS = tuple(timedelta(minutes=n) for n in (15, 60, 180, 360, 720, 1440, 4320, 10080))


@dataclass(frozen=True, slots=True)
class Spreader:
    """An author by the short code of their hash."""

    code: str
    posts: int
    followers: int


@dataclass(frozen=True, slots=True)
class Portrait:
    """Everything about a topic that its numbers do not say."""

    first_post: MentionRow | None
    sources: tuple[tuple[str, int], ...]
    """Platforms with their posts, most first."""
    spreaders: tuple[Spreader, ...]
    representative: tuple[MentionRow, ...]
    most_negative: tuple[MentionRow, ...]
    step: timedelta
    curve: tuple[tuple[datetime, int], ...]
    """Posts by the time of publication, in steps."""
    hints: tuple[Hint, ...]

    def has(self, kind: str) -> bool:
        """Whether there is a hint of this kind."""
        return any(one.kind == kind for one in self.hints)


Rows = list[tuple[MentionRow, BrandMentionRow]]


def portrait(session: Session, topic: TopicRow) -> Portrait:
    """Read a topic's mentions and say what they show."""
    rows = _rows(session, topic)
    posts = [_post(row, part) for row, part in rows]
    step, curve = _curve(session, topic)
    public = [(row, part) for row, part in rows if not row.private]
    return Portrait(
        first_post=next((row for row, _ in public), None),
        sources=_sources(session, topic),
        spreaders=tuple(Spreader(a[:CODE], n, reach) for a, n, reach in spreaders(posts)),
        representative=_representative(public),
        most_negative=_most_negative(session, topic),
        step=step,
        curve=curve,
        hints=hints(posts),
    )


def hints_of(session: Session, topic: TopicRow) -> tuple[Hint, ...]:
    """The hints alone, as messages carry them."""
    return hints([_post(row, part) for row, part in _rows(session, topic)])


def hints_of_incident(session: Session, incident_id: int) -> tuple[str, ...]:
    """The first hints in words, for a message to a person."""
    row = session.get_one(IncidentRow, incident_id)
    topic = session.get_one(TopicRow, row.topic_id)
    return tuple(hint.text for hint in hints_of(session, topic)[:SHOWN])


def quotes(session: Session, mention_ids: list[int]) -> tuple[Quote, ...]:
    """The first mentions behind a decision, in their own words; hostile until rendered."""
    found = select(MentionRow).where(MentionRow.id.in_(mention_ids[:SHOWN]))
    rows = {row.id: row for row in session.scalars(found)}
    ordered = [rows[number] for number in mention_ids[:SHOWN] if number in rows]
    return tuple(
        Quote(platform_label(row.platform), row.text, row.url or "", row.published_at)
        for row in ordered
    )


def rename(session: Session, topic: TopicRow) -> None:
    """Name a topic by the most telling phrase of its earliest posts."""
    own = [(row, part) for row, part in _rows(session, topic, NAMED_BY, posts_only=True)]
    told = [Told(row.title, strip_repost(row.text), frozenset(_terms(row))) for row, _ in own]
    topic.name = name_of(told, rarity) or topic.name


def _terms(row: MentionRow) -> list[str]:
    return [one[1:] for one in signature_of(row).features if one[0] in "~!"]


def _rows(session: Session, topic: TopicRow, most: int = READ, *, posts_only: bool = False) -> Rows:
    found = (
        select(MentionRow, BrandMentionRow)
        .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
        .where(BrandMentionRow.topic_id == topic.id)
        .order_by(BrandMentionRow.published_at, MentionRow.id)
        .limit(most)
    )
    if posts_only:
        found = found.where(MentionRow.parent_id.is_(None), MentionRow.private.is_(False))
    return [(row, part) for row, part in session.execute(found)]


def _post(row: MentionRow, part: BrandMentionRow) -> Post:
    own = strip_repost(row.text)
    signature = signature_of(row)
    return Post(
        id=row.id,
        author=row.author_key,
        at=row.published_at,
        wording=signature.exact,
        length=signature.length,
        repost=row.parent_id is not None,
        followers=row.followers,
        claims=part.risk is not None,
        first_hand=first_hand(own),
        hearsay=hearsay(own),
        doubts=doubts(own),
        denies=part.stance == "denied" or denies(own),
        official=part.own or row.authority == "official",
    )


def _sources(session: Session, topic: TopicRow) -> tuple[tuple[str, int], ...]:
    number = func.count().label("number")
    found = (
        select(MentionRow.platform, number)
        .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
        .where(BrandMentionRow.topic_id == topic.id)
        .group_by(MentionRow.platform)
        .order_by(number.desc(), MentionRow.platform)
    )
    return tuple((platform, count) for platform, count in session.execute(found))


def _representative(rows: Rows) -> tuple[MentionRow, ...]:
    """The posts that share most with the others, one a wording."""
    own = {signature_of(row).exact: row for row, _ in reversed(rows) if row.parent_id is None}
    known = Counter(term for row in own.values() for term in set(_terms(row)))
    weights = {
        row.id: sum(rarity(term) * (known[term] - 1) for term in set(_terms(row)))
        for row in own.values()
    }
    ranked = sorted(own.values(), key=lambda row: (-weights[row.id], row.published_at, row.id))
    return tuple(ranked[:SHOWN])


def _most_negative(session: Session, topic: TopicRow) -> tuple[MentionRow, ...]:
    """The posts that the model is surest are negative, those with a claim first; one a wording."""
    read = (PredictionRow.words_hash == BrandMentionRow.words_hash) & (
        PredictionRow.model == BrandMentionRow.model
    )
    found = (
        select(MentionRow)
        .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
        .outerjoin(PredictionRow, read)
        .where(
            BrandMentionRow.topic_id == topic.id,
            BrandMentionRow.negative,
            MentionRow.private.is_(False),
        )
        .order_by(
            BrandMentionRow.risk.is_(None),
            func.coalesce(PredictionRow.negative, 0.0).desc(),
            MentionRow.id,
        )
        .limit(SHOWN * 10)
    )
    own = {signature_of(row).exact: row for row in reversed(session.scalars(found).all())}
    return tuple(list(reversed(own.values()))[:SHOWN])


def _curve(session: Session, topic: TopicRow) -> tuple[timedelta, tuple[tuple[datetime, int], ...]]:
    """Posts in steps of a quarter of an hour or more, at most four dozen, from the first one on."""
    span = topic.last_published_at - topic.first_published_at
    step = next((one for one in _STEPS if span < one * BUCKETS), _STEPS[-1])
    times = select(BrandMentionRow.published_at).where(BrandMentionRow.topic_id == topic.id)
    counts = Counter(_floor(at, step) for at in session.scalars(times))
    if not counts:
        return step, ()
    start, last = min(counts), max(counts)
    number = min(BUCKETS, int((last - start) / step) + 1)
    return step, tuple((start + n * step, counts[start + n * step]) for n in range(number))


def _floor(at: datetime, step: timedelta) -> datetime:
    """The beginning of a step; all steps begin at a midnight in Shanghai, weeks on a Monday."""
    return _MONDAY + (at - _MONDAY) // step * step
