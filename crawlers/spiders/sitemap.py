"""Reads a sitemap, or the newest maps that an index lists, and the articles behind them.

A sitemap is also the archive of its site. The first reading takes the newest entries and notes the
others as known; from then on whatever was not there before is news, wherever in the map it stands.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from scrapy import Request

from crawlers import cursor as memory
from crawlers.entries import entry_id
from crawlers.failures import describe
from crawlers.feeds import Feed, NotAFeedError, bounded, newest_first
from crawlers.parsing import shown
from crawlers.protocol import answer_event, mark_event, problem_event
from crawlers.sitemaps import MAX_MAPS, Map, read_sitemap
from crawlers.spiders.feed import FeedSpider, fingerprint_of, header

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from scrapy.http import Response

    from crawlers.feeds import Entry
    from crawlers.protocol import CrawlRequest

    Step: TypeAlias = dict[str, Any] | Request

NEWEST = 200  # of a first reading: what one run can read, and more than two days of most sites
OLD = timedelta(days=7)  # what is listed for the first time with an older date was there before
MAP = "map"  # marks of maps stand beside marks of entries


class SitemapSpider(FeedSpider):
    """The feed spider with another first page, and with an index before it."""

    name = "sitemap"

    def __init__(self, job: CrawlRequest) -> None:
        super().__init__(job)
        self.first = not self.memory.marks
        self.maps: list[Feed] = []
        self.waiting = 0
        """Maps of an index that have been asked for and have not come."""

    def parse(self, response: Response) -> Iterator[Step]:
        """Take a map's entries, or ask for the maps of an index."""
        found = yield from self._map_of(response)
        if isinstance(found, Feed):
            validators = (header(response, "ETag"), header(response, "Last-Modified"))
            yield from self._taken(found, validators)
        elif found is not None:
            yield from self._open(found)

    def _map_of(self, response: Response) -> Generator[Step, None, Feed | list[Map] | None]:
        try:
            found = read_sitemap(response.body, header(response, "Content-Type"), response.url)
        except NotAFeedError as error:
            yield from self.not_a_feed(error, response)
            return None
        feed = found if isinstance(found, Feed) else Feed([], 0)
        yield answer_event(feed.total, feed.understood, fingerprint_of(response), shape=True)
        return found

    def _open(self, maps: list[Map]) -> Iterator[Step]:
        """Ask for the maps that changed since they were read, the newest first."""
        due = [one for one in maps if self._stamp(one) != self._known(one)]
        if not maps:
            said = f"{self.title}的目录里没有本站的地图：{shown(self.job.url)}"
            yield self.problem("not_a_feed", said)
            return
        if self.first:
            # What is older than these is archive, as the older entries of a map are.
            yield from (mark_event(_key(one), self._mark(one)) for one in due[MAX_MAPS:])
        elif len(due) > MAX_MAPS:
            said = f"目录里有 {len(due)} 张地图变了，这次只读最新的 {MAX_MAPS} 张，其余下次再读"
            yield self.problem("truncated", said)
        self.waiting = len(due[:MAX_MAPS])
        yield from (self._ask(one) for one in due[:MAX_MAPS])
        if not due:
            yield from self._taken(Feed([], len(maps)))

    def _ask(self, one: Map) -> Request:
        return Request(
            one.url,
            self.map_came,
            errback=self.map_failed,
            cb_kwargs={"one": one},
            meta={"map": one},
        )

    def map_came(self, response: Response, one: Map) -> Iterator[Step]:
        """Keep a map's entries until the last map is there."""
        found = yield from self._map_of(response)
        if isinstance(found, Feed):
            self.maps.append(found)
            yield mark_event(_key(one), self._mark(one))
        elif found is not None:
            said = f"{self.title}的目录里又是目录，没有再读：{shown(one.url)}"
            yield self.problem("not_a_feed", said)
        yield from self._one_less()

    def map_failed(self, failure: Any) -> Iterator[Step]:  # noqa: ANN401
        """Report a map that cannot be had; the others count."""
        yield problem_event(describe(failure.value, failure.request.meta["map"].url, self.title))
        yield from self._one_less()

    def _one_less(self) -> Iterator[Step]:
        self.waiting -= 1
        if not self.waiting and self.maps:
            entries = [entry for one in self.maps for entry in one.entries]
            yield from self._taken(bounded(entries, sum(one.total for one in self.maps)))

    def _taken(self, feed: Feed, validators: tuple[str, str] = ("", "")) -> Iterator[Step]:
        """Hand over what is new; the archive of the site is noted as known."""
        entries = sorted(feed.entries, key=newest_first)
        news = [one for place, one in enumerate(entries) if not self._is_archive(place, one)]
        known = {id(one) for one in entries} - {id(one) for one in news}
        yield from (self._as_known(one) for one in entries if id(one) in known)
        yield from self.take(Feed(news, feed.total), validators)

    def _is_archive(self, place: int, entry: Entry) -> bool:
        if self._asked_for(entry):
            return False
        if self.first:
            return place >= NEWEST
        return entry.published_at is not None and entry.published_at < self.job.now - OLD

    def _asked_for(self, entry: Entry) -> bool:
        """Tell whether an entry lies in a span that a person wants to be read back."""
        since = self.job.since
        return since is not None and entry.published_at is not None and entry.published_at >= since

    def _as_known(self, entry: Entry) -> dict[str, Any]:
        content = memory.digest(entry.title, entry.html, entry.link)
        counters = memory.digest(sorted(entry.counters.items()))
        return mark_event(memory.digest(entry_id(entry, self.job.url)), (content, counters, 0))

    def _known(self, one: Map) -> str:
        return self.memory.marks.get(_key(one), ("", "", 0))[0]

    def _mark(self, one: Map) -> tuple[str, str, int]:
        return (self._stamp(one), "", 0)

    def _stamp(self, one: Map) -> str:
        """Name the state of a map; one that does not say when it changed may do so each run."""
        return memory.digest(one.changed or self.job.now.isoformat())


def _key(one: Map) -> str:
    return memory.digest(MAP, one.url)
