"""Reads sources back by date: a stretch of one query at a time, each committed with its position.

A backfilled mention carries its own date, so that it feeds topics and what is usual, and lies
outside the window in which anything can ring tonight. Whatever has no date would count as new and
is left out. Killed anywhere, the next call goes on behind the last whole stretch.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawlers.connectors.base import Reach
from crawlers.items import Item
from crawlers.protocol import CrawlOutcome, CrawlRequest
from monitor.app import App
from monitor.config import SourceConfig
from monitor.domain.source_health import SourceState
from monitor.domain.stretches import Stretch, gaps, halves, pieces
from monitor.stations import collect
from monitor.stations.take_in import take_in
from monitor.store import crawls
from monitor.store.first_week_schema import BackfillRow
from monitor.store.schema import SourceRow

PAGES = 40  # of one query in one stretch; App Store Connect then gives 8,000 reviews
MOST_ITEMS = 10_000  # of one stretch: as many as the crawl child's marks remember
DEADLINE_SECONDS = 600.0  # 100 requests at the five seconds that the slowest kind leaves between
SHORTEST = timedelta(days=1)  # engines ask by the day
SHARE = 2  # a backfill may use one half of a quota, the daily readings keep the other
PARTIAL = frozenset({"truncated", "deadline"})
"""Problems after which a shorter stretch may bring the rest."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of one query, to be read by one run of the crawler."""

    query: str
    stretch: Stretch


@dataclass(slots=True)
class Course:
    """The backfill of one source: what is left to be read, and what came of the rest."""

    source: SourceConfig
    why_not: str = ""
    """In Chinese, why nothing of it can be read back."""
    todo: deque[Piece] = field(default_factory=deque)
    done: int = 0
    new: int = 0
    known: int = 0
    unmatched: int = 0
    undated: int = 0
    """Left out for want of a date."""
    stopped: str = ""
    """In Chinese, why it was left before its end; the next call goes on."""
    failed: bool = False
    """Whether that is a fault, and not just a budget used up for today."""
    partial: list[Stretch] = field(default_factory=list)
    """Stretches of which the source gave only a part."""

    @property
    def reach(self) -> Reach | None:
        """How far back its kind can be read."""
        return self.source.about.reach


def plan(app: App, source: SourceConfig, wanted: Stretch, *, again: bool = False) -> Course:
    """Return what must be read of a source; `again` also reads what has been read before."""
    course = Course(source)
    reach = course.reach
    if reach is None:
        course.why_not = source.about.no_reach
        return course
    earliest = app.clock() - reach.longest if reach.longest else wanted[0]
    wanted = (max(wanted[0], earliest), wanted[1])
    request = collect.request_of(app.settings, source, app.clock())
    queries = dict.fromkeys(request.queries) if source.about.searches else ("",)
    with app.database.reading() as session:
        for query in queries:
            known = [] if again else covered(session, source.name, query)
            course.todo += (Piece(query, one) for one in _cut(reach, wanted, known))
    return course


def covered(session: Session, source: str, query: str) -> list[Stretch]:
    """The stretches that a query has been read for."""
    found = select(BackfillRow).where(BackfillRow.source == source, BackfillRow.query == query)
    return [(row.begin, row.end) for row in session.scalars(found)]


def _cut(reach: Reach, wanted: Stretch, known: list[Stretch]) -> Iterator[Stretch]:
    open_ones = [one for one in gaps(wanted, known) if not _is_recent(one, wanted, known)]
    if reach.span is None:
        # It can only be paged back from now: one reading, down to the oldest gap.
        yield from [(open_ones[0][0], wanted[1])] if open_ones else []
        return
    for gap in reversed(open_ones):
        yield from pieces(gap, reach.span)


def _is_recent(gap: Stretch, wanted: Stretch, known: list[Stretch]) -> bool:
    """The hours since the last call are the daily readings' affair, not worth a search."""
    begin, end = gap
    follows = any(until == begin for _, until in known)
    return follows and end == wanted[1] and end - begin < SHORTEST


def step(app: App, course: Course) -> None:
    """Read the next piece of a course and commit what came, with how far it was read."""
    now = app.clock()
    with app.database.reading() as session:
        course.stopped = _obstacle(session, course.source)
        room = 0 if course.stopped else _room(session, course.source, now)
    if not course.stopped and room <= 0:
        course.stopped = "回补的额度（总额的一半）用完了，其余留给日常读取"
    if course.stopped:
        return
    piece = course.todo.popleft()
    outcome = app.crawl(_request(app, course, piece, room, now))
    app.database.repeat(lambda session: _settle(app, session, course, piece, outcome))


