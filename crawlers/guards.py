"""Keeps hostile links from leading the crawler into the operator's own network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy.exceptions import IgnoreRequest

from crawlers.hosts import host_of, is_outside, is_private_host, place_of
from crawlers.resolver import INSIDE

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class PrivateAddress(IgnoreRequest):
    """A page named an address inside a private network."""


class PrivateAddressGuard:
    """Lets the configured address through and refuses everything else inside.

    Of a host inside only the configured port: what a feed of a bridge on this machine links to must
    not reach the database beside it.
    """

    def __init__(self, *trusted: str) -> None:
        self._trusted = frozenset(trusted)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Trust what the operator wrote into the configuration."""
        return cls(place_of(crawler.settings["FEED_URL"]), *crawler.settings["TRUSTED"])

    def process_request(self, request: Request) -> None:
        """Refuse by name, before anything is sent."""
        if is_private_host(host_of(request.url)) and place_of(request.url) not in self._trusted:
            raise PrivateAddress(host_of(request.url))

    def process_response(self, request: Request, response: Response) -> Response:
        """Refuse by the address that really answered, should the resolver have been passed by."""
        address = None if "proxy" in request.meta else response.ip_address
        if address is None or is_outside(address) or place_of(request.url) in self._trusted:
            return response
        raise PrivateAddress(str(address))

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Call a name that leads inside what it is; all others fail as they did."""
        if host_of(request.url) in INSIDE:
            raise PrivateAddress(host_of(request.url)) from exception
