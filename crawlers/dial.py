"""Opens connections to public addresses only, checked before anything is sent."""

from __future__ import annotations

import socket
from collections.abc import Container, Sequence

from crawlers.hosts import is_private_host

CONNECT_SECONDS = 10.0  # as DNS_TIMEOUT in crawlers.settings: a site that answers does so by then


class InsideError(Exception):
    """A name leads into a private network."""


def dial(
    host: str, port: int, trusted: Container[str] = (), seconds: float = CONNECT_SECONDS
) -> socket.socket:
    """Connect to a host; one that is not trusted by name must have a public address.

    The address that was checked is the one that is connected to, so a name that points inside
    only at the second question gains nothing. Raises InsideError, and OSError as sockets do.
    """
    known = host in trusted
    if not known and is_private_host(host):
        raise InsideError(host)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    allowed = [one[4] for one in found if known or not is_private_host(str(one[4][0]))]
    if not allowed:
        raise InsideError(host)
    return _first(allowed, seconds)


def _first(addresses: Sequence[tuple[object, ...]], seconds: float) -> socket.socket:
    last = OSError("no address")
    for address in addresses:
        try:
            return socket.create_connection((str(address[0]), int(str(address[1]))), seconds)
        except OSError as error:
            last = error
    raise last
