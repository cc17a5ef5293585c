"""Tells hosts near us from hosts outside; pure."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}
STAND_INS = ipaddress.ip_network("198.18.0.0/15")  # what transparent proxies answer for any name
WRAPPERS = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))
"""NAT64 (RFC 6052) and the old IPv4-compatible form: an IPv4 address in the last 32 bits."""
LOCAL_SUFFIXES = (".local", ".localhost", ".internal", ".lan", ".home.arpa")


def host_of(url: str) -> str:
    """Return the host of an address in lower case; empty when it has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def place_of(url: str) -> str:
    """Return host and port of an address, the scheme's own port where it names none."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme.lower(), 0)
    except ValueError:
        return ""
    return f"{host_of(url)}:{port}"


def is_private_host(host: str) -> bool:
    """Tell whether a host name can only mean a machine near us."""
    try:
        return not is_outside(ipaddress.ip_address(host))
    except ValueError:
        return "." not in host or host.endswith(LOCAL_SUFFIXES)


def is_outside(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Tell whether an address is one of the public internet, and so is what it wraps."""
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = _wrapped(address)
        if wrapped is not None:
            return is_outside(wrapped)
    return (address.is_global and not address.is_multicast) or address in STAND_INS


def _wrapped(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address to which a gateway or the system itself would take this one."""
    known = address.ipv4_mapped or address.sixtofour
    if known is None and any(address in net for net in WRAPPERS):
        known = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return known
