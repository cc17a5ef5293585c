"""Obeys robots.txt also while it is still being fetched, which Scrapy 2.19 does not.

In Scrapy 2.19.0 all requests that wait for one robots.txt share one Deferred; the first waiter
takes its result, the others receive None, and None means «no rules, go ahead».
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler
from twisted.internet.defer import Deferred

from crawlers.robots_cache import RobotsCache

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser

MAX_CRAWL_DELAY = 30.0  # seconds; beyond it a run would read less than four articles
FIRST_SERVER_ERROR = 500
FIRST_CLIENT_ERROR = 400
Rules: TypeAlias = "RobotParser | UnreadRules | None"


class RobotsForbidden(IgnoreRequest):
    """The site's robots.txt does not let us read this address."""


class RobotsUnreadable(IgnoreRequest):
    """The site has rules that could not be read; `reason` is the HTTP code or the exception."""

    def __init__(self, reason: int | Exception) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True)
class UnreadRules:
    """RFC 9309, 2.3.1.4: rules that cannot be reached forbid everything until they can."""

    reason: int | Exception

    def allowed(self, url: str, user_agent: str) -> bool:  # noqa: ARG002 (the parser's interface)
        """Forbid, and say why."""
        raise RobotsUnreadable(self.reason)


class PatientRobotsTxtMiddleware(RobotsTxtMiddleware):
    """Gives each waiting request a Deferred of its own, so that none slips through."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._cache = RobotsCache(Path(crawler.settings["CACHE_DIR"]), crawler.settings["NOW"])
        self._everywhere = crawler.settings.getbool("ROBOTS_EVERYWHERE")
        self._waiting: dict[str, list[Deferred[Rules]]] = {}

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Ask nobody for leave to use an interface that is made for programs."""
        if self._everywhere or request.meta.get("public"):
            await super().process_request(request, spider)

    def process_request_2(self, rp: Rules, request: Request) -> None:
        """Refuse with an exception that can be told from other refusals."""
        try:
            super().process_request_2(rp, request)
        except RobotsUnreadable:
            raise
        except IgnoreRequest as error:
            raise RobotsForbidden(str(error)) from error

    async def robot_parser(self, request: Request) -> Rules:
        """Return the rules of the request's site; None when it has none."""
        site = urlparse_cached(request).netloc
        if site in self._parsers:
            return self._parsers[site]
        if site in self._waiting:
            turn: Deferred[Rules] = Deferred()
            self._waiting[site].append(turn)
            return await maybe_deferred_to_future(turn)
        return await self._fetch_for_all(site, request)

    async def _fetch_for_all(self, site: str, request: Request) -> Rules:
        self._waiting[site] = []
        rules = await self._known_or_fetched(site, request)
        self._parsers[site] = rules
        self._slow_down(rules, request)
        for turn in self._waiting.pop(site):
            turn.callback(rules)
        return rules

    async def _known_or_fetched(self, site: str, request: Request) -> Rules:
        known = self._cache.get(site)
        if known is not None:
            return self._parse(known)
        body = await self._fetch(request)
        if isinstance(body, UnreadRules):
            return body
        self._cache.put(site, body)
        return self._parse(body)

    async def _fetch(self, request: Request) -> bytes | UnreadRules:
        """Return the rules, empty where the site has none."""
        url = urlparse_cached(request)
        asking = Request(
            f"{url.scheme}://{url.netloc}/robots.txt",
            priority=self.DOWNLOAD_PRIORITY,
            meta={"dont_obey_robotstxt": True},
            callback=NO_CALLBACK,
        )
        self._stats.inc_value("robotstxt/request_count")
        try:
            response = await self.crawler.engine.download_async(asking)
        except Exception as error:  # noqa: BLE001 (whatever the reason, the rules are unread)
            return UnreadRules(error)
        if response.status >= FIRST_SERVER_ERROR:
            return UnreadRules(response.status)
        return b"" if response.status >= FIRST_CLIENT_ERROR else response.body

    def _parse(self, body: bytes) -> Rules:
        return build_from_crawler(self._parserimpl, self.crawler, body) if body else None

    def _slow_down(self, rules: Rules, request: Request) -> None:
        """Keep the site's Crawl-delay; the whole run slows down with it, which only is politer."""
        if rules is None or isinstance(rules, UnreadRules):
            return
        delay = min(rules.crawl_delay(self._robotstxt_useragent) or 0, MAX_CRAWL_DELAY)
        throttle = self.crawler.get_extension(AutoThrottle)
        throttle.mindelay = max(throttle.mindelay, delay)
        throttle.maxdelay = max(throttle.maxdelay, delay)
        downloader = self.crawler.engine.downloader
        slot = downloader.slots.get(downloader.get_slot_key(request))
        if slot is not None:
            slot.delay = max(slot.delay, delay)
