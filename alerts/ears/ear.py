"""One connection in a thread of its own: opened again when it ends, watched, and stopped at once.

It knows no platform: `listen` opens the connection, calls `up` when it stands and returns, or
raises, when it has ended.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from datetime import timedelta

log = logging.getLogger("fengsui")

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0  # seconds; doubling, so that a gateway that restarts breathes
SPREAD = 0.3  # of each wait, by chance: many installations must not come back in step
STEADY = 30.0  # seconds that a connection must have stood to count as mended
LONGEST_STOP = 5.0  # seconds that a stop waits for the thread


class EarError(Exception):
    """What ended a connection, as a Chinese sentence without secrets."""

    def __init__(self, text: str, wait: float = 0.0) -> None:
        """`wait` is how many seconds to stay away at least."""
        super().__init__(text)
        self.wait = wait


class Ear:
    """Listens until it is closed."""

    def __init__(
        self, name: str, listen: Callable[[Ear], None], *, first_wait: float = FIRST_WAIT
    ) -> None:
        """Begin at once; `name` is what people call it."""
        self.name = name
        self.trouble = "还没有连上"
        self._listen, self._wait, self._first_wait = listen, first_wait, first_wait
        self._stop = threading.Event()
        self._down_since = time.monotonic()
        self._up_since: float | None = None
        self._flaps = False
        self._thread = threading.Thread(target=self._run, name=f"ear-{name}", daemon=True)
        self._thread.start()

    @property
    def stopped(self) -> bool:
        """Whether it is to end."""
        return self._stop.is_set()

    def rest(self, seconds: float) -> bool:
        """Wait, but not beyond a stop; whether it is to end."""
        return self._stop.wait(seconds)

    def up(self) -> None:
        """Note that the connection stands."""
        if self._up_since is None:
            self._up_since = time.monotonic()

    def down_for(self) -> timedelta | None:
        """How long there has been no steady connection; None while one stands.

        One that breaks again and again is down, also at the instants at which it stands.
        """
        if self._up_since is not None and (self._is_steady() or not self._flaps):
            return None
        return timedelta(seconds=time.monotonic() - self._down_since)

    def _is_steady(self) -> bool:
        return self._up_since is not None and time.monotonic() - self._up_since >= STEADY

    def stop(self) -> None:
        """Tell it to end."""
        self._stop.set()

    def close(self) -> None:
        """End it; a connection that hangs is left to the end of the process."""
        self.stop()
        self._thread.join(LONGEST_STOP)

    def _run(self) -> None:
        while not self.stopped:
            away = 0.0
            try:
                self._listen(self)
                self._ended("连接被对方断开")
            except EarError as error:
                self._ended(str(error))
                away = error.wait
            except Exception as error:  # noqa: BLE001 - the edge of a connection: it comes back
                # Only the kind is told: its own words may hold a ticket or a secret.
                self._ended(f"连接出错（{type(error).__name__}）")
            spread = 1 + random.uniform(-SPREAD, SPREAD)  # noqa: S311 - no secret
            self.rest(max(self._wait * spread, away))
            self._wait = min(self._wait * 2, LONGEST_WAIT)

    def _ended(self, why: str) -> None:
        if self.stopped:
            return
        if self._up_since is not None:
            self._stood(steady=self._is_steady())
        if why != self.trouble:
            log.warning("「%s」%s，稍后再连", self.name, why)
        self.trouble = why

    def _stood(self, *, steady: bool) -> None:
        """Note the end of a connection: only a steady one lets the next wait be short again."""
        if steady or not self._flaps:
            self._down_since = time.monotonic()
        if steady:
            self._wait, self.trouble = self._first_wait, ""
        self._flaps, self._up_since = not steady, None
