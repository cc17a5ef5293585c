"""Walks one connector's queries and pages: what to ask next, and what the answers amount to.

Pure: a generator that yields requests and events and is sent what came back. One request after
the other, so that the first refusal is also the last request.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress
from typing import Any

from crawlers import cursor as memory
from crawlers.connectors.base import (
    Answer,
    Ask,
    Connector,
    GoneError,
    Reading,
    RefusedError,
    Rereads,
    Task,
    WrongShapeError,
)
from crawlers.gates import fingerprint, gate
from crawlers.importers.record import item_to_record, parse_item
from crawlers.items import Item, ItemError
from crawlers.looks import look_at
from crawlers.parsing import is_web_address, shown
from crawlers.protocol import (
    CrawlRequest,
    Problem,
    answer_event,
    item_event,
    look_event,
    mark_event,
    problem_event,
    query_event,
)
from crawlers.walk_parts import Query, page_key, parsed, reaches

Event = dict[str, Any]
Outcome = tuple[Answer | None, Problem | None]
"""What became of a request: an answer, a problem, or a problem with the page that told of it."""
Steps = Generator[Event | Ask, Outcome, Any]
HARMLESS = frozenset({"schema", "not_found"})
"""After any other problem the walk ends: the next query would hear the same."""
OF_ONE_PAGE = HARMLESS | {"robots", "too_large", "bad_address", "private_address"}
"""What a page behind a list may have of its own; the other pages can still be read."""


class Walk:
    """One run of one connector; `steps` is the walk itself."""

    def __init__(self, job: CrawlRequest, connector: Connector) -> None:
        self.job, self.connector, self.about = job, connector, connector.about
        self.memory = memory.load(job.cursor, job.url)
        self.asked = self.rows = self.items = 0
        self.read, self.whole, self.stopped = False, True, False

    def steps(self) -> Steps:
        """Yield each request, to be sent its outcome, and each event."""
        for name in self._names():
            if self.stopped:
                break
            yield from self._query(name)
        if self.read and not self.rows and not self.stopped:
            yield from self._doubt()
        yield from self._look_again()
        if self.read:
            said = {"entries": self.rows, "complete": self.whole and not self.stopped}
            yield {"event": "feed", **said, "etag": "", "modified": ""}

    def _look_again(self) -> Steps:
        """Look at single posts again after everything new is in.

        Counters come where the connector can ask for one post; elsewhere its page alone is read.
        """
        for post, url in self.job.posts:
            if self.stopped or self.asked >= self.job.max_requests:
                break
            if isinstance(self.connector, Rereads):
                yield from self._look(post, self.connector.again(self._task(""), post, url))
            else:
                yield from self._look_at_page(post, url)

    def _look_at_page(self, post: str, url: str) -> Steps:
        """Read the page behind a post; what keeps us from it is no trouble of the source's."""
        if not is_web_address(url):
            yield look_event(post, gone=None)
            return
        self.asked += 1
        answer, problem = yield Ask(url, public=True)
        if answer is None or problem is not None:
            gone = problem is not None and problem.kind == "not_found"
            yield look_event(post, gone=gone or None)
            return
        marks = self.memory.marks
        yield from look_at(self.job, post, answer.url, answer.status, answer.text, marks)

    def _look(self, post: str, ask: Ask) -> Steps:
        self.asked += 1
        answer, problem = yield ask
        gone = problem is not None and problem.kind == "not_found"
        found: list[Item] = []
        try:
            if answer and not problem:
                found = self._items(self._read(answer, self._task("")).records)
        except GoneError:
            gone = True
        except (RefusedError, WrongShapeError) as error:
            problem = self._reason(error, ask.url)
            gone = problem.kind == "not_found"
        if problem is not None and not gone:
            yield problem_event(problem)
            self.stopped = problem.kind not in HARMLESS
        yield look_event(post, gone=gone or (False if found else None))
        yield from (event for item in found if (event := self._change(item)) is not None)

    def _names(self) -> list[str]:
        """Return the queries, the longest unread first, should the budget not do for all."""
        names = self.job.queries if self.about.searches else ("",)
        return sorted(dict.fromkeys(names), key=self._last_read)

    def _last_read(self, name: str) -> float:
        read_at = self._mark(name).read_at
        return read_at.timestamp() if read_at else 0.0

    def _mark(self, name: str) -> memory.QueryMark:
        return self.memory.queries.get(name, memory.QueryMark())

    def _query(self, name: str) -> Steps:
        query = Query(self._task(name))
        yield from self._first(query)
        while query.asks and not self.stopped:
            ask = query.asks.popleft()
            answer = yield from self._ask(ask, query)
            if answer is not None:
                yield from self._take(ask, *answer, query)
        if query.read:
            high = query.high if query.whole and not self.stopped else None
            yield query_event(name, high, self.job.now)

    def _first(self, query: Query) -> Steps:
        """Queue the first request, unless it cannot even be written: a key that is none."""
        try:
            query.asks.append(self.connector.first(query.task))
        except RefusedError as error:
            yield from self._fail(self._reason(error, self.job.url), query)

    def _task(self, name: str) -> Task:
        high = self._mark(name).high
        return Task(
            query=name,
            base=self.job.url.rstrip("/"),
            url=self.job.url,
            now=self.job.now,
            since=self.job.since or (high - self.about.overlap if high else None),
            until=self.job.until,
            secrets=self.job.secrets,
            options=self.job.options,
        )

    def _ask(
        self, ask: Ask, query: Query
    ) -> Generator[Event | Ask, Outcome, tuple[Reading, list[Item]] | None]:
        """Send one request; None when there is nothing to be had from it."""
        if self.asked >= self.job.max_requests:
            said = f"这次的请求额度 {self.job.max_requests} 次用完了，其余下次再取"
            yield from self._fail(self._problem("budget", said, ask.url), query)
            return None
        self.asked += 1
        answer, problem = yield ask
        try:
            reading = self._read(answer, query.task) if answer and not problem else None
        except (RefusedError, WrongShapeError) as error:
            reading, problem = None, self._reason(error, ask.url)
        if reading is None or reading.total == 0:
            problem = self._gate(answer) or problem
        items = self._items(reading.records) if reading else []
        if answer is not None:
            page, total = fingerprint(answer.text), reading.total if reading else 0
            shape = problem is None or problem.kind != "schema"
            yield answer_event(total, parsed(reading, items), page, shape=shape)
        if problem is not None:
            yield from self._fail(problem, query, OF_ONE_PAGE if ask.key else HARMLESS)
        return (reading, items) if reading is not None and problem is None else None

    def _items(self, records: list[dict[str, Any]]) -> list[Item]:
        """Return the records that make items; the others show in the share that was parsed."""
        base = {"observed_at": self.job.now.isoformat(), "platform": self.job.platform}
        items = []
        for record in records:
            with suppress(ItemError):
                items.append(parse_item({**base, **record}, self.job.now))
        return items

    def _read(self, answer: Answer, task: Task) -> Reading:
        try:
            return self.connector.read(answer, task)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            if isinstance(error, WrongShapeError):
                raise
            raise WrongShapeError("的返回和文档写的不一样") from error

    def _reason(self, error: RefusedError | WrongShapeError, url: str) -> Problem:
        if isinstance(error, RefusedError):
            return self._problem(error.kind, str(error), url)
        said = f"{error}，可能改版了。请升级烽燧，或先停用这个来源"
        return self._problem("schema", said, url)

    def _gate(self, answer: Answer | None) -> Problem | None:
        found = gate(answer.status, answer.url, answer.text) if answer else None
        return self._problem(*found, answer.url) if found and answer else None

    def _problem(self, kind: str, said: str, url: str) -> Problem:
        return Problem(kind, url, f"{self.about.title}{said}：{shown(url)}")

    def _fail(self, problem: Problem, query: Query, harmless: frozenset[str] = HARMLESS) -> Steps:
        yield problem_event(problem)
        query.whole = self.whole = False
        self.stopped = self.stopped or problem.kind not in harmless

    def _take(self, ask: Ask, reading: Reading, items: list[Item], query: Query) -> Steps:
        """Hand over what is new of an answer, and queue what follows from it."""
        query.read = self.read = True
        self.rows += reading.total
        events = [event for item in items if (event := self._change(item)) is not None]
        room = self.job.max_items - self.items
        self.items += len(events)
        yield from events[: max(0, room)]
        if ask.key and len(events) <= room:
            yield mark_event(page_key(ask), (memory.digest(ask.stamp), "", 0))
        if len(events) > room:
            said = f"这次只取 {self.job.max_items} 条，其余下次再取"
            yield from self._fail(self._problem("truncated", said, ask.url), query)
        times = [item.published_at for item in items if item.published_at]
        query.high = max([*times, *([query.high] if query.high else [])], default=None)
        self._queue(reading, query, done=not events or reaches(times, query.task.since))

    def _change(self, item: Item) -> Event | None:
        """Return the event of an item that is new, edited or counted anew since the last run."""
        key = memory.digest(item.platform, item.id)
        content = memory.digest(item.title, item.text, item.url)
        counters = memory.digest(
            item.views, item.likes, item.comments, item.reposts, item.heat, item.rating
        )
        mark = (content, counters, 0)
        if self.memory.marks.get(key) == mark:
            return None
        self.memory.marks[key] = mark  # the same row may stand on two pages
        return item_event(key, mark, item_to_record(item))

    def _queue(self, reading: Reading, query: Query, *, done: bool) -> None:
        """Queue pages behind a list at once, the next page of the list unless all is known."""
        for more in reversed(reading.more):
            if more.key:
                known = self.memory.marks.get(page_key(more), ("", "", 0))[0]
                if known != memory.digest(more.stamp):
                    query.asks.appendleft(more)
            elif done or not reading.total:
                continue
            elif more.page <= (self.job.max_pages or self.about.max_pages):
                query.asks.append(more)
            elif query.task.since is not None:
                query.whole = False  # the last reading was not reached: the next run tries again

    def _doubt(self) -> Steps:
        """When nothing at all was found, ask what always finds something; empty is not zero."""
        word = (self.job.canary or self.about.canary) if self.about.searches else ""
        if word:
            query = Query(self._task(word))
            yield from self._first(query)
            answer = (yield from self._ask(query.asks.popleft(), query)) if query.asks else None
            if answer is None:
                self.read = False
                return
            yield {"event": "canary", "rows": answer[0].total}
            if answer[0].total:
                return
        if word or self.about.never_empty:
            self.read = False
            known = f"连「{word}」也搜不到" if word else "一条也没有"
            said = f"能打开但{known}，可能被限制了；这段时间没有数据，不等于没有舆情"
            yield problem_event(self._problem("soft_blocked", said, self.job.url))
