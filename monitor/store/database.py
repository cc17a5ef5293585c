"""Opens the database: SQLite with WAL and full sync by default, PostgreSQL by one address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

HEAD = "0016"  # the newest revision in migrations/versions; a test compares
BUSY_TIMEOUT_MS = 30_000  # longer than any of our transactions; a busy database waits, not fails


TRIES = 5  # more writers than this never meet over one row
# What PostgreSQL answers to one of two that waited for each other, or were told apart too late.
OUTDONE = ("40P01", "40001")
T = TypeVar("T")


class ConflictError(RuntimeError):
    """Somebody else changed it first; look again and decide again."""


class Database:
    """An engine and its sessions; one `transaction()` is one commit or nothing."""

    def __init__(self, url: str, *, durable: bool = True) -> None:
        """`durable=False` is for scratch databases that nobody needs after a crash."""
        self.url = url
        self.engine = _engine(url, durable=durable)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._readers = sessionmaker(self.engine.execution_options(reading=True))

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits at the end and rolls back on any error."""
        with self._sessions.begin() as session:
            yield session

    def repeat(self, work: Callable[[Session], T], tries: int = TRIES) -> T:
        """Do `work` in one transaction, and anew when another writer was first."""
        for _ in range(tries - 1):
            try:
                with self.transaction() as session:
                    return work(session)
            except (ConflictError, IntegrityError):
                continue
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) not in OUTDONE:
                    raise
        with self.transaction() as session:
            return work(session)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that is rolled back at the end."""
        with self._readers() as session:
            yield session

    def upgrade(self) -> None:
        """Bring the schema to the newest revision; costs one query when it is there already."""
        if self._revision() == HEAD:
            return
        from alembic import command  # noqa: PLC0415 - half a second that most commands can save
        from alembic.config import Config  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with _altering(self.engine) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def _revision(self) -> str | None:
        if not inspect(self.engine).has_table("alembic_version"):
            return None
        with self.engine.connect() as connection:
            return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()

    def is_ready(self) -> bool:
        """Whether the schema has been created."""
        return bool(inspect(self.engine).has_table("mentions"))

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


@contextmanager
def _altering(engine: Engine) -> Iterator[Connection]:
    """One transaction for migrations, in which SQLite looks at foreign keys only at the end.

    SQLite alters a table by copying and dropping it, which the rows that point to it would forbid
    (https://www.sqlite.org/lang_altertable.html#otheralter).
    """
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            yield connection
        return
    with engine.connect() as connection:
        # Inside of a transaction the switch does nothing: throw it on the driver's connection.
        cursor = connection.connection.cursor()
        cursor.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise RuntimeError("a migration left rows that point nowhere")
        finally:
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.close()


def _engine(url: str, *, durable: bool) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    if parsed.database and parsed.database != ":memory:":
        file = Path(parsed.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        # What people said of a hospital is nobody else's business on this machine.
        file.touch(mode=0o600)
    # An error's parameters are what people wrote: they must not end in a log.
    engine = create_engine(
        url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, hide_parameters=True
    )
    _prepare_sqlite(engine, durable=durable)
    return engine


def _prepare_sqlite(engine: Engine, *, durable: bool) -> None:
    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own type
        # The driver must not begin transactions by itself: `BEGIN IMMEDIATE` below takes the
        # write lock first, so that two writers wait for each other instead of failing half-way.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={'FULL' if durable else 'OFF'}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy hands it untyped
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
