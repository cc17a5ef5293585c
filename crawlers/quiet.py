"""Keeps the public's words out of the log: Scrapy would print whole items on an error."""

from __future__ import annotations

import logging
from typing import Any

from scrapy.logformatter import LogFormatter


class QuietLogFormatter(LogFormatter):
    """Names the event and leaves the item out."""

    def scraped(self, item: Any, response: Any, spider: Any) -> dict[str, Any]:  # noqa: ANN401, ARG002
        """Say that there was an item."""
        return _line(logging.DEBUG, "Scraped an item")

    def dropped(self, item: Any, exception: Any, response: Any, spider: Any) -> dict[str, Any]:  # noqa: ANN401, ARG002
        """Say that an item was dropped."""
        return _line(logging.WARNING, "Dropped an item")

    def item_error(self, item: Any, exception: Any, response: Any, spider: Any) -> dict[str, Any]:  # noqa: ANN401, ARG002
        """Say that an item failed, and the kind of failure."""
        return _line(logging.ERROR, f"An item failed: {type(exception).__name__}")


def _line(level: int, message: str) -> dict[str, Any]:
    return {"level": level, "msg": message, "args": {}}
