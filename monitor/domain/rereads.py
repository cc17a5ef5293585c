"""When a post of a live topic is looked at again: often at first, then less and less."""

from __future__ import annotations

from datetime import datetime, timedelta

SCHEDULE = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
)
"""After it came in. Reads of a hot post double within the hour; after a day it has had its time."""


def looks_due(came_at: datetime, now: datetime) -> int:
    """Return how many looks should have been taken by `now`; missed ones are not made up for."""
    return sum(now >= came_at + wait for wait in SCHEDULE)
