"""Tells systemd that the daemon is ready, alive or stopping: sd_notify's datagram, no library."""

from __future__ import annotations

import os
import socket
from contextlib import suppress


def notify(state: str) -> None:
    """Send one state (`READY=1`, `WATCHDOG=1`, `STOPPING=1`) where a service manager listens.

    Protocol: sd_notify(3), one datagram to the socket named in NOTIFY_SOCKET; a leading @ stands
    for the abstract namespace. Without a listener nothing happens.
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(state.encode(), address)
