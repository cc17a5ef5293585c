"""The drop box for addresses: `ingest https://…` reads one public page by the crawler's rules."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from crawlers.items import Item
from monitor.app import App

KIND = "page"


def is_address(name: str) -> bool:
    """Tell whether this is an address and no file."""
    return name.lower().startswith(("http://", "https://"))


def read_page(app: App, url: str, platform: str, now: datetime) -> list[Item]:
    """Return what one page says; UnreadableError says why there is nothing.

    robots, size limits and redirects are those of every source.
    """
    from crawlers.importers.platforms import platform_of
    from crawlers.importers.rows import UnreadableError
    from crawlers.protocol import CrawlRequest

    outcome = app.crawl(
        CrawlRequest(
            source="网址导入",
            kind=KIND,
            platform=platform or platform_of(url) or "news",
            url=url,
            cache_dir=Path(app.settings.data_dir) / "crawl-pages",
            now=now,
        )
    )
    if not outcome.items:
        troubles = "；".join(problem.message_zh for problem in outcome.problems)
        raise UnreadableError(troubles or "网页里没有读到正文；请把文字存成表格再导入")
    return outcome.items
