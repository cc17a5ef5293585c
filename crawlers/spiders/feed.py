"""Reads one feed and the articles behind its new entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider
from scrapy.spidermiddlewares.httperror import HttpError

from crawlers import cursor as memory
from crawlers.articles import Article, is_login_address, read_article
from crawlers.failures import TEMPORARY, describe
from crawlers.feeds import Entry, Feed, NotAFeedError, parse_feed
from crawlers.guards import host_of
from crawlers.importers.record import item_to_record, parse_item
from crawlers.items import ItemError
from crawlers.parsing import canonical_url, html_to_text, shown
from crawlers.protocol import Mark, Problem, item_event, mark_event, problem_event, trying_event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy.http import Response

    from crawlers.protocol import CrawlRequest

FUTURE_TOLERANCE = timedelta(minutes=10)  # as for imported lines
FULLER = 0.5  # an article shorter than half of the feed's own text is a teaser or a gate
NOT_MODIFIED = 304
GLOBAL_ID = ("http:", "https:", "tag:", "urn:")


@dataclass(frozen=True, slots=True)
class Job:
    """An entry that is due, and the mark it gets once it is done."""

    entry: Entry
    key: str
    need: memory.Need
    mark: Mark


class FeedSpider(Spider):
    """Yields events for the runner; see crawlers.protocol."""

    name = "feed"

    def __init__(self, job: CrawlRequest) -> None:
        super().__init__()
        self.job = job
        self.memory = memory.load(job.cursor, job.url)

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the feed, unless it is as we know it."""
        headers = {} if self.memory.has_unfinished() else self.memory.conditions()
        yield Request(self.job.url, self.parse, headers=headers, errback=self.feed_failed)

    def feed_failed(self, failure: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
        """Report why there is no feed; a 304 is good news."""
        error = failure.value
        if isinstance(error, HttpError) and error.response.status == NOT_MODIFIED:
            yield {"event": "not_modified"}
        else:
            yield problem_event(describe(error, self.job.url, "订阅源"))

    def parse(self, response: Response) -> Iterator[dict[str, Any] | Request]:
        """Yield items for what the feed says itself and requests for the articles behind it."""
        try:
            feed = parse_feed(response.body, _header(response, "Content-Type"), response.url)
        except NotAFeedError as error:
            yield self._problem(error.kind, f"订阅源{error}：{shown(self.job.url)}")
            return
        jobs = list(self._due(feed))
        taken = jobs[: self.job.max_items]
        yield from self._feed_facts(feed, response, complete=len(taken) == len(jobs))
        if len(jobs) > len(taken):
            rest = len(jobs) - len(taken)
            yield self._problem("truncated", f"这次只取 {len(taken)} 条，其余 {rest} 条下次再取")
        for job in taken:
            yield from self._start_job(job)

    def _feed_facts(
        self, feed: Feed, response: Response, *, complete: bool
    ) -> Iterator[dict[str, Any]]:
        yield {
            "event": "feed",
            "entries": feed.total,
            "complete": complete,
            "etag": _header(response, "ETag"),
            "modified": _header(response, "Last-Modified"),
        }
        if feed.repaired:
            yield self._problem("malformed", "订阅源的 XML 有损坏，只读出了完好的部分")

    def _due(self, feed: Feed) -> Iterator[Job]:
        """Yield what is new or changed, newest first: an alert cannot wait for old news."""
        met: set[str] = set()
        for entry in sorted(feed.entries, key=_newest_first):
            content = memory.digest(entry.title, entry.html, entry.link)
            counters = memory.digest(sorted(entry.counters.items()))
            key = memory.digest(self._id(entry))
            need = memory.need_of(self.memory.marks.get(key), content, counters)
            if key not in met and need != "nothing":
                yield Job(entry, key, need, (content, counters, 0))
            met.add(key)

    def _start_job(self, job: Job) -> Iterator[dict[str, Any] | Request]:
        link = job.entry.link
        if self.job.follow_articles and link and job.need in {"article", "retry"}:
            yield Request(
                link,
                self.parse_article,
                errback=self.article_failed,
                cb_kwargs={"job": job},
                meta={"job": job},
            )
        else:
            if not link:
                yield self._problem(
                    "no_link", f"条目没有链接，只用了订阅源里的文字：{job.entry.title[:30]}"
                )
            yield from self._finish(job, None, job.mark)

    def parse_article(self, response: Response, job: Job) -> Iterator[dict[str, Any]]:
        """Yield the item with the article's text, or with the feed's where that says more."""
        if is_login_address(response.url) and response.url != job.entry.link:
            yield self._problem(
                "login_page",
                f"文章跳到了登录或验证页面，只用了订阅源里的文字：{shown(job.entry.link)}",
            )
            yield from self._finish(job, None, job.mark)
            return
        yield trying_event(job.key)
        article = read_article(
            response.body,
            _header(response, "Content-Type"),
            response.url,
            self.job.now,
            job.entry.published_at is not None,
        )
        yield from self._finish(job, article, job.mark)

    def article_failed(self, failure: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
        """Yield the item with the feed's words; what may heal is tried again in a later run."""
        job: Job = failure.request.meta["job"]
        problem = describe(failure.value, job.entry.link, "文章页面")
        yield problem_event(problem)
        before = self.memory.marks.get(job.key, ("", "", 0))[2] if job.need == "retry" else 0
        tries = before + 1 if problem.kind in TEMPORARY else 0
        mark = (job.mark[0], job.mark[1], tries)
        if job.need == "retry":
            yield mark_event(job.key, mark)
        else:
            yield from self._finish(job, None, mark)

    def _finish(self, job: Job, article: Article | None, mark: Mark) -> Iterator[dict[str, Any]]:
        try:
            record = item_to_record(parse_item(self._record(job, article), self.job.now))
        except ItemError as error:
            yield self._problem("bad_entry", f"有一个条目没法用（{error}）")
            yield mark_event(job.key, mark)
            return
        if job.entry.published_at and job.entry.published_at > self.job.now + FUTURE_TOLERANCE:
            yield self._problem(
                "future_date", f"条目的发布时间在未来，改用抓取时间：{job.entry.published[:40]}"
            )
        yield item_event(job.key, mark, record)

    def _record(self, job: Job, article: Article | None) -> dict[str, Any]:
        entry, words = job.entry, html_to_text(job.entry.html)
        use_article = article is not None and len(article.text) >= max(1, len(words) * FULLER)
        return {
            "platform": self.job.platform,
            "id": self._id(entry),
            "title": html_to_text(entry.title),
            "text": article.text if article and use_article else words,
            "url": entry.link,
            "author": entry.author[:200],
            "published_at": self._published(entry, article),
            "observed_at": self.job.now.isoformat(),
            "raw": _raw(job, article, use_article),
            **entry.counters,
        }

    def _published(self, entry: Entry, article: Article | None) -> str | None:
        moment = entry.published_at or (article.published_at if article else None)
        if moment is None or moment > self.job.now + FUTURE_TOLERANCE:
            return None
        return moment.isoformat()

    def _id(self, entry: Entry) -> str:
        """Return the entry's own id; short ones count within their site only."""
        if entry.id:
            known = entry.id.startswith(GLOBAL_ID)
            name = entry.id if known else f"{host_of(self.job.url)}/{entry.id}"
        else:
            name = (
                canonical_url(entry.link)
                if entry.link
                else "text:" + memory.digest(entry.title, entry.html)
            )
        return name if len(name) <= 400 else "long:" + memory.digest(name)  # noqa: PLR2004

    def _problem(self, kind: str, message: str) -> dict[str, Any]:
        return problem_event(Problem(kind, self.job.url, message))


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")


def _newest_first(entry: Entry) -> float:
    return -entry.published_at.timestamp() if entry.published_at else float("-inf")


def _raw(job: Job, article: Article | None, use_article: bool) -> dict[str, Any]:
    raw: dict[str, Any] = {"text_from": "article" if use_article else "feed"}
    if job.need == "counters":
        raw["counters_only"] = True
    if article and article.published_at and article.day_only and not job.entry.published_at:
        raw["published_precision"] = "day"
    return raw
