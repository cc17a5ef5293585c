"""Forgets what the configuration no longer keeps: old mentions, rejects, crawls and messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from monitor.store.database import Database
from monitor.store.evidence_schema import HoldRow
from monitor.store.holds import held_mentions, topics_of_incidents
from monitor.store.private_schema import PrivateRow, TipRow
from monitor.store.response_schema import AttemptRow, IncidentRow, OutboxRow
from monitor.store.schema import (
    Base,
    BrandMentionRow,
    CorrectionRow,
    CrawlRow,
    DecisionRow,
    MentionRow,
    PredictionRow,
    RejectRow,
    SnapshotRow,
    TopicRow,
)
from monitor.store.silence_schema import HeldRow, SilenceRow

BATCH = 500  # rows per transaction: a purge never holds up the daemon for long
# What nobody works on any more; a resolved incident may still return, so its mentions stay.
ENDED = ("closed", "merged", "dismissed")
FINAL = ("sent", "unknown", "dead", "cancelled", "superseded")


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """Nothing stored before these instants is kept."""

    mentions: datetime
    raw: datetime
    audit: datetime
    gone: datetime | None = None
    """Mentions that their authors were seen to have deleted before this instant go."""
    private: datetime | None = None
    """Private records of customers keep their own, shorter time."""
    sources: Mapping[str, datetime] = field(default_factory=dict)
    """In place of `mentions`, for what came from these sources."""

    @classmethod
    def at(
        cls,
        now: datetime,
        mentions: int,
        raw: int,
        audit: int,
        *,
        gone: int | None = None,
        private: int | None = None,
        sources: Mapping[str, int] | None = None,
    ) -> Cutoffs:
        """The instants so many days before now."""

        def ago(days: int) -> datetime:
            return now - timedelta(days=days)

        return cls(
            ago(mentions),
            ago(raw),
            ago(audit),
            gone=None if gone is None else ago(gone),
            private=None if private is None else ago(private),
            sources={name: ago(days) for name, days in (sources or {}).items()},
        )


def count(session: Session, cut: Cutoffs) -> dict[str, int]:
    """How many rows of each kind would go."""
    return {
        name: session.scalar(select(func.count()).select_from(found(cut).subquery())) or 0
        for name, (found, _) in KINDS.items()
    }


def purge(database: Database, cut: Cutoffs) -> dict[str, int]:
    """Delete what is too old, in small transactions; returns how many rows of each kind went."""
    return {name: _all(database, cut, *kind) for name, kind in KINDS.items()}


def _all(
    database: Database,
    cut: Cutoffs,
    found: Callable[[Cutoffs], Select[Any]],
    forget: Callable[[Session, list[Any]], None],
) -> int:
    gone = 0
    while True:
        with database.transaction() as session:
            ids = list(session.scalars(found(cut).limit(BATCH)))
            if not ids:
                return gone
            forget(session, ids)
            gone += len(ids)


def needed() -> ColumnElement[bool]:
    """Mentions that a running incident or a legal hold still needs."""
    running = topics_of_incidents(IncidentRow.lifecycle.not_in(ENDED))
    worked = exists().where(
        BrandMentionRow.mention_id == MentionRow.id, BrandMentionRow.topic_id.in_(running)
    )
    return or_(worked, MentionRow.id.in_(held_mentions()))


def _mentions(cut: Cutoffs) -> Select[Any]:
    own = MentionRow.source.in_(list(cut.sources))
    old = [and_(~own, MentionRow.stored_at < cut.mentions)]
    old += [
        and_(MentionRow.source == name, MentionRow.stored_at < at)
        for name, at in cut.sources.items()
    ]
    if cut.gone is not None:
        old.append(MentionRow.gone_at < cut.gone)
    return select(MentionRow.id).where(or_(*old), ~needed())


def forget_mentions(session: Session, ids: list[Any]) -> None:
    """Delete these mentions with all that hangs on them."""
    session.execute(delete(SnapshotRow).where(SnapshotRow.mention_id.in_(ids)))
    session.execute(delete(BrandMentionRow).where(BrandMentionRow.mention_id.in_(ids)))
    session.execute(delete(MentionRow).where(MentionRow.id.in_(ids)))


def _predictions(cut: Cutoffs) -> Select[Any]:
    """Judgements of texts that we no longer have."""
    used = exists().where(BrandMentionRow.words_hash == PredictionRow.words_hash)
    return select(PredictionRow.words_hash).where(PredictionRow.at < cut.mentions, ~used).distinct()


def _corrections(cut: Cutoffs) -> Select[Any]:
    """People's words on texts that we no longer have: records of who did what, so kept as long."""
    used = exists().where(BrandMentionRow.words_hash == CorrectionRow.words_hash)
    return select(CorrectionRow.id).where(CorrectionRow.at < cut.audit, ~used)


