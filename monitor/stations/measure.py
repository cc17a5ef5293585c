"""Measures a topic: counts over windows, heat, independent sources and claims, as of an instant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    and_,
    case,
    distinct,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from monitor.clustering import similarity
from monitor.domain.heat import heat_of_attention
from monitor.domain.mention import Claim
from monitor.domain.metrics import Metrics
from monitor.domain.policy import Policy
from monitor.domain.signals import is_floor_claim
from monitor.stations.volumes import Volumes, volumes
from monitor.store.crawls import blind
from monitor.store.schema import BrandMentionRow, MentionRow, SourceRow, TopicRow
from monitor.text.spam import spam_signs

HOUR = timedelta(hours=1)
CLAIMS = 100  # claims read per look: the earliest carry the story, and a flood adds nothing new
SAME_TEXT = 0.8  # DESIGN §7: texts this similar are one source
ENOUGH_SOURCES = 6  # more independent sources change no rule
ENOUGH_THROWN_OUT = 20  # versions of a false alarm to compare with; each costs some 0.1 ms a claim


@dataclass(frozen=True, slots=True)
class Weighed:
    """What people have weighed already: only what reached us after these instants still counts."""

    claims_until: datetime | None = None
    """A commander lowered the tier: the claims known then are answered, the noise is not."""
    all_until: datetime | None = None
    """The incident ended: nothing known then brings it back."""
    thrown_out: bool = False
    """It ended as a false alarm: the same claim said once more is none, only a new voice is."""


def measure(
    session: Session,
    topic: TopicRow,
    policy: Policy,
    now: datetime,
    weighed: Weighed | None = None,
    known: dict[str, Volumes] | None = None,
) -> Metrics:
    """Metrics of one topic at `now`, over the policy's window, without what is weighed already.

    `known` remembers the volume of a brand between topics that are looked at together.
    """
    weighed = weighed or Weighed()
    known = {} if known is None else known
    if topic.brand not in known:
        known[topic.brand] = volumes(session, topic.brand, now)
    since = now - policy.window
    counts = _counts(session, topic, since, now, weighed)
    claims = _claims(session, topic, since, _unseen(weighed.claims_until or weighed.all_until))
    if weighed.thrown_out:
        claims = _new_voices(session, topic, since, weighed, claims)
    watched = _watched(session, topic, since, weighed)
    return _metrics(policy, now, counts, claims, watched, known[topic.brand], sight(session, now))


def measure_quiet(
    session: Session,
    brand: str,
    topics: Iterable[int],
    policy: Policy,
    now: datetime,
    known: dict[str, Volumes],
) -> dict[int, Metrics]:
    """What `measure` says of a brand's topics in which nothing is claimed, watched or weighed.

    Topics with a claim or a watch rule in them are left out, and those that the window has left.
    """
    if brand not in known:
        known[brand] = volumes(session, brand, now)
    since, seen = now - policy.window, sight(session, now)
    part = BrandMentionRow
    told = func.sum(case((or_(part.risk.is_not(None), part.rule.is_not(None)), 1), else_=0))
    found = (
        select(part.topic_id, told.label("told"), *_columns(now))
        .join(MentionRow, MentionRow.id == part.mention_id)
        .where(part.topic_id.in_(topics), part.published_at > since, part.own.is_(False))
        .group_by(part.topic_id)
    )
    rows = [row for row in session.execute(found) if not row.told]
    return {row.topic_id: _metrics(policy, now, row, [], (), known[brand], seen) for row in rows}


@dataclass(frozen=True, slots=True)
class Sight:
    """Whether every source is answering, and which show nothing."""

    healthy: bool
    blind: tuple[str, ...]


def sight(session: Session, now: datetime) -> Sight:
    """What can be seen at the moment."""
    return Sight(is_healthy(session), tuple(blind(session, now)))


def _metrics(
    policy: Policy,
    now: datetime,
    counts: Row[Any],
    claims: list[Row[BrandMentionRow, MentionRow]],
    watched: tuple[tuple[str, int], ...],
    heard: Volumes,
    seen: Sight,
) -> Metrics:
    floor = [row for row in claims if is_floor_claim(_claim(row), policy)]
    return Metrics(
        at=now,
        mentions=counts.mentions or 0,
        hour=counts.hour or 0,
        previous_hour=counts.previous or 0,
        views=int(counts.views) if counts.views is not None else None,
        negative_share=(counts.negative or 0) / max(1, counts.mentions or 0),
        heat=heat_of_attention(counts.attention or 0.0, counts.voices or 0),
        sources=len(independent(floor)),
        platforms=counts.platforms or 0,
        claims=tuple(_claim(row) for row in claims),
        watched=watched,
        **_volume(heard, [_claim(row) for row in claims]),
        healthy=seen.healthy,
        blind=seen.blind,
    )


def _unseen(instant: datetime | None) -> ColumnElement[bool]:
    """Mentions that reached us after an instant, whenever they were published."""
    return MentionRow.stored_at > instant if instant is not None else true()


def _counts(
    session: Session, topic: TopicRow, since: datetime, now: datetime, weighed: Weighed
) -> Row[Any]:
    found = (
        select(*_columns(now))
        .join(MentionRow, MentionRow.id == BrandMentionRow.mention_id)
        .where(
            BrandMentionRow.topic_id == topic.id,
            BrandMentionRow.published_at > since,
            BrandMentionRow.own.is_(False),
            _unseen(weighed.all_until),
        )
    )
    return session.execute(found).one()


def _columns(now: datetime) -> tuple[ColumnElement[Any], ...]:
    at = BrandMentionRow.published_at
    # Who passes a post on is no source of its own; nameless posts are told apart by their ids.
    author = func.coalesce(MentionRow.author_key, MentionRow.native_id)
    voice = case((MentionRow.parent_id.is_(None), author))
    before = and_(at > now - 2 * HOUR, at <= now - HOUR)
    return (
        func.count().label("mentions"),
        func.sum(case((at > now - HOUR, 1), else_=0)).label("hour"),
        func.sum(case((before, 1), else_=0)).label("previous"),
        func.sum(case((BrandMentionRow.negative, 1), else_=0)).label("negative"),
        func.sum(BrandMentionRow.attention).label("attention"),
        func.sum(MentionRow.views).label("views"),
        func.count(distinct(MentionRow.platform)).label("platforms"),
        func.count(distinct(voice)).label("voices"),
    )


def _claims(
    session: Session, topic: TopicRow, since: datetime, known: ColumnElement[bool]
) -> list[Row[BrandMentionRow, MentionRow]]:
    found = (
        select(BrandMentionRow, MentionRow)
        .join(MentionRow, MentionRow.id == BrandMentionRow.mention_id)
        .where(
            BrandMentionRow.topic_id == topic.id,
            BrandMentionRow.published_at > since,
            BrandMentionRow.risk.is_not(None),
            known,
        )
        .order_by(BrandMentionRow.blamed.desc(), BrandMentionRow.published_at)
        .limit(CLAIMS)
    )
    return list(session.execute(found).all())


def _new_voices(
    session: Session,
    topic: TopicRow,
    since: datetime,
    weighed: Weighed,
    claims: list[Row[BrandMentionRow, MentionRow]],
) -> list[Row[BrandMentionRow, MentionRow]]:
    """Leave out who only says again what was thrown out."""
    known = ~_unseen(weighed.all_until)
    told = independent(_claims(session, topic, since, known), ENOUGH_THROWN_OUT)
    return [
        row
        for row in claims
        if _is_voice(row[1]) and not any(_same_source(row[1], one) for one in told)
    ]


def _watched(
    session: Session, topic: TopicRow, since: datetime, weighed: Weighed
) -> tuple[tuple[str, int], ...]:
    found = (
        select(BrandMentionRow.rule, BrandMentionRow.mention_id)
        .join(MentionRow, MentionRow.id == BrandMentionRow.mention_id)
        .where(
            BrandMentionRow.topic_id == topic.id,
            BrandMentionRow.published_at > since,
            BrandMentionRow.rule.is_not(None),
            BrandMentionRow.negative,
            _unseen(weighed.all_until),
        )
        .order_by(BrandMentionRow.published_at)
        .limit(5)  # as many as a decision shows
    )
    return tuple((row.rule or "", row.mention_id) for row in session.execute(found))


def _claim(row: Row[BrandMentionRow, MentionRow]) -> Claim:
    part: BrandMentionRow = row[0]
    return Claim(
        mention_id=part.mention_id,
        code=part.risk or "",
        score=part.risk_score,
        at=part.published_at,
        signs=frozenset(part.signs),
        floors=frozenset(part.floors),
        attributed=part.attributed,
        blamed=part.blamed,
        platform=row[1].platform,
    )


def independent(
    rows: Iterable[Row[BrandMentionRow, MentionRow]], enough: int = ENOUGH_SOURCES
) -> list[MentionRow]:
    """One mention per independent source: authors differ, texts less than 0.8 alike, no echoes."""
    kept: list[MentionRow] = []
    for _part, mention in rows:
        if len(kept) >= enough:
            break
        if _is_voice(mention) and not any(_same_source(mention, other) for other in kept):
            kept.append(mention)
    return kept


def _is_voice(mention: MentionRow) -> bool:
    """Whether somebody speaks: no repost, no spun copy, no betting site's search bait."""
    return not mention.parent_id and not spam_signs(mention.text, mention.title)


def _same_source(one: MentionRow, other: MentionRow) -> bool:
    same_author = one.author_key is not None and one.author_key == other.author_key
    return same_author or similarity(one.text, other.text) >= SAME_TEXT


def _volume(found: Volumes, claims: Iterable[Claim]) -> dict[str, Any]:
    """The brand's own numbers by name, and the streams that this topic is part of."""
    brand = found.get("", ())
    codes = dict.fromkeys(claim.code for claim in claims if claim.attributed)
    streams = (*brand, *(one for code in codes for one in found.get(code, ())))
    if not brand:
        return {}
    whole = brand[0]
    return {
        "surprise": max(whole.surprise_15m, whole.surprise_60m),
        "surprise_15m": whole.surprise_15m,
        "surprise_60m": whole.surprise_60m,
        "cusum": whole.cusum,
        "volume_score": whole.score,
        "volumes": streams,
    }


def is_healthy(session: Session) -> bool:
    """Whether every source we watch is answering; no data is not good news."""
    sick = or_(SourceRow.blind_since.is_not(None), SourceRow.failures > 0)
    return session.scalar(select(func.count()).where(sick)) == 0
