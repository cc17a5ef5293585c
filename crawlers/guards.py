"""Keeps hostile links from leading the crawler into the operator's own network."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

STAND_INS = ipaddress.ip_network("198.18.0.0/15")  # what transparent proxies answer for any name
LOCAL_SUFFIXES = (".local", ".localhost", ".internal", ".lan", ".home.arpa")


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
        if address is None or _is_outside(address) or host_of(request.url) == self._trusted:
            return response
        raise PrivateAddress(str(address))


def host_of(url: str) -> str:
    """Return the host of an address in lower case; empty when it has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_private_host(host: str) -> bool:
    """Tell whether a host name can only mean a machine near us."""
    try:
        return not _is_outside(ipaddress.ip_address(host))
    except ValueError:
        return "." not in host or host.endswith(LOCAL_SUFFIXES)


def _is_outside(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_global or address in STAND_INS
