"""Chat bots and a mail server on loopback that answer as the real ones do.

For the tests and for `make demo`: nothing here is a stand-in for our own code.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import socket
import struct
import threading
from collections import defaultdict, deque
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

from alerts.mail_sink import Mail, MailSink
from alerts.sink_answers import ANSWERS, PAGES, REQUEST_LIMITS, TEXT_LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType

__all__ = ["BotSink", "Mail", "MailSink", "Received"]

# A hanging answer is let go when the sink stops; this only bounds a forgotten one.
_HANG_SECONDS = 60.0
_SLOW_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Received:
    """One request that arrived: to which bot, with what, and how it was answered."""

    platform: str
    token: str
    mode: str
    text: str
    body: bytes
    headers: Mapping[str, str]
    path: str

    @property
    def accepted(self) -> bool:
        """Whether the answer told the sender yes."""
        return self.mode in ("ok", "slow")


class BotSink:
    """An HTTP server that answers as the chat bots do; scripted by token, `ok` when unscripted.

    Modes: the keys of `ANSWERS` and `PAGES`, `code:45009` for any code, `json:…` for any
    body, `slow`, `hang` and `reset`.
    """

    def __init__(self, port: int = 0) -> None:
        self._lock = threading.Condition()
        self._scripts: dict[str, deque[str]] = defaultdict(deque)
        self._secrets: dict[str, str] = {}
        self._received: list[Received] = []
        self._stopping = threading.Event()
        self._server = _Server(("127.0.0.1", port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def port(self) -> int:
        """The port that was given or chosen."""
        return int(self._server.server_address[1])

    @property
    def base(self) -> str:
        """The address for a channel's `base` parameter."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def received(self) -> tuple[Received, ...]:
        """What arrived so far, in order."""
        with self._lock:
            return tuple(self._received)

    def accepted(self, token: str) -> list[str]:
        """Return the texts that this bot said yes to, in order."""
        return [one.text for one in self.received if one.token == token and one.accepted]

    def script(self, token: str, modes: Iterable[str]) -> None:
        """Answer the next requests to `token` in these modes, one each, then `ok` again."""
        with self._lock:
            self._scripts[token].extend(modes)

    def require_signature(self, token: str, secret: str) -> None:
        """Let the 钉钉 or 飞书 robot `token` check signatures, as one with 加签 does."""
        with self._lock:
            self._secrets[token] = secret

    def wait_for(self, number: int, timeout: float = 5.0) -> bool:
        """Wait until `number` requests have arrived; false when the time is over."""
        with self._lock:
            return self._lock.wait_for(lambda: len(self._received) >= number, timeout)

    def take(
        self,
        platform: str,
        token: str,
        body: bytes,
        query: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
        path: str = "",
    ) -> str:
        """Record a request and return the mode to answer it in."""
        text = _text(platform, _payload(body))
        with self._lock:
            mode = self._scripts[token].popleft() if self._scripts[token] else "ok"
            if mode == "ok":
                signed = {**query, **_payload(body)}
                mode = self._check(platform, token, signed) or _too_long(platform, text, body)
            one = Received(platform, token, mode, text, body, headers or {}, path)
            self._received.append(one)
            self._lock.notify_all()
        return mode

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond the sink's end."""
        self._stopping.wait(seconds)

    def _check(self, platform: str, token: str, query: Mapping[str, Any]) -> str:
        secret = self._secrets.get(token)
        if secret is None:
            return ""
        text = f"{query.get('timestamp', '')}\n{secret}".encode()
        # 钉钉 signs this text with the secret; for 飞书 it is the key, and nothing is signed.
        key, said = (text, b"") if platform == "feishu" else (secret.encode(), text)
        digest = hmac.new(key, said, hashlib.sha256).digest()
        return "" if base64.b64encode(digest).decode() == query.get("sign") else "bad_sign"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # The default of 5 makes the sixth sender at once wait a second for its connection.
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], sink: BotSink) -> None:
        super().__init__(address, _Handler)
        self.sink = sink

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Say nothing: a sender that hung up is part of what the sinks are for."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Give 企业微信's application token: the only GET that a sender makes."""
        corp = _query(self.path).get("corpid", "")
        self._write(200, _json({"errcode": 0, "access_token": f"token-of-{corp}"}))

    def do_POST(self) -> None:
        """Take one message and answer in the mode that is its turn."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        platform, token = _recipient(self.path, body)
        headers = dict(self.headers.items())
        query = _query(self.path)
        mode = self.server.sink.take(platform, token, body, query, headers, self.path)
        if mode == "reset":
            self._reset()
            return
        if mode in ("hang", "slow"):
            self.server.sink.pause(_HANG_SECONDS if mode == "hang" else _SLOW_SECONDS)
        with contextlib.suppress(OSError):
            self._write(*_answer(platform, mode))

    def _write(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if status == HTTPStatus.FOUND:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    def _reset(self) -> None:
        """Drop the connection with a TCP reset, after the whole request was read."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        """Keep quiet: addresses hold keys."""


def _answer(platform: str, mode: str) -> tuple[int, bytes]:
    if mode in PAGES:
        return PAGES[mode]
    if mode.startswith("json:"):
        return 200, mode.removeprefix("json:").encode()
    if mode.startswith("code:"):
        number = int(mode.removeprefix("code:"))
        return 200, _json({"errcode": number, "code": number})
    answers = ANSWERS[platform]
    return 200, _json(answers.get(mode, answers["ok"]))


def _too_long(platform: str, text: str, body: bytes) -> str:
    over_text = len(text.encode()) > TEXT_LIMITS.get(platform, len(body) + 1)
    over_request = len(body) > REQUEST_LIMITS.get(platform, len(body) + 1)
    return "too_long" if over_text or over_request else "ok"


def _recipient(path: str, body: bytes) -> tuple[str, str]:
    """Return the platform that an address belongs to, and the bot's token."""
    parts, query = urlsplit(path).path.strip("/").split("/"), _query(path)
    match parts:
        case [*_, "cgi-bin", "webhook", "send"]:
            return "wecombot", query.get("key", "")
        case [*_, "cgi-bin", "message", "send"]:
            return "wechat", query.get("access_token", "").removeprefix("token-of-")
        case [*_, "robot", "send"]:
            return "dingtalk", query.get("access_token", "")
        case [*_, "bot", "v2", "hook", token]:
            return "feishu", token
    return _small_recipient(parts[-1], _payload(body))


