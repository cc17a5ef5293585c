"""Folders, keys and disks that cannot be used: one Chinese sentence, and nothing half done."""

from __future__ import annotations

from pathlib import Path

import cli_world
import pytest
from cli_world import World

from monitor.bootstrap import KEY_BYTES, KEY_FILE, StartError, author_secret


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    return cli_world.build(tmp_path, monkeypatch, capsys)


def test_a_data_folder_that_is_a_file_is_named(world: World) -> None:
    world.database.parent.parent.mkdir(exist_ok=True)
    world.database.parent.write_text("", encoding="utf-8")

    answer = world.run("status")

    assert answer.code == 1
    assert "检查路径、权限和磁盘空间" in answer.err
    assert "Traceback" not in answer.err


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    key = author_secret(tmp_path)

    assert author_secret(tmp_path) == key
    assert len(key) == KEY_BYTES
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o077 == 0
    assert [one.name for one in tmp_path.iterdir()] == [KEY_FILE]


@pytest.mark.parametrize("content", ["", "zz", "ab12"])
def test_half_a_key_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / KEY_FILE).write_text(content, encoding="ascii")

    with pytest.raises(StartError, match="不是完整的密钥"):
        author_secret(tmp_path)


def test_a_process_that_dies_while_it_makes_the_key_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Stands for kill −9."""

    def die(_descriptor: int) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", die)
        with pytest.raises(Killed):
            author_secret(tmp_path)

    assert not (tmp_path / KEY_FILE).exists()
    assert len(author_secret(tmp_path)) == KEY_BYTES
