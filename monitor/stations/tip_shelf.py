"""The files of staff reports: sealed, one folder a report, gone with its row."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import select

from monitor.app import App
from monitor.store.private_schema import TipRow


class TipShelf:
    """The folder `tips` of an installation."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.root = Path(app.settings.data_dir) / "tips"

    def place(self, code: str, contents: Sequence[bytes]) -> str:
        """Seal files under a key of their own, which is returned; a crash leaves no row."""
        key = Fernet.generate_key()
        folder = self.root / code
        shutil.rmtree(folder, ignore_errors=True)  # left by a crash before the commit
        if contents:
            folder.mkdir(parents=True, mode=0o700)
        for number, content in enumerate(contents, 1):
            _write(folder / str(number), Fernet(key).encrypt(content))
        return key.decode("ascii")

    def read(self, code: str, number: int, key: str) -> bytes:
        """Open one file, counted from 1; raises OSError or cryptography's InvalidToken."""
        return Fernet(key).decrypt((self.root / code / str(number)).read_bytes())

    def sweep(self) -> int:
        """Remove the folders that no row knows any more; returns how many."""
        if not self.root.is_dir():
            return 0
        with self._app.database.reading() as session:
            known = {f"R{number}" for number in session.scalars(select(TipRow.id))}
        gone = [one for one in self.root.iterdir() if one.name not in known]
        for folder in gone:
            shutil.rmtree(folder, ignore_errors=True)
        return len(gone)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
