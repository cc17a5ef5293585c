"""Obeys robots.txt also while it is still being fetched, which Scrapy 2.19 does not.

In Scrapy 2.19.0 all requests that wait for one robots.txt share one Deferred; the first waiter
takes its result, the others receive None, and None means «no rules, go ahead».
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler
from twisted.internet.defer import Deferred

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser

FIRST_SERVER_ERROR = 500
FIRST_CLIENT_ERROR = 400
KEEP_OUT = b"User-agent: *\nDisallow: /\n"
"""RFC 9309, 2.3.1.4: rules that cannot be reached forbid everything until they can."""


class RobotsForbidden(IgnoreRequest):
    """The site's robots.txt does not let us read this address."""


class PatientRobotsTxtMiddleware(RobotsTxtMiddleware):
    """Gives each waiting request a Deferred of its own, so that none slips through."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._waiting: dict[str, list[Deferred[RobotParser | None]]] = {}

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Refuse with an exception that can be told from other refusals."""
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as error:
            raise RobotsForbidden(str(error)) from error

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return the rules of the request's site; None when it has none."""
        site = urlparse_cached(request).netloc
        if site in self._parsers:
            return self._parsers[site]
        if site in self._waiting:
            turn: Deferred[RobotParser | None] = Deferred()
            self._waiting[site].append(turn)
            return await maybe_deferred_to_future(turn)
        return await self._fetch_for_all(site, request)

    async def _fetch_for_all(self, site: str, request: Request) -> RobotParser | None:
        self._waiting[site] = []
        rules = self._parsers[site] = await self._fetch(request)
        for turn in self._waiting.pop(site):
            turn.callback(rules)
        return rules

    async def _fetch(self, request: Request) -> RobotParser | None:
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
        except Exception:  # noqa: BLE001 (whatever stops us from reading the rules, they are unread)
            return self._rules(KEEP_OUT)
        if response.status >= FIRST_SERVER_ERROR:
            return self._rules(KEEP_OUT)
        return None if response.status >= FIRST_CLIENT_ERROR else self._rules(response.body)

    def _rules(self, body: bytes) -> RobotParser:
        return build_from_crawler(self._parserimpl, self.crawler, body)
