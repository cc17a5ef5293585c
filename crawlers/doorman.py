"""A proxy on loopback that lets a browser reach public addresses only, and not for ever."""

from __future__ import annotations

import re
import select
import socket
import socketserver
import threading
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from urllib.parse import urlsplit

from crawlers.dial import InsideError, dial

HEAD_BYTES = 64 * 1024  # a request's headers; servers refuse more than 8 to 16 KB themselves
PAGE_BYTES = 60 * 1024 * 1024  # of one page with its pictures; a heavy one has some 20 MB
PIECE = 64 * 1024
HOP_HEADERS = re.compile(rb"(?im)^(?:proxy-connection|connection|keep-alive):[^\r\n]*\r\n")


class Doorman(socketserver.ThreadingTCPServer):
    """Takes one browser's requests; refuses what leads inside, stops when the budget is spent."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, trusted: Container[str], seconds: float) -> None:
        super().__init__(("127.0.0.1", 0), _Visitor)
        self.trusted = trusted
        self.end = monotonic() + seconds
        self.left = PAGE_BYTES
        self.refused: list[str] = []
        """Hosts that were not let through."""

    @property
    def port(self) -> int:
        """Where the browser finds us."""
        return int(self.server_address[1])

    def spend(self, size: int) -> bool:
        """Count what went through; False when it was too much or took too long."""
        self.left -= size
        return self.left > 0 and monotonic() < self.end

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up is a matter of course."""


@contextmanager
def doorman(trusted: Container[str], seconds: float) -> Iterator[Doorman]:
    """A running proxy, gone at the end."""
    with Doorman(trusted, seconds) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


class _Visitor(socketserver.BaseRequestHandler):
    server: Doorman

    def handle(self) -> None:
        """Read one request's head, connect where it may go, and pass bytes both ways."""
        self.request.settimeout(10)
        head = self._head()
        first = head.split(b"\r\n", 1)[0].split(b" ")
        if len(first) != 3:  # noqa: PLR2004 - method, target, version
            return
        method, target, _ = (part.decode("latin-1") for part in first)
        try:
            far, opening = self._connect(method, target, head)
        except (InsideError, OSError, ValueError) as error:
            self._refuse(error)
            return
        with far:
            if method == "CONNECT":
                self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            far.sendall(opening)
            self._pass(far)

    def _head(self) -> bytes:
        head = b""
        while b"\r\n\r\n" not in head and len(head) < HEAD_BYTES:
            piece = self.request.recv(PIECE)
            if not piece:
                break
            head += piece
        return head

    def _connect(self, method: str, target: str, head: bytes) -> tuple[socket.socket, bytes]:
        """The far end, and what it is told first: a tunnel's own bytes or the plain request."""
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        host = (parts.hostname or "").rstrip(".")
        if method == "CONNECT":
            opening = head.partition(b"\r\n\r\n")[2]
        else:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            rest = HOP_HEADERS.sub(b"", head.partition(b"\r\n")[2], count=5)
            # One request a connection: a second one might be meant for another host.
            opening = f"{method} {path} HTTP/1.1\r\nConnection: close\r\n".encode("latin-1") + rest
        return dial(host, parts.port or 80, self.server.trusted), opening

    def _refuse(self, error: Exception) -> None:
        if isinstance(error, InsideError):
            self.server.refused.append(str(error))
        with suppress(OSError):
            self.request.sendall(b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n")

    def _pass(self, far: socket.socket) -> None:
        ends = {self.request: far, far: self.request}
        with suppress(OSError):
            while True:
                ready, _, _ = select.select(list(ends), [], [], 1)
                for one in ready:
                    piece = one.recv(PIECE)
                    if not piece or not self.server.spend(len(piece)):
                        return
                    ends[one].sendall(piece)
                if not self.server.spend(0):
                    return