def _small_recipient(last: str, payload: dict[str, Any]) -> tuple[str, str]:
    if last.endswith(".send"):
        return "schan", last.removesuffix(".send")
    fields = {"send": ("pushplus", "token"), "push": ("bark", "device_key")}
    platform, name = fields.get(last, ("webhook", ""))
    return platform, str(payload.get(name, last))


def _payload(body: bytes) -> dict[str, Any]:
    with contextlib.suppress(ValueError):
        payload = json.loads(body)
        return payload if isinstance(payload, dict) else {}
    return {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}


def _text(platform: str, payload: dict[str, Any]) -> str:
    if platform == "dingtalk" and "markdown" in payload:
        return str(payload["markdown"].get("text", "")).replace("  \n", "\n")
    if platform in ("wecombot", "wechat", "dingtalk"):
        return str((payload.get("text") or payload.get("markdown") or {}).get("content", ""))
    if platform == "feishu":
        return _card_text(payload.get("card")) or str(payload.get("content", {}).get("text", ""))
    fields = {"schan": "desp", "pushplus": "content", "bark": "body"}
    return str(payload.get(fields.get(platform, "message"), ""))


def _card_text(card: Any) -> str:  # noqa: ANN401 - whatever came in
    """What a 飞书 card says: its title, then its plain texts."""
    if not isinstance(card, dict):
        return ""
    title = card.get("header", {}).get("title", {}).get("content", "")
    texts = [one.get("text", {}) for one in card.get("elements", ())]
    said = [str(one.get("content", "")) for one in texts if one.get("tag") == "plain_text"]
    return "\n".join([str(title), *(one for one in said if one != title)])


def _query(path: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
