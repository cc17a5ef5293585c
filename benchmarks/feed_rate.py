"""Items per second from a feed on loopback into the store, without its articles, and the memory.

    .venv/bin/python benchmarks/feed_rate.py [ENTRIES]

The real crawl child reads the feed, the real intake cleans, masks, matches and stores it. The bar:
5,000 entries at 500 a second or more, and no crawl child above 200 MB. Both steps run on one core,
one after the other, so processor seconds are what a quiet machine's clock would show; on a busy one
they are judged, and the clock is printed beside.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from crawlers.protocol import CrawlRequest
from monitor import bootstrap
from monitor.clock import utc_now
from monitor.config import BrandConfig, Settings
from monitor.stations.take_in import take_in

BRAND = "清河互联网医院"
LEAST, LARGEST = 500, 200  # items a second; MB
SAID = "挂号窗口排队两个小时，一直没有人解释原因，家属说打了三次电话都没有人接。"


def main(entries: int) -> int:
    """Print the figures; 1 when a bar is missed."""
    body = _feed(entries).encode()
    with tempfile.TemporaryDirectory() as folder, _site(body) as url:
        app = bootstrap.build_scratch(
            Settings(data_dir=Path(folder), brands=(BrandConfig(name=BRAND),)), utc_now, _none()
        )
        request = CrawlRequest(
            "feed", "forum", url, Path(folder), utc_now(), follow_articles=False, delay_seconds=0
        )
        before, started = _processor_seconds(), time.perf_counter()
        outcome = app.crawl(request)
        read = time.perf_counter()
        with app.database.transaction() as session:
            intake = take_in(app, session, outcome.items, utc_now(), source="feed")
        ended = time.perf_counter()
        app.database.close()
    memory = int(outcome.facts["memory_mb"])
    work = _processor_seconds() - before
    rate = intake.new / work
    print(f"{entries} entries, {len(body) / 1e6:.1f} MB: {intake.new} new items in the store")
    wall = f"crawl {read - started:.1f} s, intake {ended - read:.1f} s"
    print(f"{wall}: {intake.new / (ended - started):.0f} items a second by the clock")
    print(f"{work:.1f} processor seconds: {rate:.0f} items a second of one core")
    print(f"crawl child {memory} MB at most")
    return 0 if intake.new == entries and rate >= LEAST and memory <= LARGEST else 1


def _processor_seconds() -> float:
    """Return what this process and its ended children have used."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def _feed(entries: int) -> str:
    now = utc_now()
    items = "".join(
        f"<item><guid>post-{n}</guid><title>第{n}帖</title><link>https://forum.example/{n}</link>"
        f"<description>在{BRAND}第{n}次{SAID * 4}</description>"
        f"<pubDate>{now - timedelta(seconds=10 * n):%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for n in range(entries)
    )
    return f"<rss version='2.0'><channel><title>论坛</title>{items}</channel></rss>"


class _site:  # noqa: N801 - reads as a function where it is used
    """The feed on loopback."""

    def __init__(self, body: bytes) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                known = self.path == "/feed.xml"
                self.send_response(200 if known else 404)
                self.send_header("Content-Length", str(len(body) if known else 0))
                self.end_headers()
                self.wfile.write(body if known else b"")

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}/feed.xml"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _none():  # noqa: ANN202 - nothing is judged here
    class Nobody:
        name = "nobody"

        def predict(self, texts: object) -> list[object]:
            raise AssertionError(texts)

    return Nobody()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000))
