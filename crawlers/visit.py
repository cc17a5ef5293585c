"""Reads one page exactly as the site sends it, redirects and all, within limits."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from time import monotonic
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from crawlers.dial import InsideError, dial
from crawlers.parsing import shown
from crawlers.settings import MAX_TIMEOUT

USER_AGENT = "Fengsui/0.1 (page captured at a person's request)"
MAX_BYTES = 20 * 1024 * 1024  # four times a page that is crawled: evidence is not to be cut off
MAX_SECONDS = 60.0  # three hops that each use up the twenty seconds of a crawled page
MAX_HOPS = 6  # as many pages as five redirects have; real chains have at most four
PIECE = 64 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})
HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept": "*/*",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
    "Accept-Encoding": "identity",  # what arrives is what is kept; and no decompression bombs
    "Connection": "close",
}


class VisitError(Exception):
    """A page could not be had; the message says why in Chinese."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its whole answer, in the site's own bytes."""

    url: str
    method: str
    sent: tuple[tuple[str, str], ...]
    target: str
    status: int
    reason: str
    version: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    address: str
    """The IP address that answered."""
    certificate: str
    """SHA-256 of the site's certificate; empty without TLS."""
    at: datetime

    def header(self, name: str) -> str:
        """The first header of this name; empty when there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one visit may cost."""

    bytes: int = MAX_BYTES
    seconds: float = MAX_SECONDS
    hops: int = MAX_HOPS


def visit(
    url: str,
    clock: Callable[[], datetime],
    *,
    trusted: Container[str] = (),
    limits: Limits | None = None,
) -> list[Exchange]:
    """Read a page and every redirect before it, the page itself last; raises VisitError.

    Only the hosts in `trusted` may lie in a private network.
    """
    limits = limits or Limits()
    end, seen = monotonic() + limits.seconds, list[Exchange]()
    while len(seen) < limits.hops:
        one = exchange(url, clock, trusted=trusted, limits=limits, end=end)
        seen.append(one)
        where = one.header("location")
        if one.status not in REDIRECTS or not where:
            return seen
        url = urljoin(url, where)
    raise VisitError(f"反复跳转，到不了正文。请在浏览器中打开核对：{shown(url)}")


def exchange(
    url: str,
    clock: Callable[[], datetime],
    *,
    trusted: Container[str] = (),
    limits: Limits | None = None,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    end: float | None = None,
) -> Exchange:
    """Send one request, a POST if there is a body, and read its answer; raises VisitError.

    `end` is an instant of time.monotonic().
    """
    limits = limits or Limits()
    end = monotonic() + limits.seconds if end is None else end
    parts = _split(url)
    wanted = {"Host": _authority(parts), **HEADERS, **(headers or {})}
    try:
        return _talk(url, parts, wanted, body, clock, trusted, limits, end)
    except VisitError:
        raise
    except Exception as error:
        raise VisitError(f"{_why(error)}：{shown(url)}") from error


def _talk(
    url: str,
    parts: SplitResult,
    wanted: dict[str, str],
    body: bytes | None,
    clock: Callable[[], datetime],
    trusted: Container[str],
    limits: Limits,
    end: float,
) -> Exchange:
    method, target = ("GET" if body is None else "POST"), _target(parts)
    line, certificate = _open(parts, trusted, end)
    try:
        at, address = clock(), str(line.getpeername()[0])
        connection = http.client.HTTPConnection(parts.hostname or "")
        connection.sock = line
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in wanted.items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        content = _read(answer, line, limits, end)
    finally:
        line.close()
    version = "HTTP/1.1" if answer.version == 11 else "HTTP/1.0"  # noqa: PLR2004 - its own coding
    return Exchange(
        url=url,
        method=method,
        sent=tuple(wanted.items()),
        target=target,
        status=answer.status,
        reason=answer.reason,
        version=version,
        headers=tuple(answer.getheaders()),
        body=content,
        address=address,
        certificate=certificate,
        at=at,
    )


def _open(parts: SplitResult, trusted: Container[str], end: float) -> tuple[socket.socket, str]:
    secure = parts.scheme == "https"
    host = (parts.hostname or "").rstrip(".")
    line = dial(host, parts.port or (443 if secure else 80), trusted, _left(end))
    line.settimeout(_left(end))
    if not secure:
        return line, ""
    try:
        wrapped = ssl.create_default_context().wrap_socket(line, server_hostname=host)
    except BaseException:
        line.close()
        raise
    return wrapped, sha256(wrapped.getpeercert(binary_form=True) or b"").hexdigest()


def _read(
    answer: http.client.HTTPResponse, line: socket.socket, limits: Limits, end: float
) -> bytes:
    whole = bytearray()
    while True:
        line.settimeout(_left(end))
        piece = answer.read1(PIECE)
        whole += piece
        if len(whole) > limits.bytes:
            raise VisitError(f"页面超过 {limits.bytes // 1024**2} MB，没有保存：请核对地址")
        if not piece:
            if answer.length:
                raise http.client.IncompleteRead(b"", answer.length)
            return bytes(whole)


def _left(end: float) -> float:
    left = end - monotonic()
    if left <= 0:
        raise TimeoutError
    return min(left, MAX_TIMEOUT)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        good = bool(parts.hostname) and parts.port != 0  # a bad port shows only when it is read
    except ValueError:
        parts, good = urlsplit(""), False
    if not good or parts.scheme not in {"http", "https"}:
        raise VisitError(f"不是网页地址（要以 http:// 或 https:// 开头）：{shown(url)}")
    if "@" in parts.netloc:
        raise VisitError(f"地址里带着用户名或密码，没有访问：{shown(parts.hostname or '')}")
    return parts


def _authority(parts: SplitResult) -> str:
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host.encode("idna").decode()
    return f"{host}:{parts.port}" if parts.port else host


def _target(parts: SplitResult) -> str:
    """The path and query as they go over the wire: Chinese characters percent-encoded."""
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]")
    return f"{path}?{query}" if parts.query else path


def _why(error: Exception) -> str:
    if isinstance(error, InsideError):
        return "指向内部网络地址，为安全起见没有访问"
    if isinstance(error, ssl.SSLError):
        return "网站的安全证书不可信，没有读取"
    if isinstance(error, TimeoutError):
        return "长时间没有回应，已放弃，请稍后再试"
    if isinstance(error, socket.gaierror):
        return "域名解析不到，请核对地址和网络"
    if isinstance(error, http.client.IncompleteRead):
        return "页面只传来一半就断了，没有保存，请再试一次"
    return f"连不上或读不懂它的回答（{type(error).__name__}），请稍后再试"
