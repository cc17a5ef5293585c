"""`fengsui report weekly` from the command line."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
import reports_sample as sample
import typer
from typer.testing import CliRunner, Result

from monitor import bootstrap
from monitor.cli import report
from monitor.cli.context import Refusal
from monitor.store.database import Database

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = f"brands:\n  - name: {sample.BRAND}\n"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with the fictional week in it, on the Monday after."""
    path = tmp_path / "fengsui.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    database = Database(f"sqlite:///{tmp_path / 'fengsui-data' / 'fengsui.db'}", durable=False)
    database.upgrade()
    with database.transaction() as session:
        sample.realistic_week(session)
    database.close()
    monkeypatch.setattr(bootstrap.build, "__defaults__", (lambda: sample.AFTER,))
    return path


def _run(*arguments: str) -> Result:
    app = typer.Typer()
    report.register(app)
    return CliRunner().invoke(app, ["report", "weekly", *arguments])


def test_a_named_week_is_written_and_its_path_printed(config: Path, tmp_path: Path) -> None:
    answer = _run("--config", str(config), "--week", "2026-W47", "--out", str(tmp_path / "out"))

    assert answer.exit_code == 0
    path = tmp_path / "out" / "weekly-2026-W47.html"
    assert answer.stdout.strip() == str(path)
    assert "信任修复周报 2026-W47" in path.read_text(encoding="utf-8")


def test_without_a_week_the_present_one_goes_to_the_folder_of_the_configuration(
    config: Path, tmp_path: Path
) -> None:
    answer = _run("--config", str(config))

    path = tmp_path / "reports" / "weekly-2026-W48.html"
    assert answer.stdout.strip() == str(path)
    assert "本周还没有结束" in path.read_text(encoding="utf-8")


def test_json_gives_the_numbers_with_all_their_ids_and_the_path(config: Path) -> None:
    answer = _run("--config", str(config), "--week", "2026-W47", "--json")

    document = json.loads(answer.stdout)
    assert document["overall"]["volume"]["value"] == len(document["overall"]["volume"]["ids"]) == 89
    assert document["week"] == "2026-W47"
    assert document["path"].endswith("weekly-2026-W47.html")


@pytest.mark.parametrize(
    ("week", "sentence"),
    [
        ("最近", "看不懂周次「最近」：请写成 2026-W47 这样"),
        ("2026-W99", "没有「2026-W99」这一周"),
        ("2026-W49", "2026-W49 还没有开始；现在是 2026-W48"),
    ],
)
def test_a_week_that_cannot_be_is_refused_in_a_sentence(
    config: Path, tmp_path: Path, week: str, sentence: str
) -> None:
    answer = _run("--config", str(config), "--week", week, "--out", str(tmp_path / "out"))

    assert isinstance(answer.exception, Refusal)
    assert re.match(re.escape(sentence), str(answer.exception))
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_named(config: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    answer = _run("--config", str(config), "--out", str(tmp_path / "file" / "out"))

    assert isinstance(answer.exception, Refusal)
    assert "请换一个 --out" in str(answer.exception)
