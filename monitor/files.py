"""Writes files whole or not at all: beside their place first, then into it in one step.

A full disk or a sudden end leaves neither an empty nor a half file behind.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

_NO_HARD_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS}  # such as on a USB stick


@contextlib.contextmanager
def aside(path: Path, *, private: bool = True) -> Iterator[Path]:
    """An empty file beside `path`, gone at the end unless it has taken its place.

    A private one is readable by its owner alone. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666))
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def settle(part: Path, path: Path) -> None:
    """Give a finished file its name; raises FileExistsError rather than replace anything."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        path.touch(0o600, exist_ok=False)  # the name is ours from here on
        part.replace(path)


def put_new(path: Path, content: bytes, *, private: bool = True) -> None:
    """Write a file that must not exist; raises FileExistsError and other OSErrors."""
    with aside(path, private=private) as part:
        _fill(part, content)
        settle(part, path)


def put(path: Path, content: bytes, *, private: bool = True) -> None:
    """Write a file in place of the old one, if there is one; raises OSError."""
    with aside(path, private=private) as part:
        _fill(part, content)
        part.replace(path)


def make_once(path: Path, content: bytes) -> None:
    """Write a key unless it is there: the process that was first has made the one that holds."""
    with contextlib.suppress(FileExistsError):
        put_new(path, content)


def _fill(part: Path, content: bytes) -> None:
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
