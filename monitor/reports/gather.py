"""Asks the store for what the weekly report is built from: a session in, plain values out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from crawlers.importers.platforms import platform_label
from monitor.domain.self_check import is_outside
from monitor.domain.silence import scope_words
from monitor.domain.source_health import SourceState
from monitor.domain.tier import Tier
from monitor.reports.gather_cases import cases
from monitor.reports.rows import (
    Crawl,
    Drilled,
    Gathered,
    Quote,
    Reject,
    Seen,
    Sent,
    Silenced,
    Watched,
)
from monitor.reports.sections import BASELINE
from monitor.reports.week import Week
from monitor.store import drills, incidents, silences
from monitor.store.response_schema import IncidentRow, OutboxRow
from monitor.store.schema import BrandMentionRow, CrawlRow, MentionRow, RejectRow, SourceRow

BLIND_STATES = frozenset(state for state in SourceState if state.blind)
QUOTES = 5  # per brand: one screen of a phone, and the decisions quote five as well


def gather(
    session: Session,
    week: Week,
    as_of: datetime,
    brands: Sequence[str],
    silent_after: Mapping[str, timedelta],
) -> Gathered:
    """Read a week and the 28 days before it, as known at `as_of`.

    `brands` are those to report on even if nobody spoke of them; `silent_after` says for each
    source how long it may bring nothing.
    """
    until = min(week.end, as_of)
    seen = _seen(session, week.start - BASELINE, until, as_of)
    found = cases(session, week.start, until, as_of)
    spoken_of = {one.brand for one in seen} | {one.brand for one in found}
    names = dict.fromkeys([*brands, *sorted(one for one in spoken_of if not is_outside(one))])
    return Gathered(
        brands=tuple(names),
        seen=seen,
        quotes=tuple(
            quote for name in names for quote in _quotes(session, name, week.start, until, as_of)
        ),
        cases=found,
        sent=_sent(session, week.start, until),
        crawls=_crawls(session, week.start, until),
        watched=_watched(session, week.start, until, silent_after),
        rejects=_rejects(session, week.start, until),
        drills=_drills(session, week.start, until),
        silences=_silences(session, week.start, until),
    )


def _seen(session: Session, since: datetime, until: datetime, as_of: datetime) -> tuple[Seen, ...]:
    part = BrandMentionRow
    judged = and_(MentionRow.state != "new", part.unread.is_(None))
    found = select(
        part.mention_id, part.brand, part.published_at, part.negative, judged, part.risk
    ).join(MentionRow, MentionRow.id == part.mention_id)
    found = found.where(
        part.published_at >= since,
        part.published_at < until,
        MentionRow.stored_at <= as_of,
        MentionRow.private.is_(False),
        part.own.is_(False),
    ).order_by(part.published_at, part.mention_id)
    return tuple(
        Seen(number, brand, at, negative, bool(known), risk)
        for number, brand, at, negative, known, risk in session.execute(found)
    )


def _quotes(
    session: Session, brand: str, since: datetime, until: datetime, as_of: datetime
) -> list[Quote]:
    """The mentions that drew the most attention."""
    found = (
        select(BrandMentionRow, MentionRow)
        .join(MentionRow, MentionRow.id == BrandMentionRow.mention_id)
        .where(
            BrandMentionRow.brand == brand,
            BrandMentionRow.published_at >= since,
            BrandMentionRow.published_at < until,
            MentionRow.stored_at <= as_of,
            MentionRow.private.is_(False),
            BrandMentionRow.own.is_(False),
            or_(
                BrandMentionRow.topic_id.is_(None),
                BrandMentionRow.topic_id.not_in(
                    select(IncidentRow.topic_id).where(IncidentRow.id.in_(_hidden(session)))
                ),
            ),
        )
        .order_by(BrandMentionRow.attention.desc(), MentionRow.published_at, MentionRow.id)
        .limit(QUOTES)
    )
    return [_quote(part, row) for part, row in session.execute(found)]


def _hidden(session: Session) -> list[int]:
    """Restricted incidents: the report goes to people who may not know of them."""
    return incidents.restricted_ids(session)


def _quote(part: BrandMentionRow, row: MentionRow) -> Quote:
    return Quote(
        id=row.id,
        brand=part.brand,
        at=row.published_at,
        platform=platform_label(row.platform),
        source=row.source,
        text=row.text,
        url=row.url or "",
        negative=part.negative,
        risk=part.risk,
    )


def _sent(session: Session, since: datetime, until: datetime) -> tuple[Sent, ...]:
    original = aliased(OutboxRow)  # a copy on the next channel belongs to the round of its original
    found = (
        select(
            OutboxRow,
            IncidentRow.code,
            func.coalesce(original.created_at, OutboxRow.created_at),
        )
        .outerjoin(IncidentRow, IncidentRow.id == OutboxRow.incident_id)
        .outerjoin(original, original.id == OutboxRow.origin)
        .where(
            OutboxRow.created_at >= since,
            OutboxRow.created_at < until,
            OutboxRow.kind != "card",  # a card that changes in place tells nobody anew
            or_(OutboxRow.incident_id.is_(None), OutboxRow.incident_id.not_in(_hidden(session))),
        )
        .order_by(OutboxRow.id)
    )
    return tuple(
        Sent(
            id=row.id,
            code=code or "",
            kind=row.kind,
            status=row.status,
            created_at=began,
            sent_at=row.sent_at,
        )
        for row, code, began in session.execute(found)
    )


def _crawls(session: Session, since: datetime, until: datetime) -> tuple[Crawl, ...]:
    run = CrawlRow
    found = (
        select(run.id, run.source, run.at, run.status, run.items, run.state)
        .where(run.at >= since, run.at < until)
        .order_by(run.at, run.id)
    )
    return tuple(
        Crawl(number, source, at, status == "failed", items, state in BLIND_STATES)
        for number, source, at, status, items, state in session.execute(found)
    )


def _watched(
    session: Session, since: datetime, until: datetime, silent_after: Mapping[str, timedelta]
) -> tuple[Watched, ...]:
    last = select(CrawlRow.source, func.max(CrawlRow.at)).where(
        CrawlRow.at < since, CrawlRow.items > 0
    )
    rows = session.execute(last.group_by(CrawlRow.source))
    before: dict[str, datetime] = {row[0]: row[1] for row in rows}
    sources = session.scalars(select(SourceRow).where(SourceRow.since < until))
    return tuple(
        Watched(row.name, row.since, silent_after.get(row.name), before.get(row.name))
        for row in sources
    )


def _rejects(session: Session, since: datetime, until: datetime) -> tuple[Reject, ...]:
    found = select(RejectRow.id, RejectRow.source, RejectRow.reason).where(
        RejectRow.at >= since, RejectRow.at < until
    )
    rows = session.execute(found.order_by(RejectRow.id))
    return tuple(Reject(number, source, reason) for number, source, reason in rows)


def _silences(session: Session, since: datetime, until: datetime) -> tuple[Silenced, ...]:
    """Silences of the week, without those of an incident that has become restricted since."""
    hidden = {incidents.load(session, one).code for one in _hidden(session)}
    return tuple(
        Silenced(
            number=one.id,
            scope=scope_words(silences.scope_of(one), Tier(one.tier)),
            begin=one.begin,
            end=one.end,
            made_by=one.made_by,
            ended_by=one.ended_by,
            reason=one.reason,
            held=silences.held_between(session, one.id, since, until),
        )
        for one in silences.between(session, since, until)
        if one.code not in hidden
    )


def _drills(session: Session, since: datetime, until: datetime) -> tuple[Drilled, ...]:
    return tuple(
        Drilled(
            number=one.id,
            title=one.title,
            ended_at=one.ended_at or one.started_at,
            auto=one.auto,
            total=one.score["total"],
            ack_minutes=one.score["ack_minutes"],
            levels_called=one.score["levels_called"],
            steps_on_time=one.score["steps_on_time"],
            steps_due=one.score["steps_due"],
        )
        for one in drills.between(session, since, until)
    )
