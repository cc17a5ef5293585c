"""The installation watches itself: real store, a loopback monitor, scripted channels."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import text, update
from world import HARM, World, item

from alerts.message import Delivery, Status
from monitor import daemon as daemon_module
from monitor.daemon import Daemon
from monitor.domain.self_watch import Trouble
from monitor.service_manager import notify
from monitor.stations.watchdog import beat_outward, cry_out, watch_self
from monitor.status import health
from monitor.store.response_schema import RunRow

MINUTE = timedelta(minutes=1)


class Monitor:
    """The other end of the heartbeat, counting beats."""

    def __init__(self) -> None:
        self.beats = threading.Semaphore(0)
        self.paths: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.paths.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"OK")
                outer.beats.release()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/ping/key"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    one = Monitor()
    yield one
    one.close()


@pytest.fixture
def world(tmp_path: Path, monitor: Monitor) -> Iterator[World]:
    one = World(tmp_path, watchdog={"heartbeat": monitor.url, "disk_free_mb": 1})
    yield one
    one.app.database.close()


def look(world: World) -> tuple[Trouble, ...]:
    return watch_self(world.app, {}, {}, world.now)


def operator(world: World) -> list[str]:
    world.deliver()
    return [message.body for message in world.bots.to("ops")]


def test_while_all_is_well_the_monitor_hears_a_beat_a_minute(
    world: World, monitor: Monitor
) -> None:
    assert beat_outward(world.app, look(world), world.now)
    assert not beat_outward(world.app, look(world), world.now)
    world.now += MINUTE
    assert beat_outward(world.app, look(world), world.now)
    assert monitor.beats.acquire(timeout=10)
    assert monitor.beats.acquire(timeout=10)
    assert monitor.paths == ["/ping/key"] * 2


def test_a_call_that_was_not_made_silences_the_beat_and_tells_the_operator(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()
    with world.app.database.transaction() as session:
        session.execute(update(RunRow).values(next_deadline=world.now - 5 * MINUTE))

    found = look(world)
    assert [one.key for one in found] == ["late-call"]
    assert not beat_outward(world.app, found, world.now)
    assert any("没有按时叫到" in body for body in operator(world))

    with world.app.database.reading() as session:
        assert any("没有按时叫到" in one for one in health(world.app, session, world.now).troubles)


def test_a_channel_on_which_nothing_arrives_is_named(world: World) -> None:
    refused = Delivery(Status.RETRY, "平台说等一等")
    world.bots.answers["zhang-bot"] = [refused] * 9
    world.post(item(1, HARM))
    world.decide()
    for _ in range(4):
        world.deliver()
        world.now += 4 * MINUTE

    assert "channel-zhang-bot" in [one.key for one in look(world)]


def test_a_full_disk_is_told_and_its_end_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = 0

    monkeypatch.setattr("monitor.stations.watchdog.shutil.disk_usage", lambda _: Usage)
    assert [one.key for one in look(world)] == ["disk"]
    monkeypatch.undo()
    assert look(world) == ()
    told = operator(world)
    assert any("磁盘只剩 0 MB" in body for body in told)
    assert any("恢复了" in body for body in told)


def test_a_store_that_cannot_be_written_is_told_past_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon = Daemon(world.app)
    monkeypatch.setattr(daemon_module, "STORE_DOWN", timedelta(0))
    with world.app.database.engine.connect() as connection:
        connection.execute(text("DROP TABLE meta"))
        connection.commit()

    daemon._watch()
    daemon._watch()

    told = world.bots.to("ops")
    assert len(told) == 1
    assert "数据库写不进去" in told[0].body


def test_with_one_operator_channel_down_the_next_is_used(tmp_path: Path) -> None:
    world = World(tmp_path, operator_channels=["zhang-bot", "ops"])
    world.bots.answers["zhang-bot"] = [Delivery(Status.DEAD, "机器人没有了")]
    assert cry_out(world.app, "数据库写不进去", world.now)
    assert len(world.bots.to("ops")) == 1
    world.app.database.close()


def test_the_service_manager_hears_of_every_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(address)
        line.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        notify("READY=1")
        assert line.recv(100) == b"READY=1"
    notify("WATCHDOG=1")  # nobody listens any more: no error


def test_a_hanging_loop_no_longer_reassures_the_service_manager(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(daemon_module, "notify", said.append)
    daemon = Daemon(world.app)
    daemon._reassure()
    daemon._ended["deciding"] -= 600
    daemon._reassure()
    assert said == ["WATCHDOG=1"]
