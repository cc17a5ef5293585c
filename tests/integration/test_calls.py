"""Calls on their way in: a watched folder and a signed webhook, each kept once and sealed."""

from __future__ import annotations

import http.client
import json
import os
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from world import BRAND, World

from crawlers.receivers.hook import LARGEST
from crawlers.receivers.signature import sign
from monitor.config import Settings, warnings
from monitor.pipeline import tick
from monitor.stations.collect import collect
from monitor.stations.hooks import tend_hooks
from monitor.store.private_schema import PrivateRow
from monitor.store.schema import CrawlRow, MentionRow, SourceRow

SECRET = "not-a-real-secret"
MINUTE = timedelta(minutes=1)


def a_call(number: str, text: str = "清河医院给孩子输错液，护士长说在查") -> dict[str, Any]:
    said = [
        {"role": "agent", "begin_ms": 0, "text": "您好"},
        {"role": "customer", "begin_ms": 900, "text": text},
    ]
    started = "2026-11-18T11:50:00+08:00"
    return {"call_id": number, "started_at": started, "caller_hash": number, "transcript": said}


def house(folder: Path, source: dict[str, Any]) -> World:
    given = {"name": "客服热线", **source}
    return World(folder / "data", sources=[given])


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    (tmp_path / "drop").mkdir()
    return tmp_path / "drop"


@pytest.fixture
def folder_world(tmp_path: Path, drop: Path) -> Iterator[World]:
    made = house(tmp_path, {"kind": "calls_folder", "options": {"folder": str(drop)}})
    yield made
    made.app.database.close()


@pytest.fixture
def hook_world(tmp_path: Path) -> Iterator[World]:
    made = house(
        tmp_path,
        {
            "kind": "calls_hook",
            "options": {"listen": "127.0.0.1:0"},
            "credentials": {"secret": SECRET},
        },
    )
    tick(made.app, (tend_hooks, collect), made.now)
    yield made
    made.app.hooks.close()
    made.app.database.close()


def put(world: World, path: Path, content: object, *, age: float = 60) -> None:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(text)
    then = world.now.timestamp() - age
    os.utime(path, (then, then))


def look(world: World) -> SourceRow:
    """A minute later, one round of collecting."""
    world.now += MINUTE
    tick(world.app, (tend_hooks, collect), world.now)
    with world.app.database.reading() as session:
        return session.get_one(SourceRow, "客服热线")


def texts(world: World) -> list[str]:
    with world.app.database.reading() as session:
        assert session.query(MentionRow).count() == 0
        rows = session.query(PrivateRow).order_by(PrivateRow.id)
        return [world.app.vault.open(row.content)["text"] for row in rows]


def test_a_file_is_kept_once_and_the_source_sees(folder_world: World, drop: Path) -> None:
    put(folder_world, drop / "a.json", [a_call("1"), a_call("2", "清河医院退费一直没到")])
    assert look(folder_world).status == "ok"
    assert len(texts(folder_world)) == 2
    put(folder_world, drop / "b.json", a_call("2", "清河医院退费一直没到"))
    look(folder_world)
    row = look(folder_world)
    assert len(texts(folder_world)) == 2
    assert (row.last_ok_at, len(row.cursor["files"])) == (folder_world.now, 2)


def test_a_half_written_file_waits_and_a_restart_forgets_nothing(
    folder_world: World, drop: Path
) -> None:
    put(folder_world, drop / "a.jsonl", b'{"call_id": "1", "te', age=-55)
    look(folder_world)
    assert texts(folder_world) == []
    put(folder_world, drop / "a.jsonl", a_call("1"))
    look(folder_world)
    folder_world.restart()
    look(folder_world)
    assert len(texts(folder_world)) == 1


