"""The schema: the same on SQLite and PostgreSQL, made by migrations, with times that keep UTC."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, Table, create_engine, inspect, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from world import HARM, NOON, World, item

from monitor.store import database as database_module
from monitor.store import response_schema
from monitor.store.database import HEAD, Database
from monitor.store.meta import beat
from monitor.store.schema import Base, MetaRow

ADMIN = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"


OLD = {"mentions": 1, "topics": 1, "brand_mentions": 1, "incidents": 1, "outbox": 1, "attempts": 1}


@pytest.fixture
def postgres() -> Iterator[str]:
    """The address of a fresh PostgreSQL database, dropped at the end."""
    name = f"fengsui_test_{uuid4().hex[:8]}"
    admin = create_engine(ADMIN, isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    except OperationalError:
        if os.environ.get("FENGSUI_REQUIRE_SERVICES"):
            raise
        pytest.skip("needs a PostgreSQL on 127.0.0.1:5432 that trusts local users")
    yield ADMIN.rpartition("/")[0] + f"/{name}"
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


def differences(database: Database) -> list[object]:
    with database.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


def test_migrations_make_the_schema_on_sqlite(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    database.upgrade()
    database.upgrade()

    assert set(inspect(database.engine).get_table_names()) >= set(Base.metadata.tables)
    assert differences(database) == []
    database.close()


def test_migrations_make_the_same_schema_on_postgresql(postgres: str) -> None:
    database = Database(postgres)
    database.upgrade()

    assert set(inspect(database.engine).get_table_names()) >= set(Base.metadata.tables)
    assert differences(database) == []
    database.close()


def old_database(url: str) -> Database:
    """A database as the first version left it, with one row in each of the OLD tables."""
    database = Database(url)
    config = Config()
    folder = Path(database_module.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        known = MetaData()
        known.reflect(connection)
        for name in OLD:
            connection.execute(known.tables[name].insert().values(filled(known.tables[name])))
    return database


def filled(table: Table) -> dict[str, object]:
    """The least row: 1 for whatever points somewhere, something of its type for the rest."""
    made = {str: "x", int: 1, float: 1.0, bool: False, datetime: NOON, bytes: b"x"}
    return {
        one.name: made.get(one.type.python_type, {})  # JSON has no one type
        for one in table.columns
        if not one.nullable or one.foreign_keys
    }


def kept(database: Database) -> dict[str, int]:
    """How many rows each of the OLD tables has."""
    with database.engine.connect() as connection:
        return {
            name: int(connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one())  # noqa: S608
            for name in OLD
        }


def test_an_old_database_at_work_is_upgraded_and_loses_nothing(tmp_path: Path) -> None:
    database = old_database(f"sqlite:///{tmp_path / 'a.db'}")
    database.upgrade()

    assert kept(database) == OLD
    assert differences(database) == []
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(text("DELETE FROM topics"))  # foreign keys hold again
    database.close()


def test_an_old_database_is_upgraded_on_postgresql_too(postgres: str) -> None:
    database = old_database(postgres)
    database.upgrade()

    assert kept(database) == OLD
    assert differences(database) == []
    database.close()


def test_the_whole_line_runs_on_postgresql(postgres: str, tmp_path: Path) -> None:
    world = World(tmp_path, url=postgres)
    world.post(item(1, HARM), item(2, "太惨了", parent_id="1"))
    world.decide()
    world.deliver()
    world.later(minutes=16)

    assert [len(world.bots.to(name)) for name in ("group", "li-bot")] == [1, 1]
    world.app.database.close()


def test_sqlite_survives_a_kill_with_full_sync_and_wal(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with database.engine.connect() as connection:
        modes = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert modes == ["wal", 2, 1]
    database.close()


def test_times_come_back_in_utc_and_naive_ones_are_refused(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    database.upgrade()
    shanghai = NOON.astimezone(timezone(timedelta(hours=8)))
    with database.transaction() as session:
        beat(session, shanghai)
    with database.reading() as session:
        stored = session.scalars(select(MetaRow.at)).one()
    assert (stored, stored.utcoffset()) == (NOON, timedelta(0))

    with pytest.raises(StatementError, match="time zone"), database.transaction() as session:
        beat(session, datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake under test
    database.close()


def test_one_open_incident_a_topic_is_kept_by_the_database(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.post(item(1, HARM))
    world.decide()
    columns = response_schema.IncidentRow.__table__.columns.keys()
    copied = ", ".join({"id": "99", "code": "'XXX'"}.get(column, column) for column in columns)
    with pytest.raises(IntegrityError), world.app.database.transaction() as session:
        session.execute(text(f"INSERT INTO incidents SELECT {copied} FROM incidents"))  # noqa: S608
    world.app.database.close()


def test_the_newest_revision_is_the_one_the_program_looks_for() -> None:
    versions = Path(database_module.__file__).parent / "migrations" / "versions"

    assert max(path.name.partition("_")[0] for path in versions.glob("0*.py")) == HEAD
