"""The fictional town's web site on loopback; a post is there once the clock has passed its time."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from monitor.clock import Clock
from monitor.demo import pages
from monitor.demo.story import Post, Story

FEEDS = {"/news/feed.xml": "RSS", "/forum/feed.xml": "Atom", "/complaints/feed.json": "JSON Feed"}
FAILURES = 2  # the crawler asks twice in one run, so the page heals only for its next run
Answer = tuple[HTTPStatus, str, str]


class Site:
    """Serves the story up to the present instant of the demo's clock."""

    def __init__(self, story: Story, clock: Clock, port: int = 0) -> None:
        """Listen on a loopback port, 0 for any free one."""
        self._story, self._clock = story, clock
        self._statement: tuple[str, datetime] | None = None
        self._lock = threading.Lock()
        self.hits: Counter[tuple[str, int]] = Counter()
        """Requests by path and answered status."""
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
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def base(self) -> str:
        """The address without a path."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def publish(self, text: str) -> str:
        """Put the hospital's statement on its page and return the address."""
        self._statement = (text, self._clock())
        return f"{self.base}/hospital/statement.html"

    def answer(self, path: str) -> Answer:
        """Status, type and body for a path at this instant."""
        now = self._clock()
        if path == "/robots.txt":
            return HTTPStatus.OK, "text/plain", pages.ROBOTS
        if path in FEEDS:
            return self._feed(path, now)
        if path == "/hospital/statement.html" and self._statement is not None:
            return HTTPStatus.OK, "text/html", pages.statement_page(*self._statement)
        post = next((one for one in self._published(now) if self._is_at(one, path)), None)
        return self._article(post, path) if post else (HTTPStatus.NOT_FOUND, "text/html", "404")

    def count(self, path: str, status: int) -> None:
        """Remember an answer."""
        with self._lock:
            self.hits[path, status] += 1

    def _published(self, now: datetime) -> list[Post]:
        return [post for post in self._story.posts if post.via != "weibo" and post.at <= now]

    def _is_at(self, post: Post, path: str) -> bool:
        return urlsplit(pages.link(self.base, post)).path == path

    def _feed(self, path: str, now: datetime) -> Answer:
        if path == "/news/feed.xml":
            return _xml(pages.rss(self.base, self._story.visible("news", now)))
        if path == "/forum/feed.xml":
            return _xml(pages.atom(self.base, self._story.visible("forum", now)))
        found = self._story.visible("complaints", now)
        return HTTPStatus.OK, "application/feed+json", pages.json_feed(self.base, found, now)

    def _article(self, post: Post, path: str) -> Answer:
        failed = self.hits[path, HTTPStatus.INTERNAL_SERVER_ERROR]
        if post.page == "fails_first" and failed < FAILURES:
            return HTTPStatus.INTERNAL_SERVER_ERROR, "text/html", "<html>服务器开小差了</html>"
        return HTTPStatus.OK, "text/html", pages.article(post)


def _xml(text: str) -> Answer:
    return HTTPStatus.OK, "application/xml", text


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], site: Site) -> None:
        super().__init__(address, _Handler)
        self.site = site


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Answer one request, with 304 where the reader has the page as it is."""
        path = urlsplit(self.path).path
        status, kind, text = self.server.site.answer(path)
        body = text.encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if status == HTTPStatus.OK and self.headers.get("If-None-Match") == etag:
            status, body = HTTPStatus.NOT_MODIFIED, b""
        self.server.site.count(path, status)
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", etag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        """Keep quiet: the demo tells its story itself."""
