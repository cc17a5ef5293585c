"""Files are whole or not there, on every kind of disk."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor import files


def names(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir()]


def test_a_new_file_replaces_nothing_and_is_its_owners_alone(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "a.txt"
    files.put_new(place, b"first")
    with pytest.raises(FileExistsError):
        files.put_new(place, b"second")

    assert place.read_bytes() == b"first"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert names(place.parent) == ["a.txt"]


def test_a_disk_without_hard_links_is_written_to_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    place = tmp_path / "a.txt"
    files.put_new(place, b"first")
    with pytest.raises(FileExistsError):
        files.put_new(place, b"second")

    assert place.read_bytes() == b"first"
    assert names(tmp_path) == ["a.txt"]


def test_a_full_disk_spares_the_old_file(tmp_path: Path, full_disk: Callable[[Path], None]) -> None:
    place = tmp_path / "a.txt"
    files.put(place, b"old")
    full_disk(tmp_path)
    with pytest.raises(OSError, match="space"):
        files.put(place, b"new")

    assert place.read_bytes() == b"old"
    assert names(tmp_path) == ["a.txt"]


def test_the_first_key_holds(tmp_path: Path) -> None:
    files.make_once(tmp_path / "key", b"one")
    files.make_once(tmp_path / "key", b"two")

    assert (tmp_path / "key").read_bytes() == b"one"
