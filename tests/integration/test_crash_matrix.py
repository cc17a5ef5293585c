"""Killed, unplugged, full, locked, by a clock gone wrong: nothing lost, at most one marked copy.

A sample of the crash matrix is played here, drawn anew each time; `make crash` plays it whole.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from crash_kit import Said, wrong
from crash_matrix import Files, Matrix, Player, matrix, shelves
from crash_steps import work
from crash_story import story
from sqlalchemy import create_engine, event, select, text
from world import HARM, World, item

from monitor.domain.command import Kind
from monitor.domain.transitions import _REASONS
from monitor.store.response_schema import OutboxRow, RunRow, TransitionRow

# How many cells of each kind a run of the suite plays; FENGSUI_CRASH_CELLS=0 plays them all.
CELLS = int(os.environ.get("FENGSUI_CRASH_CELLS", "2"))
# How long the database is locked: longer than the 30 s for which a writer waits.
LOCKED_SECONDS = float(os.environ.get("FENGSUI_LOCKED_SECONDS", "1"))
HERE = Path(__file__).parent
ENDED = {"sent", "dead", "cancelled", "superseded"}


def check(played: Matrix) -> None:
    print(played)  # noqa: T201 - the matrix is there to be seen
    assert played.cells
    assert not played.wrong, str(played)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Player:
    root = tmp_path_factory.mktemp("crash")
    return Player(root, Files(root))


@pytest.mark.timeout(1800)
def test_killed_with_signal_9_at_any_commit_or_send_on_sqlite(files: Player) -> None:
    check(matrix(files, cells=CELLS))


@pytest.mark.timeout(1800)
def test_a_power_cut_with_a_torn_write_at_the_logs_end(files: Player) -> None:
    check(matrix(files, cells=CELLS, cut=True))


@pytest.mark.postgres
@pytest.mark.timeout(1800)
def test_killed_with_signal_9_at_any_commit_or_send_on_postgresql(tmp_path: Path) -> None:
    with shelves(tmp_path) as found:
        if len(found) == 1:
            pytest.skip("needs a PostgreSQL on 127.0.0.1:5432 that trusts local users")
        # The server copies a database for each step: the short form plays the first calls alone.
        check(matrix(Player(tmp_path, found[1], len(story()) if not CELLS else 5), cells=CELLS))


def test_the_story_has_every_kind_of_transition(tmp_path: Path) -> None:
    world, settings = World(tmp_path), story()[0].settings
    for step in story():
        if step.settings != settings:
            settings = step.settings
            world.reload(**settings)
        world.now += timedelta(minutes=step.minutes)
        step.do(world)
    with world.app.database.reading() as session:
        played = set(session.scalars(select(TransitionRow.kind)))
    world.app.database.close()

    by_engine = {"open", "raise", "recur", "merge", "merge_in", "statement", "dismiss_asked"}
    assert played >= {one.value for one in Kind} | set(_REASONS) | by_engine


def test_the_matrix_sees_a_copy_without_its_mark_and_a_lost_message(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.post(item(1, HARM))
    work(world)
    with world.app.database.reading() as session:
        sent = session.scalars(select(OutboxRow).where(OutboxRow.status == "sent")).all()
    once = [Said(row.channel, row.key, marked=False) for row in sent]
    world.told = lambda: once  # type: ignore[attr-defined]
    assert wrong(world) == []  # type: ignore[arg-type]
    world.told = lambda: [*once, once[0]]  # type: ignore[attr-defined]
    assert any("without its mark" in one for one in wrong(world))  # type: ignore[arg-type]
    world.told = lambda: once[1:]  # type: ignore[attr-defined]
    assert any("never told" in one for one in wrong(world))  # type: ignore[arg-type]
    world.app.database.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.app.database.close()


def rows(world: World) -> list[OutboxRow]:
    with world.app.database.reading() as session:
        return list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


def told_once(world: World) -> bool:
    """Whether nobody was told the same thing twice on one channel."""
    told = [(channel, message.key) for channel, message in world.bots.told]
    return len(told) == len(set(told))


@pytest.mark.parametrize("hours", [6, -6])
@pytest.mark.parametrize("place", [1, 3, 5, 21])
def test_a_clock_that_jumps_loses_and_doubles_nothing(
    world: World, place: int, hours: float
) -> None:
    for number, step in enumerate(story()[: place + 1]):
        world.now += timedelta(minutes=step.minutes)
        if number == place:
            world.now += timedelta(hours=hours)
        step.do(world)
    for _ in range(40):
        world.later(minutes=1)

    assert told_once(world)
    waiting = [row for row in rows(world) if row.status not in ENDED]
    assert all(row.held for row in waiting), "nothing waits but for the recipient's hourly budget"
    with world.app.database.reading() as session:
        for run in session.scalars(select(RunRow).where(RunRow.active)):
            assert run.next_deadline is not None
            assert run.next_deadline <= world.now + timedelta(hours=10), "the next call will come"


def test_a_clock_set_back_calls_every_level_once_more_at_most(world: World) -> None:
    world.post(item(1, HARM))
    work(world)
    world.now -= timedelta(hours=6)
    for _ in range(40):
        world.later(minutes=1)

    called = [row.recipient for row in rows(world) if row.kind == "page"]
    assert called == ["zhang", "li", "wang"]


@pytest.mark.timeout(300)
def test_a_database_locked_for_longer_than_a_writer_waits(world: World) -> None:
    patience = int(LOCKED_SECONDS * 950)

    @event.listens_for(world.app.database.engine, "connect")
    def impatient(connection: object, _record: object) -> None:
        connection.execute(f"PRAGMA busy_timeout={patience}")  # type: ignore[attr-defined]

    world.app.database.engine.dispose()
    world.post(item(1, HARM))
    world.decide()
    blocker = create_engine(world.app.database.url, isolation_level="AUTOCOMMIT")
    locked, over = threading.Event(), threading.Event()

    def lock() -> None:
        with blocker.connect() as connection:
            connection.execute(text("BEGIN EXCLUSIVE"))
            locked.set()
            over.wait(LOCKED_SECONDS)
            connection.execute(text("ROLLBACK"))

    holder = threading.Thread(target=lock)
    # The lock comes while a message is out: its answer is known to nobody but the sender.
    first = threading.Lock()

    def lock_now() -> None:
        if first.acquire(blocking=False):
            holder.start()
        locked.wait()

    world.bots.before_answer = lock_now
    started = time.monotonic()
    world.deliver()
    holder.join()
    blocker.dispose()

    assert time.monotonic() - started >= LOCKED_SECONDS
    assert told_once(world)
    assert {row.status for row in rows(world)} == {"sent"}


def test_a_full_disk_holds_messages_back_and_loses_none(tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    script = f'mount -t tmpfs -o size=4m none "{room}" && exec "{sys.executable}" "$@"'
    unshare = shutil.which("unshare")
    command = [unshare or "", "-rm", "sh", "-c", script, "sh", str(HERE / "crash_disk.py")]
    if (
        not unshare
        or subprocess.run(  # noqa: S603 - our own script
            [unshare, "-rm", "sh", "-c", f'mount -t tmpfs none "{room}"'],
            check=False,
            capture_output=True,
        ).returncode
    ):
        pytest.skip("needs a file system of its own: unshare and mount are not allowed here")
    done = subprocess.run(  # noqa: S603 - our own script
        [*command, str(room)], capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["errors"], "the disk was not full"
    assert all("full" in one for one in seen["errors"]), seen["errors"]
    assert seen["copies"] == 1
    assert seen["statuses"] == ["sent"]
    assert seen["incidents"] == 1
