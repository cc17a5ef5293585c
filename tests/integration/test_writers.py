"""Two writers at once on PostgreSQL, which does not make them wait for each other."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, func, select, text, update
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm import Session
from world import HARM, World, item

from monitor.app import App
from monitor.domain.command import Command, Kind
from monitor.stations import calling, obey
from monitor.stations.take_in import take_in
from monitor.store.database import Database
from monitor.store.response_schema import BucketRow, CommandRow, IncidentRow, RunRow
from monitor.store.schema import MentionRow

SERVER = "postgresql+psycopg://postgres@127.0.0.1:5432"


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[tuple[World, World]]:
    """Two applications on one fresh PostgreSQL database, dropped at the end."""
    name = f"fengsui_test_{uuid4().hex[:8]}"
    admin = create_engine(f"{SERVER}/postgres", isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    except OperationalError:
        if os.environ.get("FENGSUI_REQUIRE_SERVICES"):
            raise
        pytest.skip("needs a PostgreSQL on 127.0.0.1:5432 that trusts local users")
    pair = tuple(World(tmp_path / one, f"{SERVER}/{name}") for one in ("one", "two"))
    yield pair[0], pair[1]
    for world in pair:
        world.app.database.close()
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


def at_once(work: Callable[[World], object], worlds: tuple[World, World]) -> list[Exception]:
    """Let both do it at the same moment; what went wrong."""
    failures: list[Exception] = []
    gate = threading.Barrier(2)

    def run(world: World) -> None:
        gate.wait(10)
        try:
            work(world)
        except Exception as error:  # noqa: BLE001 - handed to the test
            failures.append(error)

    threads = [threading.Thread(target=run, args=(world,)) for world in worlds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return failures


def count(world: World, table: type) -> int:
    with world.app.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_the_same_file_imported_twice_at_once_comes_in_once(worlds: tuple[World, World]) -> None:
    posts = [item(number, f"清河医院排队第{number}次") for number in range(200)]

    def bring(world: World) -> None:
        world.app.database.repeat(
            lambda session: take_in(world.app, session, posts, world.now, source="一份文件")
        )

    assert at_once(bring, worlds) == []
    assert count(worlds[0], MentionRow) == 200


def test_of_two_who_answer_at_once_one_has_it_and_the_other_is_told(
    worlds: tuple[World, World],
) -> None:
    worlds[0].post(item(1, HARM))
    worlds[0].decide()
    with worlds[0].app.database.reading() as session:
        code = session.scalars(select(IncidentRow.code)).one()
    names = dict(zip(map(id, worlds), ("zhang", "li"), strict=True))

    def answer(world: World) -> None:
        wish = Command(obey.new_id(), Kind.ACK, names[id(world)], world.now)
        obey.command(world.app, code, wish)

    [failure] = at_once(answer, worlds)
    assert isinstance(failure, obey.RefusedError)
    assert "已经接手" in str(failure)


def test_one_wish_that_arrives_twice_at_once_is_one_wish(worlds: tuple[World, World]) -> None:
    worlds[0].post(item(1, HARM))
    worlds[0].decide()
    with worlds[0].app.database.reading() as session:
        code = session.scalars(select(IncidentRow.code)).one()
    wish = Command(obey.new_id(), Kind.ACK, "zhang", worlds[0].now)

    assert at_once(lambda world: obey.command(world.app, code, wish), worlds) == []
    assert count(worlds[0], CommandRow) == 1


def test_who_takes_it_up_while_the_next_is_being_called_stops_the_calls(
    worlds: tuple[World, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon, person = worlds
    daemon.post(item(1, HARM))
    daemon.later()
    daemon.now += timedelta(minutes=16)
    person.now = daemon.now
    with daemon.app.database.reading() as session:
        code = session.scalars(select(IncidentRow.code)).one()
    wish = Command(obey.new_id(), Kind.ACK, "zhang", person.now)
    answering = threading.Thread(target=obey.command, args=(person.app, code, wish))
    call_due = calling.call_due

    def answered_meanwhile(app: App, *given: Any, **more: Any) -> Any:
        if app is daemon.app and answering.ident is None:
            answering.start()
            answering.join(1)  # it is done by then, or waits for us
        return call_due(app, *given, **more)

    monkeypatch.setattr(calling, "call_due", answered_meanwhile)
    daemon.decide()
    answering.join(30)
    for _ in range(4):
        daemon.later(minutes=16)

    with daemon.app.database.reading() as session:
        run = session.scalars(select(RunRow)).one()
        assert not run.active
    assert daemon.bots.to("li-bot") == daemon.bots.to("ops") == []


def test_of_two_who_wait_for_each_other_the_outdone_one_tries_again(
    worlds: tuple[World, World],
) -> None:
    for number, world in enumerate(worlds):
        with world.app.database.transaction() as session:
            session.add(BucketRow(channel=str(number), at=world.now))
    met = threading.Barrier(2)
    order = dict(zip(map(id, worlds), ("01", "10"), strict=True))
    tried = []

    def lock_both(world: World) -> None:
        def work(session: Session) -> None:
            tried.append(world)
            for channel in order[id(world)]:
                session.get_one(BucketRow, channel, with_for_update=True)
                if len(tried) <= 2 and channel == order[id(world)][0]:
                    met.wait(10)

        world.app.database.repeat(work)

    assert at_once(lock_both, worlds) == []
    assert len(tried) == 3


def test_counters_of_thousands_of_millions_are_kept(worlds: tuple[World, World]) -> None:
    worlds[0].post(item(1, HARM, views=30_000_000_000, author_followers=3_000_000_000))
    worlds[0].decide()

    with worlds[0].app.database.reading() as session:
        assert session.scalars(select(MentionRow.views)).one() == 30_000_000_000


def test_a_fault_that_stays_is_not_repeated_for_ever(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    tries = []

    def fail(_session: object) -> None:
        tries.append(True)
        raise IntegrityError("", None, DataError("", None, Exception()))

    with pytest.raises(IntegrityError):
        database.repeat(fail)
    assert 1 < len(tries) < 10
    database.close()


def test_an_error_of_the_store_does_not_show_what_people_wrote(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.post(item(1, "清河医院的隐私话"))
    wrong = update(MentionRow).values(text="隐私话", platform=None)

    with pytest.raises(IntegrityError) as caught, world.app.database.transaction() as session:
        session.execute(wrong)

    assert "隐私话" not in str(caught.value)
    world.app.database.close()
