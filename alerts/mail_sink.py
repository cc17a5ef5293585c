"""A mail server on loopback that keeps what it gets, and refuses or drops on request."""

from __future__ import annotations

import asyncio
import email
import email.policy
import threading
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from aiosmtpd.smtp import SMTP

if TYPE_CHECKING:
    from collections.abc import Iterable
    from email.message import EmailMessage
    from types import TracebackType

_REPLIES = {
    "550": "550 5.1.1 mailbox unavailable",
    "451": "451 4.7.1 greylisted, try again later",
    "552": "552 5.3.4 message too big",
}
# A hanging answer ends with the sink; this only bounds a forgotten one.
_HANG_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail that was kept: for whom, and what it says."""

    to: str
    message: EmailMessage
    mode: str

    @property
    def subject(self) -> str:
        """The decoded subject."""
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The decoded plain text."""
        part = self.message.get_body(("plain",))
        return str(part.get_content()).replace("\r\n", "\n") if part else ""


class MailSink:
    """An SMTP server on a loopback port, scripted by recipient, accepting when unscripted.

    Modes: `ok`, `550` and `451` at RCPT, `552` after the text, `drop` (keeps the mail and closes
    without an answer), `hang` (keeps the mail and never answers).
    """

    def __init__(self, port: int = 0) -> None:
        self._lock = threading.Lock()
        self._scripts: dict[str, deque[str]] = defaultdict(deque)
        self._mails: list[Mail] = []
        self._wanted_port = port
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @property
    def mails(self) -> tuple[Mail, ...]:
        """What was kept so far, in order."""
        with self._lock:
            return tuple(self._mails)

    def url(self, to: str) -> str:
        """Return the channel address that sends to `to` over this server."""
        sender = "fengsui@example.org"
        return f"mailto://127.0.0.1:{self.port}?from={sender}&to={to}&mode=insecure"

    def script(self, recipient: str, modes: Iterable[str]) -> None:
        """Treat the next mails to `recipient` in these modes, one each, then accept again."""
        with self._lock:
            self._scripts[recipient].extend(modes)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,  # noqa: ARG002 - aiosmtpd's signature
        session: Any,  # noqa: ANN401, ARG002 - aiosmtpd's signature
        envelope: Any,  # noqa: ANN401 - aiosmtpd has no types
        address: str,
        options: list[str],  # noqa: ARG002 - aiosmtpd's signature
    ) -> str:
        """Accept or refuse one recipient."""
        with self._lock:
            mode = self._scripts[address][0] if self._scripts[address] else "ok"
            if mode in ("550", "451"):
                return _REPLIES[self._scripts[address].popleft()]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,
        session: Any,  # noqa: ANN401, ARG002 - aiosmtpd's signature
        envelope: Any,  # noqa: ANN401 - aiosmtpd has no types
    ) -> str:
        """Keep one mail, and answer in the mode that is its turn."""
        mode = self._keep(envelope)
        if mode == "drop":
            server.transport.abort()
        if mode == "hang":
            await asyncio.wait({asyncio.ensure_future(self._stop.wait())}, timeout=_HANG_SECONDS)
        return _REPLIES.get(mode, "250 OK")

    def _keep(self, envelope: Any) -> str:  # noqa: ANN401 - aiosmtpd has no types
        to = envelope.rcpt_tos[0]
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with self._lock:
            mode = self._scripts[to].popleft() if self._scripts[to] else "ok"
            if mode not in _REPLIES:
                self._mails.append(Mail(to=to, message=message, mode=mode))
        return mode

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        server = await self._loop.create_server(
            lambda: SMTP(self, enable_SMTPUTF8=True, loop=self._loop),
            "127.0.0.1",
            self._wanted_port,
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        await self._drain()

    async def _drain(self) -> None:
        """Let the connections' tasks end, so that the loop closes with nothing pending."""
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