def test_a_file_that_cannot_be_read_is_named_until_it_is_gone(
    folder_world: World, drop: Path
) -> None:
    put(folder_world, drop / "坏.csv", "姓名,年龄\n张某,3\n".encode("gb18030"))
    put(folder_world, drop / "13812345678.csv", b"x")
    put(folder_world, drop / "好.json", a_call("1"))
    for _ in range(2):
        row = look(folder_world)
        assert (row.status, "坏.csv" in row.problem, "UTF-8" in row.problem) == (
            "degraded",
            True,
            True,
        )
    assert len(texts(folder_world)) == 1
    assert b"13812345678" not in (folder_world.app.settings.data_dir / "fengsui.db").read_bytes()
    (drop / "坏.csv").unlink()
    (drop / "13812345678.csv").unlink()
    assert look(folder_world).status == "ok"


def test_files_may_be_removed_once_they_are_kept(tmp_path: Path, drop: Path) -> None:
    world = house(
        tmp_path, {"kind": "calls_folder", "options": {"folder": str(drop), "after": "delete"}}
    )
    put(world, drop / "a.json", a_call("1"))
    put(world, drop / "b.json", b"{}")
    look(world)
    assert [path.name for path in drop.iterdir()] == ["b.json"], "what was not read stays"
    world.app.database.close()


def test_without_the_key_a_file_waits_and_comes_in_later(folder_world: World, drop: Path) -> None:
    put(folder_world, drop / "a.json", a_call("1"))
    look(folder_world)
    key = folder_world.app.vault.path
    key.rename(key.with_name("away"))
    folder_world.restart()
    put(folder_world, drop / "b.json", a_call("2"))
    row = look(folder_world)
    assert (row.failures, "private.key" in row.problem) == (1, True)
    key.with_name("away").rename(key)
    folder_world.restart()
    look(folder_world)
    assert len(texts(folder_world)) == 2


def test_a_folder_that_is_gone_is_told_within_two_intervals(
    folder_world: World, drop: Path
) -> None:
    look(folder_world)
    drop.rmdir()
    look(folder_world)
    row = look(folder_world)
    assert (row.status, "打不开" in row.problem) == ("silent", True)


def test_a_day_without_a_call_counts_as_silence(folder_world: World) -> None:
    look(folder_world)
    folder_world.now += timedelta(days=1)
    assert look(folder_world).status == "silent"


