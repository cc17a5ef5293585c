"""Plays the crash matrix and prints its cells: `python tests/integration/crash_matrix.py [FORM]…`.

FORM is SQLite, 断电 (a power cut, on SQLite) or PostgreSQL; without one all are played. A line is
printed as soon as its step is through. Each step of the story is played from the store as the
steps before it left it, once undisturbed and once for each of its boundaries, where the process is
killed; another one then begins it anew.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from crash_kit import KINDS, calmly, in_a_process, play
from crash_story import story
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import OperationalError
from world import NOON

ADMIN = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"

FORMS = ("SQLite", "断电", "PostgreSQL")
EMPTY = -1  # the number of the store in which nothing has happened


class Shelf(Protocol):
    """Keeps the store as it was before each step."""

    name: str

    def url(self, folder: Path) -> str | None:
        """The address of a folder's store; None for the default."""

    def keep(self, folder: Path, number: int) -> None:
        """Put the store of a folder on the shelf."""

    def take(self, number: int, folder: Path) -> None:
        """Give a folder the store as it was before a step."""

    def drop(self, folder: Path) -> None:
        """Forget a folder's store."""


class Files:
    """SQLite: a store is a file."""

    name = "SQLite"

    def __init__(self, root: Path) -> None:
        self.root = root

    def url(self, folder: Path) -> str | None:
        return f"sqlite:///{folder / 'fengsui.db'}"

    def keep(self, folder: Path, number: int) -> None:
        if (folder / "fengsui.db").exists():
            shutil.copy(folder / "fengsui.db", self.root / f"{number}.db")

    def take(self, number: int, folder: Path) -> None:
        if (self.root / f"{number}.db").exists():
            shutil.copy(self.root / f"{number}.db", folder / "fengsui.db")

    def drop(self, folder: Path) -> None:
        shutil.rmtree(folder)


