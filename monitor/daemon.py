"""The daemon: loops that meet only in the database, until SIGTERM.

Collecting, deciding, calling and delivering run side by side, so that neither a slow site nor a
busy model nor a hanging bot delays a call. A loop that fails logs the station, waits and goes on:
one bad row must not silence an alarm. SIGHUP reloads the configuration; a wrong one is reported
and the old one stays.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from types import FrameType

from monitor.app import App
from monitor.domain.self_watch import is_stuck
from monitor.pipeline import CALLING, COLLECTING, JUDGING, Step
from monitor.service_manager import notify
from monitor.stations.deliver import Sender
from monitor.stations.watchdog import beat_outward, cry_out, watch_self
from monitor.store import meta

log = logging.getLogger("fengsui")

LOOPS: dict[str, tuple[Step, ...]] = {
    "collecting": COLLECTING,
    "deciding": JUDGING,
    "calling": CALLING,
    "delivering": (),  # each daemon's own sender
}
IDLE_SECONDS = 0.5  # without news; a loop that has done something wakes the others at once
FAILED_SECONDS = 5.0
HEARTBEAT_SECONDS = 5.0
WATCH_BEATS = 6  # the installation looks at itself every half minute
# A busy database waits 30 s by itself; after a minute it is not busy but broken.
STORE_DOWN = timedelta(minutes=1)
CRY_AGAIN = timedelta(hours=1)
GRACE_SECONDS = 35.0  # a send takes at most 30 s; service managers kill after 90 s


STORE_TROUBLE = (
    "数据库写不进去（{kind}）：新内容和要发的消息都存不下，告警可能发不出。"
    "请马上检查磁盘和数据库，并电话通知值班人员"
)


class Daemon:
    """Runs the stations; one daemon a database, held by a lock that dies with the process."""

    def __init__(
        self,
        app: App,
        reload: Callable[[App], App] | None = None,
        *,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        """`reload` makes the next application of the running one, or raises."""
        self.app = app
        self._idle_seconds = idle_seconds
        self._reload = reload
        self._sender = Sender()
        self._steps: dict[str, tuple[Step, ...]] = {**LOOPS, "delivering": (self._sender,)}
        self._stopping = threading.Event()
        self._news = {name: threading.Event() for name in LOOPS}
        self._reloading = threading.Event()
        self._busy: dict[str, bool] = dict.fromkeys(LOOPS, True)
        self._ended = dict.fromkeys(LOOPS, time.monotonic())
        self._failing: dict[str, tuple[float, str]] = {}
        self._store_down_since: float | None = None
        self._cried_at: float | None = None

    def run(self) -> None:
        """Work until `stop`; returns when the stations have finished what they were doing.

        A crawl that takes longer is left behind: its cursor has not moved, so nothing is lost.
        """
        threads = [
            threading.Thread(target=self._loop, args=(name,), name=name, daemon=True)
            for name in LOOPS
        ]
        for thread in threads:
            thread.start()
        notify("READY=1")
        beats = 0
        while not self._stopping.wait(HEARTBEAT_SECONDS):
            self._beat()
            self._reassure()
            beats += 1
            if beats % WATCH_BEATS == 0:
                self._watch()
            if self._reloading.is_set():
                self._reloading.clear()
                self._take_new_settings()
        notify("STOPPING=1")
        self._wake_others("")
        end = time.monotonic() + GRACE_SECONDS
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
        self._sender.finish(max(0.0, end - time.monotonic()))
        self.app.hooks.close()
        self.app.answering.close()
        self.app.listening.close()
        self._beat(stopped=True)

    def stop(self) -> None:
        """Finish what is in hand and return from `run`."""
        self._stopping.set()

    def reload(self) -> None:
        """Ask for the configuration to be read again."""
        self._reloading.set()

    def listen(self) -> None:
        """Obey SIGTERM, SIGINT (stop) and SIGHUP (reload)."""

        def on_signal(number: int, _frame: FrameType | None) -> None:
            if number == signal.SIGHUP:
                self.reload()
            else:
                self.stop()

        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, on_signal)

    @property
    def idle(self) -> bool:
        """True when no loop has found anything to do in its last round and none is at work."""
        return not any(self._busy.values())

    def _loop(self, name: str) -> None:
        while not self._stopping.is_set():
            self._busy[name] = True
            done, failed = self._round(name)
            self._busy[name] = failed or done > 0
            if done:
                self._wake_others(name)
            elif failed:
                self._stopping.wait(FAILED_SECONDS)
            else:
                self._news[name].wait(self._idle_seconds)
            self._news[name].clear()

    def _wake_others(self, name: str) -> None:
        """What one loop has stored another may have to send: half a second is saved at night."""
        for other in self._news.keys() - {name}:
            self._news[other].set()

    def _round(self, name: str) -> tuple[int, bool]:
        """Each step of a loop once; a failing step does not keep the others from running."""
        done, failed = 0, False
        now: datetime = self.app.clock()
        for step in self._steps[name]:
            try:
                done += step(self.app, now)
            except Exception as error:
                # The edge of a station: whatever went wrong is logged without the texts in hand,
                # what was not committed is found again by the next round's query.
                log.exception("station failed: %s", step.__name__)
                since = self._failing.get(step.__name__, (time.monotonic(), ""))[0]
                self._failing[step.__name__] = (since, type(error).__name__)
                failed = True
            else:
                self._failing.pop(step.__name__, None)
        self._ended[name] = time.monotonic()
        return done, failed

    def _beat(self, *, stopped: bool = False) -> None:
        try:
            with self.app.database.transaction() as session:
                meta.beat(session, self.app.clock(), stopped=stopped)
        except Exception:
            log.exception("heartbeat failed")

    def _reassure(self) -> None:
        """Tell the service manager that all loops move; it restarts a daemon that falls silent."""
        age = _ages()
        if not any(is_stuck(name, age(since)) for name, since in self._ended.items()):
            notify("WATCHDOG=1")

    def _watch(self) -> None:
        """Look at the installation itself; a store that cannot be written is told past it."""
        now, age = self.app.clock(), _ages()
        rounds = {name: age(since) for name, since in self._ended.items()}
        failing = {step: (age(since), kind) for step, (since, kind) in self._failing.copy().items()}
        try:
            beat_outward(self.app, watch_self(self.app, rounds, failing, now), now)
        except Exception as error:
            log.exception("self-watch failed")
            self._store_failed(type(error).__name__, now)
        else:
            self._store_down_since = self._cried_at = None

    def _store_failed(self, kind: str, now: datetime) -> None:
        age = _ages()
        if self._store_down_since is None:
            self._store_down_since = time.monotonic()
        if age(self._store_down_since) < STORE_DOWN:
            return
        if self._cried_at is not None and age(self._cried_at) < CRY_AGAIN:
            return
        if cry_out(self.app, STORE_TROUBLE.format(kind=kind), now):
            self._cried_at = time.monotonic()

    def _take_new_settings(self) -> None:
        if self._reload is None:
            return
        try:
            self.app = self._reload(self.app)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the old one stays
            log.error("配置没有生效，继续使用原来的配置：%s", error)  # noqa: TRY400 - a sentence, no trace
        else:
            log.info("已重新读取配置")


def _ages() -> Callable[[float], timedelta]:
    """How long ago readings of the steady clock were, all against one reading of it."""
    at = time.monotonic()
    return lambda since: timedelta(seconds=at - since)
