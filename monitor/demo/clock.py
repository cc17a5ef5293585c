"""The demo's clock: it stands still while anybody works and jumps when everybody waits."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime


class DemoClock:
    """A clock for many threads that moves only by `jump`, and remembers who has read it since."""

    def __init__(self, start: datetime) -> None:
        """Start at an aware instant."""
        self._lock = threading.Lock()
        self._now = start
        self._readers: set[str] = set()

    def __call__(self) -> datetime:
        """The demo's present instant."""
        with self._lock:
            self._readers.add(threading.current_thread().name)
            return self._now

    def jump(self, to: datetime) -> None:
        """Go forward to an instant; raises ValueError for one in the past."""
        with self._lock:
            if to < self._now:
                raise ValueError(f"the clock stands at {self._now}, it cannot go back to {to}")
            self._now = to
            self._readers.clear()

    def read_by(self, names: Iterable[str]) -> bool:
        """Whether each of these threads has read the present instant: all have woken to it."""
        with self._lock:
            return self._readers.issuperset(names)
