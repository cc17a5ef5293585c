"""The only reader of the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the present instant, aware, in UTC; the demo hands in a faster one."""


def utc_now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)
