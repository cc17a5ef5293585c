"""What the program says of itself and of a wrong command line, in Chinese."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import cli_world
import pytest

from monitor.cli import app, chinese
from monitor.cli.context import Refusal


def refused(*argv: str) -> str:
    sys.argv = ["fengsui", *argv]
    with pytest.raises(Refusal) as caught:
        chinese.run(app)
    return str(caught.value)


@pytest.fixture(autouse=True)
def _argv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["fengsui"])


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["incidents", "ack"], "缺少「编号」"),
        (["incidents", "acc"], "没有命令「acc」，是不是 ack"),
        (["mentions", "list", "--brnd", "x"], "没有选项 --brnd，是不是 --brand"),
        (["mentions", "list", "-n", "0"], "选项 --limit 要写不小于 1 的数"),
        (["mentions", "list", "-n", "99999"], "选项 --limit 要写不大于 10,000 的数"),
        (["mentions", "list", "-n", "x"], "选项 --limit 要写整数"),
        (["silence", "end", "0"], "「号」要写不小于 1 的数"),
        (["mentions", "list", "多余"], "多写了「多余」"),
        (["incidents", "lower", "7K2", "--to"], "选项 --to 的写法不对"),
    ],
)
def test_a_wrong_command_line_is_answered_in_chinese(argv: list[str], sentence: str) -> None:
    said = refused(*argv)
    assert said.startswith(sentence)
    assert "-h" in said, "it says where the right way stands"


def test_what_was_typed_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in refused("incidents", "\x1b[2J")
    assert "\x1b" not in refused("mentions", "list", "--\x1b[2J")


def commands() -> list[list[str]]:
    import typer

    def below(command: object, path: list[str]) -> list[list[str]]:
        inner = getattr(command, "commands", {})
        found = [one for name in inner for one in below(inner[name], [*path, name])]
        return found or [path]

    return below(typer.main.get_command(app), [])


@pytest.mark.parametrize("path", commands(), ids=" ".join)
def test_the_help_of_every_command_is_chinese(
    path: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    sys.argv = ["fengsui", *path, "-h"]
    with pytest.raises(SystemExit) as leaving:
        chinese.run(app)
    assert leaving.value.code == 0
    page = capsys.readouterr().out
    for english in ("Show this message", "Options", "Arguments", "[required]", "[default"):
        assert english not in page
    assert (
        re.findall(r"Usage|OPTIONS|COMMAND|ARGS|<(?:list|str|int|float|bool|path|file)\b", page)
        == []
    )
    description = page.split("用法：")[1].split("╭")[0]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in description)


def test_a_broken_database_file_fails_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world = cli_world.build(tmp_path, monkeypatch, capsys)
    world.database.parent.mkdir()
    world.database.write_bytes(b"this is no database" * 100)
    sys.argv = ["fengsui", "incidents", "list"]
    with pytest.raises(SystemExit) as leaving:
        chinese.run(app)
    assert leaving.value.code == 1
    said = capsys.readouterr().err
    assert "数据库出错（文件不是数据库）" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    "argv",
    [
        ["incidents", "ack", "\udcff"],
        ["incidents", "show", "7K\udcff"],
        ["mentions", "list", "--brand", "清河\udce9"],
        ["people", "duty", "\udcff"],
        ["db", "backup", "备份\udcff.db"],
        ["\udcff"],
    ],
    ids=lambda argv: " ".join(argv[:2]).encode("utf-8", "replace").decode(),
)
def test_bytes_that_are_no_text_are_refused_before_anything_is_done(
    argv: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    world = cli_world.build(tmp_path, monkeypatch, capsys)
    answer = world.run(*argv, who="zhang")
    assert answer.code == 2
    assert "\ufffd" in answer.err
    assert "认不出的字节（不是 UTF-8）" in answer.err
    assert answer.err.count("\n") == 1
    assert not world.database.exists()