class Server:
    """PostgreSQL: a store is a database, copied as a template."""

    name = "PostgreSQL"

    def __init__(self) -> None:
        self.mark = f"fengsui_crash_{uuid4().hex[:6]}"
        self._do(f'CREATE DATABASE "{self.mark}_{EMPTY}"')

    def _do(self, words: str) -> list[str]:
        """Tell the server, on a connection of this moment: the shelf travels between processes."""
        admin = create_engine(ADMIN, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with admin.connect() as connection:
            done = connection.execute(text(words))
            return list(done.scalars()) if done.returns_rows else []

    def _name(self, folder: Path) -> str:
        return f"{self.mark}_in_{folder.name}"

    def url(self, folder: Path) -> str | None:
        return ADMIN.rpartition("/")[0] + "/" + self._name(folder)

    def keep(self, folder: Path, number: int) -> None:
        self._do(f'CREATE DATABASE "{self.mark}_{number}" TEMPLATE "{self._name(folder)}"')

    def take(self, number: int, folder: Path) -> None:
        self._do(f'CREATE DATABASE "{self._name(folder)}" TEMPLATE "{self.mark}_{number}"')

    def drop(self, folder: Path) -> None:
        self._do(f'DROP DATABASE IF EXISTS "{self._name(folder)}" WITH (FORCE)')
        shutil.rmtree(folder)

    def close(self) -> None:
        """Remove every database that was made."""
        like = f"SELECT datname FROM pg_database WHERE datname LIKE '{self.mark}%'"  # noqa: S608
        for name in self._do(like):
            self._do(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def shelves(root: Path) -> Iterator[list[Shelf]]:
    """SQLite always; PostgreSQL where one answers on this machine."""
    found: list[Shelf] = [Files(root)]
    try:
        server = Server()
    except OperationalError:
        yield found
        return
    try:
        yield [*found, server]
    finally:
        server.close()


@dataclass
class Matrix:
    """What was played, and what went wrong: cells by step and kind of boundary."""

    store: str
    cells: dict[tuple[str, str], int] = field(default_factory=dict)
    wrong: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def begin(self) -> None:
        """Print the head of the table."""
        print(f"{self.store}\n" + "\t".join(["步骤", *KINDS]), flush=True)  # noqa: T201 - its purpose

    def end(self, step: str) -> None:
        """Print the line of a step that is through, and at once what is wrong in it."""
        print(self._line(step), flush=True)  # noqa: T201 - its purpose
        for one in self._faults(step):
            print(one, flush=True)  # noqa: T201 - its purpose

    @property
    def total(self) -> str:
        """How many cells there were and how many were wrong."""
        return f"{self.store}：{sum(self.cells.values())} 格，{len(self.wrong)} 格不对"

    def note(self, step: str, kind: str, found: list[str]) -> None:
        self.cells[step, kind] = self.cells.get((step, kind), 0) + 1
        if found:
            self.wrong.setdefault((step, kind), []).extend(found)

    def __str__(self) -> str:
        steps = dict.fromkeys(step for step, _ in self.cells)
        faults = [line for step in steps for line in self._faults(step)]
        lines = [self._line(step) for step in steps]
        return "\n".join([self.total, "\t".join(["步骤", *KINDS]), *lines, *faults])

    def _line(self, step: str) -> str:
        return "\t".join([step, *(self._cell(step, kind) for kind in KINDS)])

    def _faults(self, step: str) -> list[str]:
        return [
            f"✗ {step} {kind}：{'；'.join(found)}"
            for (where, kind), found in self.wrong.items()
            if where == step
        ]

    def _cell(self, step: str, kind: str) -> str:
        number = self.cells.get((step, kind), 0)
        return "—" if not number else f"{'✗' if (step, kind) in self.wrong else '√'}{number}"


class Player:
    """Plays the story on one kind of store."""

    def __init__(self, root: Path, shelf: Shelf, steps: int = len(story())) -> None:
        self.root, self.shelf, self.steps = root / shelf.name, shelf, story()[:steps]
        self.root.mkdir(parents=True)
        self.counts = self._calm()

    def _calm(self) -> list[int]:
        """Play it undisturbed; returns how many boundaries each step has."""
        folder = self._folder("calm")
        self._state(folder, {"now": NOON.isoformat(), "moved": []})
        if isinstance(self.shelf, Server):
            self.shelf.take(EMPTY, folder)
        code = in_a_process(calmly, str(folder), str(self.root), self.shelf, len(self.steps))
        assert code == 0, f"undisturbed it fails: {code}"
        return [
            len(json.loads((self.root / f"kept-{number}.json").read_text())["boundaries"])
            for number in range(len(self.steps))
        ]

    def die(self, number: int, place: int, *, cut: bool = False) -> tuple[str, list[str]]:
        """Kill step `number` at its boundary `place`, begin anew; where it died, what is wrong."""
        folder = self._folder(f"s{number}_{place}{'_cut' if cut else ''}")
        self._take_files(number, folder)
        self.shelf.take(number, folder)
        url = self.shelf.url(folder)
        code = in_a_process(play, str(folder), url, number, place, cut)
        if code != -signal.SIGKILL:
            return "", [f"was not killed at {place}: {code}"]
        kind = (folder / "died.txt").read_text()
        if cut:
            self._restore(folder)
        code = in_a_process(play, str(folder), url, number)
        found = [f"begun anew it fails: {code}"] if code else self._differences(folder, number)
        self.shelf.drop(folder)
        return kind, found

    def _differences(self, folder: Path, number: int) -> list[str]:
        found: list[str] = json.loads((folder / "wrong.json").read_text())
        ours = json.loads((folder / "kept.json").read_text())["kept"]
        calm = json.loads((self.root / f"kept-{number}.json").read_text())["kept"]
        return found + [f"{name} differ" for name in calm if ours[name] != calm[name]]

    def _restore(self, folder: Path) -> None:
        for name in ("fengsui.db", "fengsui.db-wal", "fengsui.db-shm"):
            (folder / name).unlink(missing_ok=True)
        for left in (folder / "left").iterdir():
            shutil.copy(left, folder / left.name)

    def _folder(self, name: str) -> Path:
        folder = self.root / name
        folder.mkdir()
        return folder

    def _state(self, folder: Path, state: dict[str, object]) -> None:
        (folder / "state.json").write_text(json.dumps(state))

    def _take_files(self, number: int, folder: Path) -> None:
        for name in ("state.json", "told.jsonl"):
            if (self.root / f"{number}-{name}").exists():
                shutil.copy(self.root / f"{number}-{name}", folder / name)


def matrix(player: Player, *, cells: int = 0, cut: bool = False, aloud: bool = False) -> Matrix:
    """Play so many cells, spread over the whole story; 0 for all of them."""
    places = [(n, at) for n, count in enumerate(player.counts) for at in range(1, count + 1)]
    chosen = _spread(places, cells) if cells else places
    found = Matrix(player.shelf.name + ("，断电" if cut else "，强杀"))
    if aloud:
        found.begin()
    for number, those in groupby(chosen, key=lambda place: place[0]):
        step = player.steps[number].name
        for _, at in those:
            kind, wrong = player.die(number, at, cut=cut)
            found.note(step, kind, wrong)
        if aloud:
            found.end(step)
    return found


def _spread(places: list[tuple[int, int]], cells: int) -> list[tuple[int, int]]:
    """An even sample that another run of the suite draws anew."""
    size = max(1, len(places) // cells)
    return places[random.randrange(size) :: size][:cells]  # noqa: S311 - a sample of a test


def main(forms: list[str]) -> int:
    """Play everything, or these forms; exit code 1 when a cell is wrong or a form is unknown."""
    if set(forms) - set(FORMS):
        print(f"只有 {'、'.join(FORMS)}")  # noqa: T201 - its purpose
        return 1
    bad = 0
    with tempfile.TemporaryDirectory() as place, shelves(Path(place)) as found:
        for shelf in found:
            for cut in _wanted(shelf, forms or list(FORMS)):
                player = Player(Path(place) / ("断电" if cut else "强杀"), shelf)
                played = matrix(player, cut=cut, aloud=True)
                print(played.total, flush=True)  # noqa: T201 - its purpose
                bad += len(played.wrong)
        if len(found) == 1:
            print("PostgreSQL：127.0.0.1:5432 没有可用的服务，没有跑")  # noqa: T201
    return 1 if bad else 0


def _wanted(shelf: Shelf, forms: list[str]) -> list[bool]:
    """In which forms a kind of store is played: killed, and with the power cut."""
    cut = isinstance(shelf, Files) and "断电" in forms
    return [*([False] if shelf.name in forms else []), *([True] if cut else [])]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
