"""A small real web site on loopback whose pages a test writes, and builders for feeds."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from crawlers.runner import CrawlRequest

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@dataclass
class Page:
    """One answer; `before` runs first, for instance to wait."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str | None] = field(default_factory=dict)
    before: Callable[[], object] = lambda: None


class QuietServer(ThreadingHTTPServer):
    """Takes a visitor who hangs up as a matter of course."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


class Site:
    """Serves `pages` by path; counts what was asked for and keeps the request headers."""

    def __init__(self) -> None:
        self.pages: dict[str, Page | Callable[[Any], Page]] = {}
        self.otherwise = Page(b"", 404)
        self.hits: Counter[str] = Counter()
        self.heard: list[tuple[str, dict[str, str]]] = []
        self.closing = threading.Event()
        self._server = QuietServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def feed(self, *items: str, path: str = "/feed.xml", **page: Any) -> str:
        """Publish an RSS feed of the items and return its address."""
        self.pages[path] = Page(rss(*items), **page)
        return self.url + path

    def article(self, path: str, text: str, **page: Any) -> None:
        self.pages[path] = Page(article(text), **page)

    def hang(self) -> None:
        """Keep the visitor waiting until the test is over."""
        self.closing.wait(30)

    def _handler(site) -> type[BaseHTTPRequestHandler]:  # noqa: N805 (the inner class has a self)
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = self.path
                site.hits[path] += 1
                site.heard.append((path, dict(self.headers)))
                self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                page = site.pages.get(path, site.otherwise)
                page = page(self) if callable(page) else page
                page.before()
                self._answer(page)

            do_POST = do_GET  # noqa: N815 (the name that the server looks for)

            def _answer(self, page: Page) -> None:
                body = page.body.encode() if isinstance(page.body, str) else page.body
                self.send_response(page.status)
                for name, value in {"Content-Length": str(len(body)), **page.headers}.items():
                    if value is not None:
                        self.send_header(name, value)
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


@contextmanager
def sites(count: int) -> Iterator[list[Site]]:
    with Site() as first:
        if count == 1:
            yield [first]
        else:
            with sites(count - 1) as rest:
                yield [first, *rest]


def rss(*items: str) -> str:
    joined = "".join(items)
    head = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
    return f"{head}<title>清河论坛</title>{joined}</channel></rss>"


def entry(
    number: int,
    link: str = "",
    text: str = "在清河互联网医院排队两个小时",
    extra: str = "",
    at: str = "",
) -> str:
    """One entry of a feed; without `at` (as RFC 822 writes it) the date is a fixed Sunday."""
    when = at or f"Sun, 22 Nov 2026 {number % 2:02d}:{number % 60:02d}:00 GMT"
    address = f"<link>{link}</link>" if link else ""
    return (
        f"<item><guid>post-{number}</guid><title>第{number}帖</title>{address}"
        f"<description>{text}</description>"
        f"<pubDate>{when}</pubDate>"
        f"{extra}</item>"
    )


def article(text: str, head: str = "") -> str:
    said = "患者家属说，挂号处一直没有人解释原因。"
    paragraphs = "".join(f"<p>{text}（第{part}段）{said}</p>" for part in range(4))
    return (
        f"<html><head><title>清河互联网医院</title>{head}</head><body><nav>首页 新闻 关于</nav>"
        f"<article><h1>清河互联网医院</h1>{paragraphs}</article><footer>版权所有</footer></body></html>"
    )


def request(url: str, tmp_path: Path, **changes: Any) -> CrawlRequest:
    settings: dict[str, Any] = {
        "source": "清河论坛",
        "platform": "forum",
        "url": url,
        "cache_dir": tmp_path,
        "now": NOW,
        "deadline_seconds": 20,
        "delay_seconds": 0,
    }
    return CrawlRequest(**{**settings, **changes})
