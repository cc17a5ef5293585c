"""Runs many crawls in one process, so that a test of every connector and mode takes seconds.

Reads a JSON list of requests from standard input; writes each event with its request's number.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from crawlers.protocol import CrawlOutcome, CrawlRequest, request_from_json, request_to_json
from crawlers.runner import outcome_of


def crawl_all(requests: Sequence[CrawlRequest]) -> list[CrawlOutcome]:
    """Return the outcome of each request, as the runner would have made it of a child's words."""
    child = subprocess.run(  # noqa: S603 (this very file)
        [sys.executable, __file__],
        input=json.dumps([request_to_json(one) for one in requests]),
        capture_output=True,
        text=True,
        check=True,
    )
    words: list[list[str]] = [[] for _ in requests]
    for line in child.stdout.splitlines():
        number, event = json.loads(line)
        words[number].append(json.dumps(event) + "\n")
    return [
        outcome_of(request, "".join(said).encode(), None)
        for request, said in zip(requests, words, strict=True)
    ]


def main() -> None:
    from scrapy import signals
    from scrapy.crawler import AsyncCrawlerProcess

    from crawlers.child import _facts, _spider
    from crawlers.settings import scrapy_settings

    jobs = [request_from_json(text) for text in json.load(sys.stdin)]
    process = AsyncCrawlerProcess(scrapy_settings(jobs[0]))
    crawlers = []
    for number, job in enumerate(jobs):
        crawler = process.create_crawler(_spider(job.kind))
        crawler.settings.setdict(scrapy_settings(job), priority="cmdline")

        def write(item: dict[str, Any], number: int = number) -> None:
            sys.stdout.write(json.dumps([number, item]) + "\n")

        crawler.signals.connect(write, signals.item_scraped, weak=False)
        crawlers.append(crawler)
        process.crawl(crawler, job=job)
    process.start()
    for number, crawler in enumerate(crawlers):
        end = {"event": "end", "facts": _facts(crawler.stats.get_stats())}
        sys.stdout.write(json.dumps([number, end]) + "\n")


if __name__ == "__main__":
    main()
