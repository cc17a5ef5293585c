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
from crawlers.feeds import NotAFeedError, newest_first, parse_feed
from crawlers.gates import HEAD, fingerprint
from crawlers.importers.record import item_to_record, parse_item
from crawlers.items import ItemError
from crawlers.looks import look_at
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

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy.http import Response

    from crawlers.articles import Article
    from crawlers.feeds import Feed
    from crawlers.protocol import CrawlRequest, Mark

NOT_MODIFIED = 304
DELETED = frozenset({404, 410})
ARTICLE = frozenset({"article", "retry"})  # what an entry needs when its page is to be read


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
            yield self.problem(
                "bad_address", f"{self.title}的地址「{said}」不对，应以 http:// 或 https:// 开头"
            )
            return
        for post, url in self.job.posts:
            known = is_web_address(url)
            yield self._look(post, url) if known else look_event(post, gone=None)
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
        """Tell a deleted article from one that is there, perhaps edited."""
        text = decode_body(response.body, header(response, "Content-Type"))
        marks = self.memory.marks
        yield from look_at(self.job, post, response.url, response.status, text, marks)

    def look_failed(self, failure: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
        """Only the site's own word counts as a deletion; a timeout is looked at again later."""
        error = failure.value
        gone = isinstance(error, HttpError) and error.response.status in DELETED
        yield look_event(failure.request.meta["post"], gone=gone or None)

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
            feed = parse_feed(response.body, header(response, "Content-Type"), response.url)
        except NotAFeedError as error:
            yield from self.not_a_feed(error, response)
            return
        yield answer_event(
            feed.total, feed.understood, fingerprint_of(response), shape=not feed.repaired
        )
        if feed.repaired:
            yield self.problem("malformed", f"{self.title}的 XML 有损坏，只读出了完好的部分")
        validators = (header(response, "ETag"), header(response, "Last-Modified"))
        yield from self.take(feed, validators)

    def not_a_feed(self, error: NotAFeedError, response: Response) -> Iterator[dict[str, Any]]:
        """Report an answer that is something else."""
        yield answer_event(0, 0, fingerprint_of(response), shape=False)
        yield self.problem(error.kind, f"{self.title}{error}：{shown(response.url)}")

    def take(
        self, feed: Feed, validators: tuple[str, str] = ("", "")
    ) -> Iterator[dict[str, Any] | Request]:
        """Hand over every entry that is due; what cannot be read whole this time has its words in.

        A feed shows the newest entries only: what waited for its article might be gone from it.
        """
        jobs = list(self._due(feed))
        paged = [job for job in jobs if self._has_page(job)]
        now, later = paged[: self.job.max_items], paged[self.job.max_items :]
        wordy = [job for job in later if self._can_wait(job)]
        yield _feed_event(feed, validators, complete=len(wordy) == len(later))
        yield from self._left_out(feed, len(later))
        for job in jobs:
            if not self._has_page(job):
                yield from self._without_page(job)
        for job in wordy:
            yield from self._finish(job, None, (*job.mark[:2], memory.WAITING))
        for job in now:
            yield self._page_request(job)

    def _left_out(self, feed: Feed, later: int) -> Iterator[dict[str, Any]]:
        """Say what is not read, or not yet: nothing is left out without a word."""
        if later:
            read = f"这次只读 {self.job.max_items} 篇正文"
            said = f"{read}，其余 {later} 篇先用列表里的文字，正文下次再读"
            yield self.problem("truncated", said)
        if feed.older:
            seen = f"{self.title}有 {feed.total} 条，只看最新的 {len(feed.entries)} 条"
            yield self.problem("truncated", f"{seen}；更旧的请导出后用 fengsui ingest 导入")

    def _can_wait(self, job: Job) -> bool:
        """Tell whether an entry's own words may stand in for its article until that is read.

        Of an edited entry we have the article: a summary in its place would be a step back.
        """
        words = bool(job.entry.title or job.entry.html)
        return words and job.need == "article" and job.key not in self.memory.marks

    def _due(self, feed: Feed) -> Iterator[Job]:
        """Yield what is new or changed, newest first: an alert cannot wait for old news."""
        met: set[str] = set()
        for entry in sorted(feed.entries, key=newest_first):
            content = memory.digest(entry.title, entry.html, entry.link)
            counters = memory.digest(sorted(entry.counters.items()))
            key = memory.digest(entry_id(entry, self.job.url))
            need = memory.need_of(self.memory.marks.get(key), content, counters)
            if key not in met and need != "nothing":
                yield Job(entry, key, need, (content, counters, 0))
            met.add(key)

    def _has_page(self, job: Job) -> bool:
        return bool(self.job.follow_articles and job.entry.link) and job.need in ARTICLE

    def _page_request(self, job: Job) -> Request:
        return Request(
            job.entry.link,
            self.parse_article,
            errback=self.article_failed,
            cb_kwargs={"job": job},
            meta={"job": job},
        )

    def _without_page(self, job: Job) -> Iterator[dict[str, Any]]:
        if not job.entry.link:
            yield self.problem("no_link", "有条目没有链接，只用了订阅源里的文字")
        yield from self._finish(job, None, job.mark)

    def parse_article(self, response: Response, job: Job) -> Iterator[dict[str, Any]]:
        """Yield the item with the article's text, or with the feed's where that says more."""
        if is_login_address(response.url) and response.url != job.entry.link:
            yield self.problem(
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
            yield self.problem("bad_article", f"{why}：{shown(response.url)}")
            article = None
        yield from self._finish(job, article, job.mark)

    def _read(self, response: Response, job: Job) -> Article:
        kind = header(response, "Content-Type")
        dated = job.entry.published_at is not None
        return read_article(response.body, kind, response.url, self.job.now, dated=dated)

    def article_failed(self, failure: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
        """Yield the item with the feed's words; what may heal is tried again in a later run."""
        job: Job = failure.request.meta["job"]
        problem = describe(failure.value, job.entry.link, "文章页面")
        yield problem_event(problem)
        before = (
            max(0, self.memory.marks.get(job.key, ("", "", 0))[2]) if job.need == "retry" else 0
        )
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
            yield self.problem("bad_entry", f"有条目没法用（{error}）")
            yield mark_event(job.key, mark)
            return
        if is_future(job.entry.published_at, self.job.now):
            said = job.entry.published[:40]
            yield self.problem("future_date", f"有条目的发布时间「{said}」在未来，改用抓取时间")
        yield item_event(job.key, mark, record)

    def problem(self, kind: str, message: str) -> dict[str, Any]:
        """Return the event of a problem with this source."""
        return problem_event(Problem(kind, self.job.url, message))


def fingerprint_of(response: Response) -> str:
    """Return the fingerprint of a page as its bytes come."""
    return fingerprint(decode_body(response.body[:HEAD], header(response, "Content-Type")))


def header(response: Response, name: str) -> str:
    """Return a header, empty where there is none."""
    return (response.headers.get(name) or b"").decode("latin-1")


def _feed_event(feed: Feed, validators: tuple[str, str], *, complete: bool) -> dict[str, Any]:
    etag, modified = validators
    said = {"entries": feed.total, "complete": complete}
    return {"event": "feed", **said, "etag": etag, "modified": modified}
