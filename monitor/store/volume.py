"""Counts of a brand's mentions in five-minute bins, and which hours could be seen at all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Integer, case, cast, extract, func, select
from sqlalchemy.orm import Session

from monitor.store.first_week_schema import BackfillRow
from monitor.store.schema import BrandMentionRow, MentionRow, SourceRow

BIN = timedelta(minutes=5)
WEIGHED = timedelta(days=7)  # of which a source's share of a brand's mentions is taken
PLAIN = 10.0  # attention of one plain post: heat is counted in posts
Counts = tuple[float, float, float]
"""Mentions, negative ones, and their attention in plain posts."""


def binned(
    session: Session, brand: str, since: datetime, until: datetime
) -> dict[str, dict[datetime, Counts]]:
    """Counts by risk code (empty for all) and start of the bin, of what was published in between.

    One range of the index on brand and publication, grouped by the database.
    """
    at = BrandMentionRow.published_at
    epoch = extract("epoch", at)
    width = int(BIN.total_seconds())
    start = cast(epoch - epoch % width, Integer).label("start")
    found = (
        select(
            start,
            BrandMentionRow.risk,
            func.count(),
            func.sum(case((BrandMentionRow.negative, 1), else_=0)),
            func.sum(BrandMentionRow.attention),
        )
        .where(BrandMentionRow.brand == brand, at >= since, at <= until)
        .group_by(start, BrandMentionRow.risk)
        .order_by(start, BrandMentionRow.risk)
    )
    counted: dict[str, dict[datetime, Counts]] = {"": {}}
    for second, risk, number, negative, attention in session.execute(found):
        bin_at = datetime.fromtimestamp(second, UTC)
        counts = (float(number), float(negative), float(attention) / PLAIN)
        for code in {"", risk or ""}:
            known = counted.setdefault(code, {})
            known[bin_at] = _sum(known.get(bin_at, (0.0, 0.0, 0.0)), counts)
    return counted


def _sum(one: Counts, other: Counts) -> Counts:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def first_seen(session: Session, brand: str, after: datetime, before: datetime) -> datetime | None:
    """Since when a brand has been watched, as far as anybody knows; not before `after`.

    Sources say when they began and how far back they were read; what came in as a file speaks for
    itself from its first mention on, if that lies before `before`. A lone old post that a source
    brought up proves nothing.
    """
    names = list(session.scalars(select(SourceRow.name)))
    whole = select(func.min(BackfillRow.begin)).where(BackfillRow.whole)
    filed = (
        select(BrandMentionRow.published_at)
        .join(MentionRow, MentionRow.id == BrandMentionRow.mention_id)
        .where(
            BrandMentionRow.brand == brand,
            BrandMentionRow.published_at > after,
            BrandMentionRow.published_at <= before,
            MentionRow.source.not_in(names),
        )
        .order_by(BrandMentionRow.published_at)
        .limit(1)
    )
    begun = (
        session.scalar(select(func.min(SourceRow.since))),
        session.scalar(whole),
        session.scalar(filed),
    )
    known = [one for one in begun if one is not None]
    return max(after, min(known)) if known else None


def unread(session: Session, hour_end: datetime) -> set[str]:
    """Sources that have not been read since an hour ended: what it held of theirs is missing."""
    rows = session.scalars(select(SourceRow).where(SourceRow.since < hour_end))
    return {row.name for row in rows if not _has_read(row, hour_end)}


def _has_read(row: SourceRow, hour_end: datetime) -> bool:
    """Read after the hour, or read in order and not due again before it ended."""
    if row.last_ok_at is not None and row.last_ok_at >= hour_end:
        return True
    return row.failures == 0 and row.blind_since is None and row.due_at >= hour_end


def blindness(session: Session, brand: str, now: datetime) -> list[tuple[datetime, float]]:
    """Since when each blind source shows nothing, and its share of the brand's mentions."""
    found = select(SourceRow.name, SourceRow.blind_since).where(SourceRow.blind_since.is_not(None))
    rows = session.execute(found).all()
    share = shares(session, brand, now, [name for name, _ in rows]) if rows else {}
    return [(since or now, share[name]) for name, since in rows]


def shares(session: Session, brand: str, now: datetime, names: Iterable[str]) -> dict[str, float]:
    """What share of a brand's mentions of the last week each of these sources brought."""
    wanted = list(names)
    found = (
        select(MentionRow.source, func.count())
        .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
        .where(
            BrandMentionRow.brand == brand,
            BrandMentionRow.published_at > now - WEIGHED,
            BrandMentionRow.published_at <= now,
        )
        .group_by(MentionRow.source)
    )
    counted = {str(name): int(number) for name, number in session.execute(found)}
    watched = set(session.scalars(select(SourceRow.name)))
    # A source that brought nothing yet still counts as much as one mention.
    weights = {name: counted.get(name, 0) + 1.0 for name in watched | set(counted)}
    total = sum(weights.values())
    return {name: weights.get(name, 0.0) / total for name in wanted} if total else {}
