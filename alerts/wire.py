"""Stand-ins for `requests` and `smtplib` that a plugin uses while we watch what the wire says.

Apprise reports only true or false. `channels` binds the two stand-ins below in place of the modules
inside the plugin that is about to send; they do the real I/O and write what happened into the
`Exchange` of the current call. The exchange is a context variable, so calls in other threads each
see their own. Nothing outside Apprise's plugin modules is replaced.
"""

from __future__ import annotations

import contextlib
import io
import ipaddress
import itertools
import logging
import smtplib
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import requests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A bot's answer is some hundred bytes; what is longer is not read.
_CHUNK, _ANSWER_CHUNKS = 8 * 1024, 8


@dataclass(slots=True)
class Exchange:
    """One call's settings, and what the wire said."""

    timeout: float
    base: str = ""
    """`http://host:port` in place of the vendor's own host."""
    amend: Callable[[bytes], bytes] | None = None
    """Changes the request's body, for what a plugin cannot say itself."""
    sign: Callable[[bytes], dict[str, str]] | None = None
    """Gives the headers that sign the body as it leaves."""
    written: bool = False
    """True from the moment at which the other side may have the whole message."""
    http_status: int | None = None
    body: bytes = b""
    errors: list[Exception] = field(default_factory=list)


_current: ContextVar[Exchange | None] = ContextVar("fengsui_exchange", default=None)


@contextlib.contextmanager
def watching(exchange: Exchange) -> Iterator[Exchange]:
    """Let the stand-ins write into `exchange` while the block runs, in this context only."""
    token = _current.set(exchange)
    try:
        yield exchange
    finally:
        _current.reset(token)


def _exchange() -> Exchange:
    exchange = _current.get()
    if exchange is None:
        raise RuntimeError("the stand-ins send only inside `watching`")
    return exchange


class WatchedRequests:
    """What Apprise's plugins use of the `requests` module, recorded."""

    codes = requests.codes
    RequestException = requests.RequestException

    def get(self, url: str, **options: Any) -> requests.Response:  # noqa: ANN401 - as requests
        """Send a GET as `requests.get` does."""
        return self.request("GET", url, **options)

    def post(self, url: str, **options: Any) -> requests.Response:  # noqa: ANN401 - as requests
        """Send a POST as `requests.post` does."""
        return self.request("POST", url, **options)

    def request(self, method: str, url: str, **options: Any) -> requests.Response:  # noqa: ANN401
        """Send a request and record its answer or its failure."""
        exchange = _exchange()
        exchange.http_status, exchange.body = None, b""
        options |= _watched_body(exchange, method, options)
        # A redirect would carry the key to another host; a bot that moved is an error to show.
        options |= {"timeout": exchange.timeout, "allow_redirects": False, "stream": True}
        try:
            return _exchange_http(exchange, method, _rebased(url, exchange.base), options)
        except OSError as error:  # the parent of all that requests raises
            exchange.errors.append(error)
            raise requests.RequestException from None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever requests has
        return getattr(requests, name)


def _exchange_http(
    exchange: Exchange, method: str, url: str, options: dict[str, Any]
) -> requests.Response:
    with requests.Session() as session:
        # A proxy from the environment cannot reach this machine's own loopback.
        session.trust_env = not is_loopback(url)
        with session.request(method, url, **options) as response:
            chunks = response.iter_content(_CHUNK)
            exchange.body = b"".join(itertools.islice(chunks, _ANSWER_CHUNKS))
            exchange.http_status = response.status_code
            return _rewound(response, exchange.body)


class _WatchedBody(io.BytesIO):
    """A request's body that notes when it begins to leave: after connection, TLS and headers."""

    def __init__(self, body: bytes, exchange: Exchange) -> None:
        super().__init__(body)
        self._exchange = exchange

    def read(self, size: int | None = -1) -> bytes:
        self._exchange.written = True
        return super().read(size)


def _watched_body(exchange: Exchange, method: str, options: dict[str, Any]) -> dict[str, Any]:
    """Return the options that change, so that we see when the body begins to leave."""
    data, headers = options.get("data"), dict(options.get("headers") or {})
    if isinstance(data, dict):
        data = urlencode(data, doseq=True)
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    if not data or not isinstance(data, str | bytes):
        # No body to watch: a GET carries no message, of anything else the worst is assumed.
        exchange.written = exchange.written or method != "GET"
        return {}
    body = data.encode() if isinstance(data, str) else data
    body = exchange.amend(body) if exchange.amend else body
    if exchange.sign is not None:
        headers |= exchange.sign(body)
    return {"data": _WatchedBody(body, exchange), "headers": headers}


def _rewound(response: requests.Response, body: bytes) -> requests.Response:
    """Return an answer that the plugin can read although we already did."""
    copy = requests.Response()
    copy.status_code, copy.headers, copy.url = response.status_code, response.headers, response.url
    copy.raw = io.BytesIO(body)
    return copy


def _rebased(url: str, base: str) -> str:
    if not base:
        return url
    there, here = urlsplit(base), urlsplit(url)
    path = there.path.rstrip("/") + here.path
    return urlunsplit((there.scheme, there.netloc, path, here.query, ""))


def is_loopback(url: str) -> bool:
    """Whether an address stays on this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


class _WatchedSMTP(smtplib.SMTP):
    """An SMTP client that records at which step a delivery failed."""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - as smtplib
        with _noted():
            super().__init__(*args, **options)

    def starttls(self, **options: Any) -> tuple[int, bytes]:  # type: ignore[override] # noqa: ANN401
        with _noted():
            return super().starttls(**options)

    def login(self, *args: Any, **options: Any) -> tuple[int, bytes]:  # noqa: ANN401
        with _noted():
            return super().login(*args, **options)

    def sendmail(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - as smtplib
        with _noted():
            refused = super().sendmail(*args, **options)
        _exchange().http_status = 250
        return refused

    def data(self, msg: Any) -> tuple[int, bytes]:  # noqa: ANN401 - as smtplib
        # From here on a lost connection does not tell whether the server kept the mail.
        _exchange().written = True
        return super().data(msg)


class _WatchedSMTPS(_WatchedSMTP, smtplib.SMTP_SSL):
    """The same over implicit TLS."""


class WatchedSmtplib:
    """What Apprise's mail plugin uses of the `smtplib` module, recorded."""

    SMTP = _WatchedSMTP
    SMTP_SSL = _WatchedSMTPS

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever smtplib has
        return getattr(smtplib, name)


@contextlib.contextmanager
def _noted() -> Iterator[None]:
    try:
        yield
    except (OSError, smtplib.SMTPException) as error:
        _exchange().errors.append(error)
        raise


def _outside_a_call(_record: logging.LogRecord) -> bool:
    return _current.get() is None


def _never(_record: logging.LogRecord) -> bool:
    return False


def hush() -> None:
    """Keep keys, addresses and texts out of the logs, which these libraries write at any level."""
    _filter("apprise", _never)
    _filter("urllib3.connectionpool", _outside_a_call)
    _filter("urllib3.util.retry", _outside_a_call)


def _filter(name: str, keep: Callable[[logging.LogRecord], bool]) -> None:
    logger = logging.getLogger(name)
    if keep not in logger.filters:
        logger.addFilter(keep)
