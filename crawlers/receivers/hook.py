"""Listens for signed deliveries of calls; answers only when they are kept, so nothing is lost."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any

from crawlers.connectors.base import Reading, WrongShapeError
from crawlers.receivers.signature import WINDOW, UnsignedError, verify
from crawlers.receivers.transcripts import read_transcripts

log = logging.getLogger("fengsui")

LARGEST = 5_000_000  # bytes; an hour of one busy line is a hundredth of it
AT_ONCE = 8  # deliveries in hand; a call centre sends one after the other
PATIENCE = 10.0  # seconds for one part of a request, and three times that for all of it

Take = Callable[[Reading], dict[str, int]]
"""Keeps what was read and says how much was new; raises HookError when it cannot be kept now."""


class HookError(RuntimeError):
    """Cannot be kept now; the message is a Chinese sentence for the sender's log."""


class Hook:
    """One listening address and the secret that deliveries must be signed with."""

    def __init__(
        self,
        address: tuple[str, int],
        secret: str,
        take: Take,
        clock: Callable[[], datetime],
    ) -> None:
        """Bind the address; raises OSError when it cannot be had."""
        self.secret, self.take, self.clock = secret, take, clock
        self._seen: dict[str, datetime] = {}
        self._lock = threading.Lock()
        self.slots = threading.BoundedSemaphore(AT_ONCE)
        self._server = _Server(address, _Handler)
        self._server.hook = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.2,), name="hook", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stop listening; returns when the server has stopped."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(PATIENCE)

    def taken(self, headers: dict[str, str], body: bytes) -> dict[str, int]:
        """Check and keep one delivery; raises UnsignedError, WrongShapeError or HookError.

        A signature counts as used only once its delivery is kept: the sender may try again.
        """
        now = self.clock()
        with self._lock:
            self._seen = {one: at for one, at in self._seen.items() if now - at <= 2 * WINDOW}
            mark = verify(self.secret, headers, body, now, self._seen)
            self._seen[mark] = now
        try:
            return self._kept(body)
        except BaseException:
            with self._lock:
                self._seen.pop(mark, None)
            raise

    def _kept(self, body: bytes) -> dict[str, int]:
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            raise WrongShapeError("正文不是 UTF-8 编码") from None
        return self.take(read_transcripts(text))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    hook: Hook

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401, ARG002
        """Say nothing of what was sent: a broken connection is the sender's to repeat."""
        log.info("a delivery broke off")


class _Handler(BaseHTTPRequestHandler):
    timeout = PATIENCE
    default_request_version = "HTTP/1.0"  # also who writes none gets a status and headers
    server: _Server

    def do_POST(self) -> None:
        """Take one delivery."""
        hook = self.server.hook
        if not hook.slots.acquire(blocking=False):
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, error="同时送来的太多，请稍后重发")
            return
        try:
            self._deliver(hook)
        finally:
            hook.slots.release()

    def _deliver(self, hook: Hook) -> None:
        body = self._body()
        if body is None:
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            self._answer(HTTPStatus.OK, **hook.taken(headers, body))
        except UnsignedError as error:
            log.warning("a delivery was refused: %s", error.status)
            self._answer(error.status, error=str(error))
        except WrongShapeError as error:
            self._answer(HTTPStatus.BAD_REQUEST, error=f"这次送来{error}；格式见 docs/private.md")
        except HookError as error:
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, error=str(error))
        except Exception:  # whatever it was, the sender must know that it is not kept
            log.exception("a delivery could not be kept")
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, error="没有收下，请稍后重发")

    def _body(self) -> bytes | None:
        """Return the body, or answer why it is not read."""
        said = self.headers.get("Content-Length", "")
        if not (said.isascii() and said.isdecimal()):
            self._answer(HTTPStatus.LENGTH_REQUIRED, error="请写 Content-Length，不要分块发送")
            return None
        if int(said) > LARGEST:
            sentence = f"超过 {LARGEST // 1_000_000} MB，请分几次送"
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, error=sentence)
            return None
        return self._read(int(said))

    def _read(self, size: int) -> bytes | None:
        parts, end = bytearray(), monotonic() + 3 * PATIENCE
        while len(parts) < size and monotonic() < end:
            part = self.rfile.read1(min(size - len(parts), 65_536))
            if not part:
                return None  # it hung up in the middle
            parts += part
        if len(parts) < size:
            self._answer(HTTPStatus.REQUEST_TIMEOUT, error="正文送得太慢，请重发")
            return None
        return bytes(parts)

    def send_error(
        self,
        code: int,
        message: str | None = None,  # noqa: ARG002 - English, and it may repeat what was sent
        explain: str | None = None,  # noqa: ARG002
    ) -> None:
        """Answer what is no delivery, such as another method, as deliveries are answered."""
        self.close_connection = True
        self._answer(code, error="这里只收签了名的 POST；格式见 docs/private.md")

    def _answer(self, status: int, **said: object) -> None:
        content = json.dumps(said, ensure_ascii=False).encode()
        self.send_response_only(status)  # without the name and version of the server
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Keep quiet: an address line may carry what a caller's number is."""
