"""The crawl child: reads one request from standard input, runs the spider, writes JSON Lines."""

from __future__ import annotations

import json
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess

from crawlers.connectors.registry import FEEDS
from crawlers.connectors.sitemap import SITEMAP
from crawlers.limits import OUT_OF_MEMORY, set_limits
from crawlers.protocol import CrawlRequest, request_from_json
from crawlers.settings import scrapy_settings

if TYPE_CHECKING:
    from typing import TextIO

    from scrapy import Spider

COUNTED = "downloader/response_status_count/"


def main() -> None:
    """Run one crawl under its limits."""
    parent = int(sys.argv[1])
    request = request_from_json(sys.stdin.read())
    set_limits(parent, request.deadline_seconds, request.memory_mb)
    events = _own_output()
    try:
        _run(request, events)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _own_output() -> TextIO:
    """Keep standard output for the events; whatever a library prints goes to the log."""
    events = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    return events


class MemoryWatch(logging.Handler):
    """Ends the child when a library swallows a MemoryError and only logs it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Leave with the code that the runner understands."""
        if record.exc_info and isinstance(record.exc_info[1], MemoryError):
            os._exit(OUT_OF_MEMORY)


def _run(request: CrawlRequest, events: TextIO) -> None:
    def write(item: dict[str, Any]) -> None:
        with suppress(BrokenPipeError):
            events.write(json.dumps(item) + "\n")

    def spider_error(failure: Any) -> None:  # noqa: ANN401
        os._exit(OUT_OF_MEMORY if failure.check(MemoryError) else 1)

    logging.getLogger().addHandler(MemoryWatch())
    process = AsyncCrawlerProcess(scrapy_settings(request))
    crawler = process.create_crawler(_spider(request.kind))
    crawler.signals.connect(write, signals.item_scraped)
    crawler.signals.connect(spider_error, signals.spider_error)
    crawling = process.crawl(crawler, job=request)
    process.start()
    crawling.result()  # raises what kept the spider from starting
    write({"event": "end", "facts": _facts(crawler.stats.get_stats())})


def _spider(kind: str) -> type[Spider]:
    """Load only what this kind needs: the readers of feeds and articles are slow to import."""
    if kind == SITEMAP.kind:
        from crawlers.spiders.sitemap import SitemapSpider  # noqa: PLC0415

        return SitemapSpider
    if kind in FEEDS:
        from crawlers.spiders.feed import FeedSpider  # noqa: PLC0415

        return FeedSpider
    from crawlers.spiders.connector import ConnectorSpider  # noqa: PLC0415

    return ConnectorSpider


def _facts(stats: dict[str, Any]) -> dict[str, int]:
    facts = {
        f"http_{name.removeprefix(COUNTED)}": value
        for name, value in stats.items()
        if name.startswith(COUNTED)
    }
    facts["requests"] = stats.get("downloader/request_count", 0)
    facts["bytes"] = stats.get("downloader/response_bytes", 0)
    facts["memory_mb"] = _peak_megabytes()
    if "retry_after_seconds" in stats:
        facts["retry_after_seconds"] = stats["retry_after_seconds"]
    return facts


def _peak_megabytes() -> int:
    """Return the most memory this process has had, as the kernel counts it; 0 elsewhere.

    What a parent is told of an ended child (ru_maxrss) includes the parent's own size at the fork.
    """
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text("ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
    return 0


if __name__ == "__main__":
    main()
