"""Reads one feed and the articles behind its new entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider
from scrapy.spidermiddlewares.httperror import HttpError

from crawlers import cursor as memory
from crawlers.articles import is_login_address, read_article
from crawlers.charset import decode_body
from crawlers.connectors.registry import FEEDS
from crawlers.entries import Job, entry_id, is_future, to_record
from crawlers.failures import TEMPORARY, describe
from crawlers.feeds import NotAFeedError, parse_feed
from crawlers.gates import HEAD, fingerprint
from crawlers.importers.record import item_to_record, parse_item
from crawlers.items import ItemError
from crawlers.pages import PageKind, recognise
from crawlers.parsing import is_web_address, shown
from crawlers.protocol import (
    Problem,
    answer_event,
    item_event,
    look_event,
    mark_event,
    problem_event,
    trying_event,
)
from crawlers.sitemaps import parse_sitemap

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy.http import Response

    from crawlers.articles import Article
    from crawlers.feeds import Entry, Feed
    from crawlers.protocol import CrawlRequest, Mark

NOT_MODIFIED = 304
DELETED = frozenset({404, 410})
READERS = {"sitemap": parse_sitemap}  # by kind; all others are feeds


class FeedSpider(Spider):
    """Yields events for the runner; see crawlers.protocol."""

    name = "feed"

    def __init__(self, job: CrawlRequest) -> None:
        super().__init__()
        self.job = job
        self.title = FEEDS[job.kind].title
        self.memory = memory.load(job.cursor, job.url)

    async def start(self) -> AsyncIterator[Request | dict[str, Any]]:
        """Ask for the feed, unless it is as we know it."""
        if not is_web_address(self.job.url):
            said = self.job.url[:80]
            yield self._problem(
                "bad_address", f"{self.title}的地址「{said}」不对，应以 http:// 或 https:// 开头"
            )
            return
        for post, url in self.job.posts:
            yield self._look(post, url)
        headers = {} if self.memory.has_unfinished() else self.memory.conditions()
        yield Request(self.job.url, self.parse, headers=headers, errback=self.feed_failed)

    def _look(self, post: str, url: str) -> Request:
        """Ask for an article that we know, only to learn whether it is still there."""
        return Request(
            url,
            self.looked,
            errback=self.look_failed,
            cb_kwargs={"post": post},
            meta={"post": post},
        )

    def looked(self, response: Response, post: str) -> Iterator[dict[str, Any]]:
        """Tell a deleted article from one that is there, and say nothing of a gate."""
        text = decode_body(response.body, _header(response, "Content-Type"))
        kind = recognise(response.status, response.url, "", text)
        if kind in {PageKind.CONTENT, PageKind.GONE}:
            yield look_event(post, gone=kind is PageKind.GONE)

    def look_failed(self, failure: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
        """Only the site's own word counts as a deletion; a timeout is looked at again later."""
        error = failure.value
        if isinstance(error, HttpError) and error.response.status in DELETED:
            yield look_event(failure.request.meta["post"], gone=True)

    def feed_failed(self, failure: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
        """Report why there is no feed; a 304 is good news."""
        error = failure.value
        if isinstance(error, HttpError) and error.response.status == NOT_MODIFIED:
            yield {"event": "not_modified"}
        else:
            yield problem_event(describe(error, self.job.url, self.title))

    def parse(self, response: Response) -> Iterator[dict[str, Any] | Request]:
        """Yield items for what the feed says itself and requests for the articles behind it."""
        try:
            read = READERS.get(self.job.kind, parse_feed)
            feed = read(response.body, _header(response, "Content-Type"), response.url)
        except NotAFeedError as error:
            yield answer_event(0, 0, _page(response), shape=False)
            yield self._problem(error.kind, f"{self.title}{error}：{shown(self.job.url)}")
            return
        yield answer_event(feed.total, feed.total, _page(response), shape=not feed.repaired)
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
            yield self._problem("malformed", f"{self.title}的 XML 有损坏，只读出了完好的部分")

    def _due(self, feed: Feed) -> Iterator[Job]:
        """Yield what is new or changed, newest first: an alert cannot wait for old news."""
        met: set[str] = set()
        for entry in sorted(feed.entries, key=_newest_first):
            content = memory.digest(entry.title, entry.html, entry.link)
            counters = memory.digest(sorted(entry.counters.items()))
            key = memory.digest(entry_id(entry, self.job.url))
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
                yield self._problem("no_link", "有条目没有链接，只用了订阅源里的文字")
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
        try:
            article = self._read(response, job)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 (a page that upsets a library costs only its own text)
            why = f"文章页面解析出错（{type(error).__name__}），只用了订阅源里的文字"
            yield self._problem("bad_article", f"{why}：{shown(response.url)}")
            article = None
        yield from self._finish(job, article, job.mark)

    def _read(self, response: Response, job: Job) -> Article:
        kind = _header(response, "Content-Type")
        dated = job.entry.published_at is not None
        return read_article(response.body, kind, response.url, self.job.now, dated=dated)

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
            record = item_to_record(parse_item(to_record(self.job, job, article), self.job.now))
        except ItemError as error:
            yield self._problem("bad_entry", f"有条目没法用（{error}）")
            yield mark_event(job.key, mark)
            return
        if is_future(job.entry.published_at, self.job.now):
            said = job.entry.published[:40]
            yield self._problem("future_date", f"有条目的发布时间「{said}」在未来，改用抓取时间")
        yield item_event(job.key, mark, record)

    def _problem(self, kind: str, message: str) -> dict[str, Any]:
        return problem_event(Problem(kind, self.job.url, message))


def _page(response: Response) -> str:
    return fingerprint(decode_body(response.body[:HEAD], _header(response, "Content-Type")))


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")


def _newest_first(entry: Entry) -> float:
    return -entry.published_at.timestamp() if entry.published_at else float("-inf")
