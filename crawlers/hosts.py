"""Tells hosts near us from hosts outside; pure."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

STAND_INS = ipaddress.ip_network("198.18.0.0/15")  # what transparent proxies answer for any name
LOCAL_SUFFIXES = (".local", ".localhost", ".internal", ".lan", ".home.arpa")


def host_of(url: str) -> str:
    """Return the host of an address in lower case; empty when it has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_private_host(host: str) -> bool:
    """Tell whether a host name can only mean a machine near us."""
    try:
        return not is_outside(ipaddress.ip_address(host))
    except ValueError:
        return "." not in host or host.endswith(LOCAL_SUFFIXES)


def is_outside(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Tell whether an address is one of the public internet."""
    return address.is_global or address in STAND_INS
