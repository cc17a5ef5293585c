"""What the walk counts and keeps of one query; pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from crawlers.cursor import digest

if TYPE_CHECKING:
    from crawlers.connectors.base import Ask, Reading, Task
    from crawlers.items import Item

PAGE = "page"  # marks of pages stand beside marks of items


@dataclass
class Query:
    """One query under way."""

    task: Task
    asks: deque[Ask] = field(default_factory=deque)
    high: datetime | None = None
    """The newest publication time met."""
    whole: bool = True
    """Whether nothing between this reading and the last was left out."""
    read: bool = False


def reaches(times: list[datetime], since: datetime | None) -> bool:
    """Tell whether a page goes back beyond what is asked for."""
    return since is not None and any(time < since for time in times)


def parsed(reading: Reading | None, items: list[Item]) -> int:
    """Count the rows that were understood; in a list that only leads to pages, its links are."""
    if reading is None or reading.records:
        return len(items)
    return min(reading.total, sum(bool(one.key) for one in reading.more))


def page_key(ask: Ask) -> str:
    """Return the key under which a page behind a list is marked as read."""
    return digest(PAGE, ask.key)
