"""Collects: runs the sources that are due and keeps the freshness record of each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.facts import Kind
from crawlers.protocol import CrawlOutcome, CrawlRequest
from monitor.app import App
from monitor.config import SourceConfig
from monitor.stations import notices
from monitor.stations.take_in import Intake, take_in
from monitor.store.schema import CrawlRow, SourceRow

AT_ONCE = 2  # crawl children in parallel: each takes a core while it parses
BACK_OFF_LIMIT = 4  # a failing source waits at most 2**4 = 16 intervals, and never over an hour
LONGEST_WAIT = timedelta(hours=1)


def collect(app: App, now: datetime) -> int:
    """Run every due source once; returns how many ran."""
    with app.database.transaction() as session:
        register(app, session, now)
        due = _due(app, session, now)
        requests = [(source, _request(app, session, source, now)) for source in due]
    if not requests:
        return 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = pool.map(lambda pair: app.crawl(pair[1]), requests)
        for (source, _), outcome in zip(requests, outcomes, strict=True):
            _finished(app, source, outcome)
    return len(requests)


def register(app: App, session: Session, now: datetime) -> None:
    """Give every configured source its freshness record; forget those no longer configured."""
    known = {row.name: row for row in session.scalars(select(SourceRow))}
    wanted = {source.name for source in app.settings.sources if source.enabled}
    for name in wanted - known.keys():
        session.add(SourceRow(name=name, due_at=now, since=now))
    for name in known.keys() - wanted:
        session.delete(known[name])
    session.flush()


def _due(app: App, session: Session, now: datetime) -> list[SourceConfig]:
    due_at = {row.name: row.due_at for row in session.scalars(select(SourceRow))}
    return [
        source
        for source in app.settings.sources
        if source.name in due_at
        # No wait is longer than this, unless the clock was set back since it began.
        and not now < due_at[source.name] <= now + longest_wait(source)
    ]


def longest_wait(source: SourceConfig) -> timedelta:
    """The longest time between two runs, however often the source has failed."""
    return max(source.every, LONGEST_WAIT)


def _request(app: App, session: Session, source: SourceConfig, now: datetime) -> CrawlRequest:
    row = session.get_one(SourceRow, source.name)
    # Due again after the interval even if we die in the middle of this run.
    row.due_at = now + source.every
    return CrawlRequest(
        source=source.name,
        platform=source.platform,
        url=source.url,
        cache_dir=Path(app.settings.data_dir) / "crawl",
        now=now,
        cursor=row.cursor,
        follow_articles=source.articles,
        obey_robots=source.robots,
    )


def _finished(app: App, source: SourceConfig, outcome: CrawlOutcome) -> None:
    now = app.clock()
    app.database.repeat(lambda session: finish(app, session, source, outcome, now))


def finish(
    app: App, session: Session, source: SourceConfig, outcome: CrawlOutcome, now: datetime
) -> Intake:
    """Take in what came, move the cursor and the freshness record; one transaction."""
    intake = take_in(
        app, session, outcome.items, now, source=source.name, authority=source.authority
    )
    row = session.get(SourceRow, source.name)
    if row is not None:
        _freshen(row, source, outcome, now)
    session.add(
        CrawlRow(
            source=source.name,
            at=now,
            status=outcome.status,
            items=len(outcome.items),
            new=intake.new,
            rejected=len(intake.rejected),
            problems=[[one.kind, one.message_zh] for one in outcome.problems][:20],
            facts=dict(outcome.facts),
        )
    )
    return intake


def _freshen(row: SourceRow, source: SourceConfig, outcome: CrawlOutcome, now: datetime) -> None:
    row.last_run_at, row.cursor = now, dict(outcome.cursor)
    row.problem = outcome.problems[0].message_zh if outcome.problems else ""
    if outcome.items:
        row.last_item_at = now
    if outcome.status == "failed":
        row.failures += 1
        wait = source.every * 2 ** min(row.failures - 1, BACK_OFF_LIMIT)
        row.due_at = now + min(wait, longest_wait(source))
        row.status = "failed"
        return
    row.failures, row.last_ok_at, row.due_at = 0, now, now + source.every
    if outcome.items:
        row.silent_alerted_at = None
    row.status = "ok" if row.silent_alerted_at is None else "silent"


def watch_freshness(app: App, now: datetime) -> int:
    """Raise an alert of its own for every source that has brought nothing for too long."""
    alerted = 0
    with app.database.transaction() as session:
        for source in app.settings.sources:
            row = session.get(SourceRow, source.name)
            if row is None or row.silent_alerted_at is not None or not _silent(row, source, now):
                continue
            row.status, row.silent_alerted_at = "silent", now
            notices.operator(
                app,
                session,
                _sentence(app, row, source),
                now,
                cause=f"silent-{source.name}-{now.isoformat()}",
                kind=Kind.BLIND_SOURCE,
            )
            alerted += 1
    return alerted


def _silent(row: SourceRow, source: SourceConfig, now: datetime) -> bool:
    return now - (row.last_item_at or row.since) >= source.silent_after


def _sentence(app: App, row: SourceRow, source: SourceConfig) -> str:
    last = row.last_item_at or row.since
    local = last.astimezone(app.settings.zone)
    why = f"最近一次的问题：{row.problem}" if row.problem else "网站能打开，但没有新内容"
    return (
        f"来源「{source.name}」从 {local:%m-%d %H:%M} 起没有新内容，这段时间的舆情可能看不到。"
        f"{why}。请检查网址，或运行 fengsui sources check"
    )