def send(world: World, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    hook = world.app.hooks.running["客服热线"].hook
    connection = http.client.HTTPConnection("127.0.0.1", hook.port, timeout=10)
    try:
        connection.request("POST", "/", body, headers or sign(SECRET, world.now, body))
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_a_signed_delivery_is_kept_before_it_is_answered(hook_world: World) -> None:
    body = json.dumps([a_call("1"), a_call("2"), {"call_id": ""}]).encode()
    assert send(hook_world, body) == (200, {"taken": 2, "again": 0, "refused": 0, "bad": 1})
    assert len(texts(hook_world)) == 2
    assert send(hook_world, body)[0] == 409, "the very same delivery again"
    assert send(hook_world, body + b" ")[1]["again"] == 2
    row = look(hook_world)
    assert (row.status, row.last_item_at is not None) == ("ok", True)


def test_what_is_unsigned_forged_late_or_too_large_leaves_nothing(hook_world: World) -> None:
    body = json.dumps(a_call("1")).encode()
    late = sign(SECRET, hook_world.now - timedelta(minutes=9), body)
    answers = [
        send(hook_world, body, {"X": "y"}),
        send(hook_world, body, sign("another-long-secret", hook_world.now, body)),
        send(hook_world, body, late),
        send(hook_world, b"", {"Content-Length": str(LARGEST + 1)}),
        send(hook_world, "是".encode("gb18030")),
        send(hook_world, b"[1, 2]"),
    ]
    assert [status for status, _ in answers] == [401, 401, 401, 413, 400, 400]
    assert all(said["error"] for _, said in answers)
    assert texts(hook_world) == []


def test_a_delivery_that_breaks_off_harms_nobody(hook_world: World) -> None:
    hook = hook_world.app.hooks.running["客服热线"].hook
    with socket.create_connection(("127.0.0.1", hook.port), 5) as half:
        half.sendall(b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
    body = json.dumps(a_call("1")).encode()
    assert send(hook_world, body)[0] == 200


def test_what_is_no_delivery_is_answered_in_chinese_too(hook_world: World) -> None:
    hook = hook_world.app.hooks.running["客服热线"].hook
    answer = requests.get(f"http://127.0.0.1:{hook.port}/", timeout=10)
    assert (answer.status_code, answer.headers.get("Server")) == (501, None)
    assert answer.json()["error"].startswith("这里只收签了名的 POST")


def test_a_delivery_that_could_not_be_kept_may_come_again(hook_world: World) -> None:
    first, body = json.dumps(a_call("1")).encode(), json.dumps(a_call("2")).encode()
    send(hook_world, first)
    key = hook_world.app.vault.path
    key.rename(key.with_name("away"))
    hook_world.app.vault.forget()
    headers = sign(SECRET, hook_world.now, body)
    assert send(hook_world, body, headers)[0] == 503
    key.with_name("away").rename(key)
    assert send(hook_world, body, headers)[0] == 200


def test_a_taken_port_is_named_as_the_sources_trouble(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        world = house(
            tmp_path,
            {
                "kind": "calls_hook",
                "options": {"listen": listen},
                "credentials": {"secret": SECRET},
            },
        )
        row = look(world)
    assert listen in row.problem
    look(world)
    assert world.app.hooks.running, "it tries again by itself"
    world.app.hooks.close()
    world.app.database.close()


def test_a_short_secret_opens_no_door(tmp_path: Path) -> None:
    world = house(
        tmp_path,
        {
            "kind": "calls_hook",
            "options": {"listen": "127.0.0.1:0"},
            "credentials": {"secret": "short"},
        },
    )
    assert "太短" in look(world).problem
    assert not world.app.hooks.running
    world.app.database.close()


def test_a_receiver_closes_when_the_configuration_drops_it(hook_world: World) -> None:
    port = hook_world.app.hooks.running["客服热线"].hook.port
    hook_world.app.settings = hook_world.app.settings.model_copy(update={"sources": ()})
    tend_hooks(hook_world.app, hook_world.now)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), 2)


def test_every_delivery_leaves_a_record_of_its_run(hook_world: World) -> None:
    send(hook_world, json.dumps(a_call("1")).encode())
    with hook_world.app.database.reading() as session:
        newest = session.query(CrawlRow).order_by(CrawlRow.id.desc()).first()
        assert newest is not None
        assert (newest.new, newest.rejected, newest.status) == (1, 0, "ok")


def test_a_configuration_without_service_or_reporters_is_told_so() -> None:
    sources = [
        {"name": "热线", "kind": "calls_folder", "options": {"folder": "calls"}},
        {"name": "上报", "kind": "staff_folder", "options": {"folder": "tips"}},
    ]
    given: dict[str, Any] = {"brands": [{"name": BRAND}], "sources": sources}
    said = "".join(warnings(Settings.model_validate(given)))
    assert all(word in said for word in ("没有客服", "谁的上报都不收", "口令"))
    zhou = {"id": "zhou", "name": "周某", "mail": "zhou@example.cn", "roles": ["service"]}
    said = "".join(warnings(Settings.model_validate({**given, "people": [zhou]})))
    assert "没有客服" not in said
    assert "谁的上报都不收" not in said


def test_listening_to_the_outside_is_warned_of() -> None:
    def said(listen: str) -> str:
        source = {
            "name": "热线",
            "kind": "calls_hook",
            "options": {"listen": listen},
            "credentials": {"secret": SECRET},
        }
        given = {"brands": [{"name": BRAND}], "sources": [source]}
        return "".join(warnings(Settings.model_validate(given)))

    assert "反向代理" in said("0.0.0.0:8790")
    assert "反向代理" not in said("127.0.0.1:8790")
    assert "反向代理" not in said("[::1]:8790")
