"""Where evidence lies: a folder for each capture, readable by its owner alone."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

MANIFEST = "manifest.json"
STAMP = "manifest.tsr"
SEALED = "content.age"


class Shelf:
    """The folder `evidence` of an installation."""

    def __init__(self, data_dir: Path) -> None:
        self.root = data_dir / "evidence"

    def folder(self, code: str) -> Path:
        """Where the files of one capture lie."""
        return self.root / code

    def read(self, code: str, name: str) -> bytes | None:
        """One file of a capture; None when it is not there."""
        try:
            return (self.folder(code) / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def place(self, code: str, files: Mapping[str, bytes]) -> None:
        """Put a new capture there whole or not at all."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = Path(tempfile.mkdtemp(prefix=".part-", dir=self.root))
        try:
            for name, content in files.items():
                _write(aside / name, content)
            self._make_room(code)
            aside.rename(self.folder(code))
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise

    def add(self, code: str, name: str, content: bytes) -> None:
        """Put one more file beside the others."""
        aside = self.folder(code) / f".{name}"
        aside.unlink(missing_ok=True)
        _write(aside, content)
        aside.rename(self.folder(code) / name)

    def erase(self, code: str) -> None:
        """Remove a capture."""
        shutil.rmtree(self.folder(code), ignore_errors=True)

    def _make_room(self, code: str) -> None:
        """A folder that no row knows is from a crash before the commit; it is kept aside."""
        if self.folder(code).exists():
            place = tempfile.mkdtemp(prefix=f"unfinished-{code}-", dir=self.root)
            self.folder(code).rename(Path(place) / code)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
