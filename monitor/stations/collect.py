"""Collects: runs the sources that are due and records what each run brought."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawlers.connectors.base import Grade
from crawlers.hosts import host_of, place_of
from crawlers.protocol import CrawlOutcome, CrawlRequest
from crawlers.receivers.intake import failed
from crawlers.receivers.letters import PASSED_OVER, LettersOutcome
from monitor.app import App
from monitor.config import Settings, SourceConfig
from monitor.domain.source_pace import LONGEST_WISH, Budget, allowance, pace, tightest
from monitor.stations import notices, receive, rereads, source_watch, tips
from monitor.stations.side_by_side import side_by_side
from monitor.stations.take_in import Intake, take_in
from monitor.store.crawls import requests_since
from monitor.store.schema import CrawlRow, SourceRow
from monitor.text.pii import mask
from monitor.vault import VaultError

DAY = timedelta(days=1)
# Requests of one run where no budget says less: pages of 20 queries, inside the deadline.
MOST_REQUESTS = 100
SESSION_DELAY = 10.0  # seconds between requests of a session connector, as DESIGN sets for T4
SESSION_LOOKS = 3  # posts that a session looks at again in a run: half a minute at its pace
UNDER_ROBOTS = frozenset({Grade.OPEN, Grade.EXPORT})
"""Official interfaces are made for programs; a session connector has its written authorisation."""


def collect(app: App, now: datetime) -> int:
    """Run every due source once; returns how many ran."""
    with app.database.transaction() as session:
        register(app, session, now)
        requests = [(one, _planned(app, session, one, now)) for one in _due(app, session, now)]
    planned = [(source, request) for source, request in requests if request is not None]
    for (source, request), outcome in side_by_side(planned, _site, lambda one: _run(app, *one)):
        _finished(app, source, request, outcome)
    return len(planned)


def _site(pair: tuple[SourceConfig, CrawlRequest]) -> str:
    source, request = pair
    return place_of(request.url) if host_of(request.url) else source.name


def _run(app: App, source: SourceConfig, request: CrawlRequest) -> CrawlOutcome:
    return receive.receive(app, request) if source.about.waits else app.crawl(request)


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
    due_at = {row.name: row.due_at for row in session.scalars(select(SourceRow)) if not row.stopped}
    return [
        source
        for source in app.settings.sources
        if source.name in due_at
        # No wait is longer than this, unless the clock was set back since it began.
        and not now < due_at[source.name] <= now + longest_wait(source)
    ]


def longest_wait(source: SourceConfig) -> timedelta:
    """The longest time between two runs, however often the source has failed or asked to wait."""
    return max(interval(source), LONGEST_WISH)


def budget(source: SourceConfig) -> Budget | None:
    """What the platform and the configuration let this source ask."""
    quota, daily = source.about.quota, source.budget_per_day
    return tightest(
        Budget(quota.calls, quota.per) if quota else None, Budget(daily, DAY) if daily else None
    )


def interval(source: SourceConfig) -> timedelta:
    """How long after a good run the next one is due."""
    return pace(source.every, budget(source))


def _planned(
    app: App, session: Session, source: SourceConfig, now: datetime
) -> CrawlRequest | None:
    """The request for a due source; None while its budget is used up or it is not allowed."""
    row = session.get_one(SourceRow, source.name)
    # Due again after the interval even if we die in the middle of this run.
    row.due_at = now + interval(source)
    if not source_watch.is_authorised(source, now):
        source_watch.stop(row, source_watch.EXPIRED)
        return None
    most = _allowed(session, source, now)
    if most == 0:
        return None
    request = request_of(app.settings, source, now, cursor=row.cursor, max_requests=most)
    posts = rereads.wanted(session, source.name, now)
    if source.about.grade is Grade.SESSION:
        posts = posts[:SESSION_LOOKS]
    return replace(request, posts=posts, titles=rereads.titles(session, source.name, posts))


def _allowed(session: Session, source: SourceConfig, now: datetime) -> int:
    """How many requests the budget leaves to this run."""
    limit = budget(source)
    if limit is None:
        return MOST_REQUESTS
    used = requests_since(session, source.name, now - limit.per)
    return allowance(limit, interval(source), used, MOST_REQUESTS)


def request_of(
    settings: Settings,
    source: SourceConfig,
    now: datetime,
    *,
    cursor: dict[str, object] | None = None,
    max_requests: int = MOST_REQUESTS,
    folder: str = "crawl",
) -> CrawlRequest:
    """Return what the crawler is asked for this source."""
    about = source.about
    session = about.grade is Grade.SESSION
    return CrawlRequest(
        source=source.name,
        platform=source.platform,
        url=source.url,
        cache_dir=Path(settings.data_dir) / folder,
        now=now,
        cursor=cursor or {},
        kind=source.kind,
        queries=source.query or _brand_words(settings),
        canary=source.canary,
        secrets=source.credentials,
        options=source.settings,
        follow_articles=source.articles,
        obey_robots=source.robots and about.grade in UNDER_ROBOTS,
        max_requests=max_requests,
        delay_seconds=max(about.delay_seconds, SESSION_DELAY if session else 0.0),
    )


def _brand_words(settings: Settings) -> tuple[str, ...]:
    """What a search looks for unless the configuration says: every name of every brand."""
    return tuple(word for one in settings.brands for word in (one.name, *one.aliases))


def _finished(app: App, source: SourceConfig, request: CrawlRequest, outcome: CrawlOutcome) -> None:
    now = app.clock()

    def write(session: Session) -> None:
        finish(app, session, source, outcome, now)
        if isinstance(outcome, LettersOutcome):
            tips.take(app, session, outcome.letters, source.name, now)
        for one in outcome.problems:
            if one.kind == PASSED_OVER:
                notices.operator(app, session, one.message_zh, now)
        rereads.looked(session, source.name, request.posts, outcome, now)

    try:
        app.database.repeat(write)
    except VaultError as error:
        # What is private cannot be sealed now: nothing is taken and the cursor stays.
        outcome = failed(request, "vault", f"带来的非公开数据存不了：{error}")
        app.database.repeat(write)
    else:
        receive.tidy(request, outcome)


def finish(
    app: App, session: Session, source: SourceConfig, outcome: CrawlOutcome, now: datetime
) -> Intake:
    """Take in what came, move the cursor and the freshness record; one transaction."""
    intake = take_in(
        app, session, outcome.items, now, source=source.name, authority=source.authority
    )
    run = CrawlRow(
        source=source.name,
        at=now,
        status=outcome.status,
        items=sum(not item.raw.get("looked_again") for item in outcome.items),
        new=intake.new + intake.private,
        rejected=len(intake.rejected),
        problems=[[one.kind, mask(one.message_zh)] for one in outcome.problems][:20],
        facts=dict(outcome.facts),
    )
    session.add(run)
    session.flush()
    row = session.get(SourceRow, source.name)
    if row is not None:
        row.cursor = dict(outcome.cursor)
        run.state = source_watch.freshen(session, row, source, run, interval(source))
    return intake
