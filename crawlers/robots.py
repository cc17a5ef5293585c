"""Obeys robots.txt also while it is still being fetched, which Scrapy 2.19 does not.

In Scrapy 2.19.0 all requests that wait for one robots.txt share one Deferred; the first waiter
takes its result, the others receive None, and None means «no rules, go ahead».
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

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
        self._waiting: dict[str, list[Deferred[Rules]]] = {}

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
        rules = self._parsers[site] = await self._fetch(request)
        for turn in self._waiting.pop(site):
            turn.callback(rules)
        return rules

    async def _fetch(self, request: Request) -> Rules:
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
        if response.status >= FIRST_CLIENT_ERROR:
            return None
        return build_from_crawler(self._parserimpl, self.crawler, response.body)
