"""Shared fixtures and the hypothesis profiles."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy.engine import make_url

from monitor import files
from monitor.store.database import Database

# Machines that run the suite are often loaded: an example's wall time says nothing about us.
settings.register_profile("quick", deadline=None, max_examples=50)
settings.register_profile("thorough", deadline=None, max_examples=500)
# Two workers on two cores: torch's threads must not spin while they wait for each other.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the project; tests that read it skip where it is not."""
    folder = Path(os.environ.get("FENGSUI_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip("needs the real data in ../shared, which does not ship with the project")
    return folder


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Fills the disk below a folder when called: half of what is written still finds room."""

    def fill(folder: Path) -> None:
        room = files._fill

        def refuse(part: Path, content: bytes) -> None:
            if folder not in part.absolute().parents:
                return room(part, content)
            room(part, content[: len(content) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(files, "_fill", refuse)

    return fill


@pytest.fixture(scope="session", autouse=True)
def one_run_of_the_migrations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Start every empty SQLite file as a copy of one that the migrations made.

    A thousand tests begin with an empty database, and the migrations take a seventh of a second.
    """
    made = tmp_path_factory.mktemp("schema") / "made.db"
    first = Database(f"sqlite:///{made}")
    first.upgrade()
    first.close()
    upgrade = Database.upgrade

    def copied(database: Database) -> None:
        url = make_url(database.url)
        file = Path(url.database) if url.database else None
        empty = file is not None and file.is_file() and not file.stat().st_size
        if empty and url.get_backend_name() == "sqlite":
            shutil.copyfile(made, file)
        upgrade(database)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "upgrade", copied)
        yield
