"""Looks names up and hands out public addresses only, so that nothing is sent inside.

The connection goes to the very address that was checked: a name that points inside only at the
second question (DNS rebinding), or that hides one («127.1», «2130706433»), gains nothing. What a
proxy of the operator's looks up, it looks up itself.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Self
from urllib.request import getproxies

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

from crawlers.hosts import host_of, is_outside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy.crawler import Crawler
    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred

INSIDE: set[str] = set()
"""Names of this run that lead inside; the endpoint keeps the reason of a failure to itself."""


class OutsideResolver(CachingThreadedResolver):
    """Scrapy's own resolver, IPv4 as that is, with a look at what it found."""

    trusted: frozenset[str] = frozenset()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        """Trust the host in the operator's configuration, and the operator's own proxies."""
        self = super().from_crawler(crawler, reactor)
        proxies = (url if "//" in url else f"//{url}" for url in getproxies().values())
        self.trusted = frozenset(map(host_of, (crawler.settings["FEED_URL"], *proxies)))
        return self

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802
        """Return the address of a name, or fail when it lies inside."""
        return super().getHostByName(name, timeout).addCallback(self._outside, name)

    def _outside(self, address: str, name: str) -> str:
        if name not in self.trusted and not is_outside(ip_address(address)):
            INSIDE.add(name)
            raise DNSLookupError(name)
        return address