def _topics(cut: Cutoffs) -> Select[Any]:
    """Topics without mentions that no incident, ended or not, refers to."""
    used = exists().where(BrandMentionRow.topic_id == TopicRow.id)
    worked = exists().where(IncidentRow.topic_id == TopicRow.id)
    old = TopicRow.last_published_at < cut.mentions
    return select(TopicRow.id).where(old, TopicRow.tier == 0, ~used, ~worked)


def _forget_topics(session: Session, ids: list[Any]) -> None:
    session.execute(delete(DecisionRow).where(DecisionRow.topic_id.in_(ids)))
    session.execute(delete(TopicRow).where(TopicRow.id.in_(ids)))


def _messages(cut: Cutoffs) -> Select[Any]:
    ended = OutboxRow.status.in_(FINAL)
    return select(OutboxRow.id).where(OutboxRow.created_at < cut.audit, ended)


def _forget_messages(session: Session, ids: list[Any]) -> None:
    session.execute(delete(AttemptRow).where(AttemptRow.message_id.in_(ids)))
    session.execute(delete(OutboxRow).where(OutboxRow.id.in_(ids)))


def _silences(cut: Cutoffs) -> Select[Any]:
    """Those that ended long ago and whose held messages have been looked through."""
    over = SilenceRow.settled_at < cut.audit
    return select(SilenceRow.id).where(SilenceRow.end < cut.audit, over)


def _forget_silences(session: Session, ids: list[Any]) -> None:
    session.execute(delete(HeldRow).where(HeldRow.silence_id.in_(ids)))
    session.execute(delete(SilenceRow).where(SilenceRow.id.in_(ids)))


def _private(cut: Cutoffs) -> Select[Any]:
    """Private records, unless an incident in work has them as a sign."""
    running = topics_of_incidents(IncidentRow.lifecycle.not_in(ENDED))
    old = PrivateRow.stored_at < (cut.private or cut.mentions)
    free = or_(PrivateRow.topic_id.is_(None), PrivateRow.topic_id.not_in(running))
    return select(PrivateRow.id).where(old, free)


def _tips(cut: Cutoffs) -> Select[Any]:
    """Reports of colleagues, unless their incident is in work or under a hold."""
    working = select(IncidentRow.code).where(IncidentRow.lifecycle.not_in(ENDED))
    held = select(HoldRow.subject).where(HoldRow.kind == "incident", HoldRow.released_at.is_(None))
    free = or_(
        TipRow.incident.is_(None),
        and_(TipRow.incident.not_in(working), TipRow.incident.not_in(held)),
    )
    return select(TipRow.id).where(TipRow.at < (cut.private or cut.mentions), free)


def _forget(table: type[Base], key: Any) -> Callable[[Session, list[Any]], None]:  # noqa: ANN401
    """Delete the rows of a table that nothing refers to."""

    def forget(session: Session, ids: list[Any]) -> None:
        session.execute(delete(table).where(key.in_(ids)))

    return forget


Found = Callable[[Cutoffs], Select[Any]]
Forget = Callable[[Session, list[Any]], None]
KINDS: dict[str, tuple[Found, Forget]] = {
    "mentions": (_mentions, forget_mentions),
    "predictions": (_predictions, _forget(PredictionRow, PredictionRow.words_hash)),
    "corrections": (_corrections, _forget(CorrectionRow, CorrectionRow.id)),
    "topics": (_topics, _forget_topics),
    "rejects": (
        lambda cut: select(RejectRow.id).where(RejectRow.at < cut.raw),
        _forget(RejectRow, RejectRow.id),
    ),
    "crawls": (
        lambda cut: select(CrawlRow.id).where(CrawlRow.at < cut.raw),
        _forget(CrawlRow, CrawlRow.id),
    ),
    "messages": (_messages, _forget_messages),
    "silences": (_silences, _forget_silences),
    "private": (_private, _forget(PrivateRow, PrivateRow.id)),
    "tips": (_tips, _forget(TipRow, TipRow.id)),
}
"""What is forgotten, in an order that leaves nothing pointing into the void."""
