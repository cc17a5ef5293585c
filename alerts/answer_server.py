"""Serves the pages behind personal links; it knows neither incidents nor people, only two doors.

Opening a link changes nothing, since chat programs open links to preview them: only a button does.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from alerts.answer_page import Answer, Card, page

log = logging.getLogger("fengsui")

LONGEST_TOKEN = 400  # ours have some 100 characters
LARGEST_FORM = 200  # bytes; ours have some twenty
AT_ONCE = 16  # a page takes some milliseconds
PATIENCE = 10.0  # seconds for one request
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
}
GONE = Card("链接无效或已过期", ("请看最新的消息，或在终端运行 fengsui incidents list。",))
BUSY = Card("现在人太多", ("请过几秒再点一次，或给同事打电话。",))
WRONG = Card("打不开", ("请从消息里点开链接；再不行，请给同事打电话。",))
BROKEN = Card("没有记下", ("系统出了点问题，请过几秒再点一次；再不行，请给同事打电话。",))


@dataclass(frozen=True, slots=True)
class Doors:
    """What the server asks: both take a token and answer None for one that is not valid."""

    look: Callable[[str], Card | None]
    take: Callable[[str, Answer], Card | None]


class AnswerServer:
    """One listening address; put a TLS proxy in front of it."""

    def __init__(self, address: tuple[str, int], doors: Doors) -> None:
        """Bind the address; raises OSError when it cannot be had."""
        self._server = _Server(address, _Handler)
        self._server.doors = doors
        self._server.slots = threading.BoundedSemaphore(AT_ONCE)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.2,), name="answers", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(PATIENCE)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    doors: Doors
    slots: threading.BoundedSemaphore

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401, ARG002
        """Say nothing of what was asked: a link is a key."""
        log.info("a request for an answer page broke off")


class _Handler(BaseHTTPRequestHandler):
    timeout = PATIENCE
    default_request_version = "HTTP/1.0"  # also who writes none gets a status and headers
    server: _Server

    def do_GET(self) -> None:
        """Show the page of a link."""
        self._serve(self.server.doors.look)

    def do_POST(self) -> None:
        """Take the answer that was tapped."""
        answer = self._answer()
        if answer is None:
            self._show(HTTPStatus.BAD_REQUEST, GONE)
            return
        self._serve(lambda token: self.server.doors.take(token, answer))

    def _serve(self, door: Callable[[str], Card | None]) -> None:
        if not self.server.slots.acquire(blocking=False):
            self._show(HTTPStatus.SERVICE_UNAVAILABLE, BUSY)
            return
        try:
            token = self.path.rpartition("/")[2]
            card = door(token) if len(token) <= LONGEST_TOKEN else None
        except Exception:  # whatever it was, the person must know that nothing was noted
            log.exception("an answer could not be taken")
            self._show(HTTPStatus.INTERNAL_SERVER_ERROR, BROKEN)
        else:
            self._show(HTTPStatus.OK if card else HTTPStatus.NOT_FOUND, card or GONE)
        finally:
            self.server.slots.release()

    def _answer(self) -> Answer | None:
        said = self.headers.get("Content-Length", "")
        if not (said.isascii() and said.isdecimal()) or int(said) > LARGEST_FORM:
            return None
        form = parse_qs(self.rfile.read(int(said)).decode("ascii", "replace"))
        try:
            return Answer(form.get("answer", [""])[0])
        except ValueError:
            return None

    def send_error(
        self,
        code: int,
        message: str | None = None,  # noqa: ARG002 - English, and it may repeat what was asked
        explain: str | None = None,  # noqa: ARG002
    ) -> None:
        """Answer what is no request of ours, such as another method, with a page of ours."""
        self.close_connection = True
        self._show(code, WRONG)

    def _show(self, status: int, card: Card) -> None:
        content = page(card).encode()
        self.send_response_only(status)  # without the name and version of the server
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Keep quiet: the path of a request is a key."""
