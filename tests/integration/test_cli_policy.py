"""`fengsui policy`: what it prints, and with which exit code it ends."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from monitor.policy_file import load_policy

STORY = """故事:
  - 名称: 一条可信的指控
    开始: 2026-11-18 14:00
    间隔: 10分钟
    提及: 1
    指控: [{第几分钟: 0, 类别: 患者安全, 佐证: [日期地点, 后果]}]
    期望: {0: %s}
"""


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    from monitor.cli import main

    sys.argv = ["fengsui", "policy", *argv]
    code = 0
    try:
        main()
    except SystemExit as leaving:
        code = int(leaving.code or 0)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def written(folder: Path, text: str, name: str = "a.yaml") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_shipped_policy_is_printed_and_can_be_read_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = run(capsys, "show")

    assert load_policy(Path(written(tmp_path, out))) == load_policy()


def test_show_gives_the_numbers_to_programs(capsys: pytest.CaptureFixture[str]) -> None:
    answer = json.loads(run(capsys, "show", "--json")[1])

    assert answer["heat_bands"] == [30, 50, 65, 80]
    assert answer["quiet_hours"] == {"yellow": 12, "orange": 6, "red": 12}


def test_a_bad_policy_ends_in_a_sentence_and_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, "show", "--policy", written(tmp_path, "version: a\nheat: 3\n"))

    assert code == 2
    assert "a.yaml 第 2 行 heat：没有这个键" in err


def test_stories_that_hold_end_in_code_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "test", written(tmp_path, STORY % "橙色"))

    assert code == 0
    assert "✓ 一条可信的指控" in out
    assert "1 个故事，全部相符" in out


def test_a_story_that_fails_says_when_what_and_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "test", written(tmp_path, STORY % "黄色"))

    assert code == 1
    for words in (
        "✗ 一条可信的指控",
        "第 0 分钟（11-18 14:00，文件第 7 行）",
        "期望 黄色，实际 橙色",
    ):
        assert words in out
    assert "患者安全" in out


def test_the_printed_stories_are_the_ones_that_ship(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, shipped, _ = run(capsys, "test", "--print")

    code, out, _ = run(capsys, "test", written(tmp_path, shipped), "--json")

    answer: dict[str, Any] = json.loads(out)
    assert code == 0
    assert all(one["holds"] for one in answer["stories"])
    assert len(answer["stories"]) == shipped.count("  - 名称:")


def test_a_bad_story_file_ends_in_a_sentence_and_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, "test", str(tmp_path / "nowhere.yaml"))

    assert code == 2
    assert "没有这个故事文件" in err