def _obstacle(session: Session, source: SourceConfig) -> str:
    """Why a source is better left alone now; the breaker holds for a backfill too."""
    row = session.get(SourceRow, source.name)
    if row is None:
        return ""
    if row.stopped:
        return f"来源已停用：{row.stopped}"
    state = SourceState(row.status)
    return f"来源现在{state.label}，先不回补：{row.problem}" if state.blind else ""


def _room(session: Session, source: SourceConfig, now: datetime) -> int:
    """How many requests the next piece may send."""
    limit = collect.budget(source)
    if limit is None:
        return collect.MOST_REQUESTS
    since = now - limit.per
    own = crawls.backfill_requests_since(session, source.name, since)
    used = crawls.requests_since(session, source.name, since)
    return min(collect.MOST_REQUESTS, limit.calls // SHARE - own, limit.calls - used)


def _request(app: App, course: Course, piece: Piece, room: int, now: datetime) -> CrawlRequest:
    reach = course.reach
    begin, end = piece.stretch
    asked = collect.request_of(app.settings, course.source, now, max_requests=room)
    return replace(
        asked,
        queries=(piece.query,) if piece.query else (),
        since=begin,
        until=end if reach is not None and reach.span is not None else None,
        max_pages=PAGES,
        max_items=MOST_ITEMS,
        deadline_seconds=DEADLINE_SECONDS,
    )


def _settle(
    app: App, session: Session, course: Course, piece: Piece, outcome: CrawlOutcome
) -> None:
    """Take in what came and note the position, in one transaction."""
    now, source = app.clock(), course.source
    begin, end = piece.stretch
    dated = [one for one in outcome.items if one.published_at is not None]
    inside = [one for one in dated if _is_in(one, piece.stretch)]
    intake = take_in(app, session, inside, now, source=source.name, authority=source.authority)
    kinds = {one.kind for one in outcome.problems}
    read = outcome.status in {"ok", "empty"} and not kinds - PARTIAL
    parts = _parts(course, piece, outcome, kinds) if read else []
    row = BackfillRow(
        source=source.name,
        query=piece.query,
        begin=begin,
        end=end if read and not parts else begin,
        at=now,
        new=intake.new,
        requests=int(outcome.facts.get("requests", 0)),
        whole=read and not parts and not _is_cut(course, outcome, kinds),
    )
    session.add(row)
    session.flush()
    course.new, course.known = course.new + intake.new, course.known + intake.again
    course.unmatched += intake.unmatched
    course.undated += len(outcome.items) - len(dated)
    _go_on(course, piece, parts, row, outcome)


def _is_in(item: Item, stretch: Stretch) -> bool:
    return item.published_at is not None and stretch[0] <= item.published_at <= stretch[1]


def _is_cut(course: Course, outcome: CrawlOutcome, kinds: set[str]) -> bool:
    """Whether the source has more of this stretch than it gave."""
    rows = int(outcome.facts.get("rows", 0))
    full = course.reach is not None and 0 < course.reach.rows <= rows
    return full or bool(kinds & PARTIAL) or _ran_out_of_pages(outcome, rows)


def _ran_out_of_pages(outcome: CrawlOutcome, rows: int) -> bool:
    """A query whose mark did not move though it found something was not read to its end."""
    marks = outcome.cursor.get("queries", {}).values()
    dated = any(one.published_at for one in outcome.items)
    return rows > 0 and dated and any(mark[0] is None for mark in marks)


def _parts(course: Course, piece: Piece, outcome: CrawlOutcome, kinds: set[str]) -> list[Stretch]:
    """The halves to be read instead, where that may bring what was cut off."""
    spans = course.reach is not None and course.reach.span is not None
    if not spans or not _is_cut(course, outcome, kinds):
        return []
    return halves(piece.stretch, SHORTEST)


def _go_on(
    course: Course, piece: Piece, parts: list[Stretch], row: BackfillRow, outcome: CrawlOutcome
) -> None:
    if parts:
        course.todo.extendleft(Piece(piece.query, one) for one in reversed(parts))
    elif row.end > row.begin:
        course.done += 1
        course.partial += [] if row.whole else [piece.stretch]
    else:
        course.todo.appendleft(piece)
        course.failed = any(one.kind not in {"budget", "quota"} for one in outcome.problems)
        said = [one.message_zh for one in outcome.problems]
        course.stopped = said[0] if said else "没有读到内容"
