"""Writes a key file once: whole or not at all, readable by its owner alone."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def make_once(path: Path, text: str) -> None:
    """Write the key aside and link it into place: whoever dies in between leaves no half key.

    A file that is there already stays: the process that was first has made the key that holds.
    """
    aside = _aside(path, text)
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def put(path: Path, text: str) -> None:
    """Put this content in place of the old one, in one step."""
    _aside(path, text).rename(path)


def _aside(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(aside)
