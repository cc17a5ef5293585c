"""Keeps hostile links from leading the crawler into the operator's own network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy.exceptions import IgnoreRequest

from crawlers.hosts import host_of, is_outside, is_private_host

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class PrivateAddress(IgnoreRequest):
    """A page named an address inside a private network."""


class PrivateAddressGuard:
    """Lets the configured host through and refuses every other private address."""

    def __init__(self, trusted: str) -> None:
        self._trusted = trusted

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Trust the host that the operator wrote into the configuration."""
        return cls(host_of(crawler.settings["FEED_URL"]))

    def process_request(self, request: Request) -> None:
        """Refuse by name, before anything is sent."""
        host = host_of(request.url)
        if host != self._trusted and is_private_host(host):
            raise PrivateAddress(host)

    def process_response(self, request: Request, response: Response) -> Response:
        """Refuse by the address that really answered: a public name may point inside."""
        address = None if "proxy" in request.meta else response.ip_address
        if address is None or is_outside(address) or host_of(request.url) == self._trusted:
            return response
        raise PrivateAddress(str(address))
