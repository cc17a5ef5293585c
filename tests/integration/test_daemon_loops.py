"""The daemon's loops: one that has stored something wakes those that have to act on it."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

from world import World

from monitor.app import App
from monitor.daemon import Daemon

IDLE = 120.0  # longer than the test may take: only what is woken comes in time
SOON = 30.0


def test_a_loop_that_has_done_something_wakes_the_next_and_a_stop_wakes_all(tmp_path: Path) -> None:
    world = World(tmp_path)
    daemon = Daemon(world.app, idle_seconds=IDLE)
    looked, stored, looked_again = threading.Event(), threading.Event(), threading.Event()

    def collect(_app: App, _now: datetime) -> int:
        first = not stored.is_set()
        looked.wait(SOON)
        stored.set()
        return int(first)

    def send(_app: App, _now: datetime) -> int:
        (looked_again if stored.is_set() else looked).set()
        return 0

    daemon._steps = dict.fromkeys(daemon._steps, ())
    daemon._steps |= {"collecting": (collect,), "delivering": (send,)}
    running = threading.Thread(target=daemon.run)
    running.start()
    woken = looked_again.wait(SOON)
    daemon.stop()
    running.join(SOON)
    assert woken
    assert not running.is_alive()
    world.app.database.close()
