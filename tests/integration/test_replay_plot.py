"""`fengsui replay --plot`: the shipped example becomes a picture; a bad place is refused."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from world import WordClassifier

from monitor import bootstrap

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "replay.jsonl"


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    from monitor.cli import main

    sys.argv = ["fengsui", "replay", str(EXAMPLE), "--brand", "清河医院", *argv]
    code = 0
    try:
        main()
    except SystemExit as leaving:
        code = int(leaving.code or 0)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "shipped_classifier", WordClassifier)


def test_the_shipped_example_becomes_a_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "out.html"

    code, out, err = run(capsys, "--plot", str(page), "--json")

    html, answer = page.read_text("utf-8"), json.loads(out)
    assert code == 0
    assert "用浏览器打开" in err
    assert answer["matched"] == len(EXAMPLE.read_text("utf-8").splitlines())
    assert html.count('<span class="tier') == len(answer["tiers"])
    assert f"共 {answer['matched']} 条提及" in html


def test_a_place_that_cannot_be_written_to_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, "--plot", str(tmp_path / "nowhere" / "out.html"))

    assert code == 2
    assert "换一个能写的位置" in err.replace("\n", "")


def test_a_picture_of_ours_is_drawn_again_and_any_other_file_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine, other = tmp_path / "out.html", tmp_path / "notes.html"
    run(capsys, "--plot", str(mine))
    first = mine.stat().st_ino
    other.write_text("<!doctype html><p>我的笔记", "utf-8")

    assert run(capsys, "--plot", str(mine))[0] == 0
    assert mine.stat().st_ino != first, "put in place of the old one, never half of it"
    code, _, err = run(capsys, "--plot", str(other))
    assert (code, "已经存在，没有改动它" in err) == (2, True)
    assert other.read_text("utf-8") == "<!doctype html><p>我的笔记"
    code, _, err = run(capsys, "--plot", str(tmp_path))
    assert (code, "已经存在" in err) == (2, True)


def test_a_full_disk_leaves_no_half_picture_and_spares_the_old_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], full_disk: Callable[[Path], None]
) -> None:
    page = tmp_path / "out.html"
    run(capsys, "--plot", str(page))
    before = page.read_bytes()

    full_disk(tmp_path)
    code, _, err = run(capsys, "--plot", str(page))
    assert (code, "写不进去：磁盘满了；请换一个能写的位置" in err.replace("\n", "")) == (2, True)
    run(capsys, "--plot", str(tmp_path / "new.html"))

    assert [one.name for one in tmp_path.iterdir()] == ["out.html"]
    assert page.read_bytes() == before
