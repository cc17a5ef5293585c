"""Reads the records of sources and runs: the last runs, the budget used, who is blind."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.domain.source_health import Run, SourceState, clock
from monitor.store.first_week_schema import BackfillRow
from monitor.store.schema import CrawlRow, SourceRow

RECENT = 10  # runs; the state asks for the last streak, and two bad ones decide


def recent(session: Session, source: str) -> list[Run]:
    """Return the last runs of a source, the newest last."""
    found = select(CrawlRow).where(CrawlRow.source == source).order_by(CrawlRow.id.desc())
    return [as_run(row) for row in session.scalars(found.limit(RECENT))][::-1]


def as_run(row: CrawlRow) -> Run:
    """Return a record as the domain reads it; feeds count entries where others count rows."""
    facts = row.facts
    return Run(
        at=row.at,
        status=row.status,
        kinds=frozenset(kind for kind, _ in row.problems),
        rows=int(facts.get("rows") or facts.get("canary") or facts.get("entries") or 0),
        parsed=int(facts.get("parsed") or facts.get("canary") or facts.get("entries") or 0),
    )


def requests_since(session: Session, source: str, since: datetime) -> int:
    """Count the requests that a source's runs and backfills have sent since an instant."""
    found = select(CrawlRow.facts).where(CrawlRow.source == source, CrawlRow.at > since)
    runs = sum(int(facts.get("requests", 0)) for facts in session.scalars(found))
    return runs + backfill_requests_since(session, source, since)


def backfill_requests_since(session: Session, source: str, since: datetime) -> int:
    """Count the requests that a source's backfills alone have sent since an instant."""
    sent = func.coalesce(func.sum(BackfillRow.requests), 0)
    found = select(sent).where(BackfillRow.source == source, BackfillRow.at > since)
    return int(session.scalar(found) or 0)


def blind(session: Session, now: datetime) -> list[str]:
    """Return each blind source with the time, such as 「微博」14:05 起看不到."""
    found = select(SourceRow).where(SourceRow.blind_since.is_not(None)).order_by(SourceRow.name)
    return [
        f"「{row.name}」{clock(row.blind_since or row.since, now)} 起看不到"
        for row in session.scalars(found)
        if SourceState(row.status).blind
    ]
