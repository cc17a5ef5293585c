"""A platform's token, held until shortly before its end; safe to use from several threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_EARLY = 300.0  # seconds before its end a token is renewed


@dataclass(slots=True)
class HeldToken:
    """The token of one application."""

    _value: str = field(default="", repr=False)
    _until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def get(self, fetch: Callable[[], tuple[str, float]]) -> str:
        """Return the held token; where it has run out, what `fetch` gives and for how many s."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._value, seconds = fetch()
                self._until = time.monotonic() + seconds - _EARLY
            return self._value

    def forget(self) -> None:
        """Take a fresh token next time: the platform calls this one spent."""
        self._until = 0.0
