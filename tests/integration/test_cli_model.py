"""`fengsui model`: the card, figures on labelled texts, and a training that another hand does."""

from __future__ import annotations

import gzip
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from models.encoder import WEIGHTS
from models.heads import Settings
from models.prediction import RISK_CODES
from monitor.config import load

OWN = [
    {"text": "护士很耐心，点赞", "polarity": "positive"},
    {"text": "等了三个小时没人理，态度极差[怒]", "polarity": "negative", "risk": []},
    {"text": "医生误诊，家属投诉", "polarity": "negative", "risk": ["patient_safety"]},
    {"text": "周一调整门诊时间", "polarity": "neutral", "risk": [], "stance": "none"},
]


@dataclass
class Answer:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Answer]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `fengsui model` in this process, in an empty folder."""
    from monitor.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FENGSUI_CONFIG", raising=False)

    def run(*argv: str | Path) -> Answer:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["fengsui", "model", *map(str, argv)])
        with pytest.raises(SystemExit) as leaving:
            main()
        printed = capsys.readouterr()
        return Answer(int(leaving.value.code or 0), printed.out, printed.err)

    return run


def put(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_bytes(gzip.compress(lines.encode()) if path.suffix == ".gz" else lines.encode())
    return path


def test_the_card_names_files_thresholds_licence_and_what_it_is_not_for(run: Run) -> None:
    shown = run("info")
    card = run("info", "--json").json()
    assert shown.code == 0
    assert card["model"] in shown.out
    assert card["shipped"] is True
    assert card["files"]["model.safetensors"] == (WEIGHTS / "model.safetensors").stat().st_size
    assert set(card["thresholds"]) == set(RISK_CODES)
    assert card["polarities"] == ["negative", "neutral", "positive"]
    assert "不能拿它做什么" in shown.out
    for one in card["not_for"]:
        assert one.partition("：")[0] in shown.out
    assert "Apache-2.0" in card["licence"]


def test_the_card_gives_the_figures_of_the_readme_beside_the_weights(run: Run) -> None:
    card = run("info", "--json").json()
    assert {"crisis", "weibo_usual"} <= {row["set"] for row in card["figures"]}
    assert all(float(row["as it is"]) > 0.3 for row in card["figures"])


def test_a_model_without_figures_says_how_to_get_them(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    for name in ("config.json", "settings.json"):
        shutil.copy(WEIGHTS / name, folder)
    shown = run("info", "--model", folder)
    assert "没有带指标" in shown.out
    assert f"fengsui model eval --model {folder}" in shown.out


def test_a_folder_without_a_model_is_refused(run: Run, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "gone"):
        refused = run("info", "--model", folder)
        assert refused.code == 2
        assert str(folder) in refused.err


def test_a_file_of_ones_own_is_measured_as_it_is_and_without_emoticons(
    run: Run, tmp_path: Path
) -> None:
    own = put(tmp_path / "own.jsonl", OWN)
    shown = run("eval", "--data", own, "--json", tmp_path / "figures.json")
    assert shown.code == 0
    assert "校准误差" in shown.out
    assert "去表情" in shown.out
    document = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    both = document["sets"]["own"]
    assert both["as_is"]["texts"] == both["stripped"]["texts"] == 4
    assert both["as_is"]["risk"]["codes"]["patient_safety"]["cases"] == 1
    assert set(both["as_is"]["polarities"]) == {"negative", "neutral", "positive"}


def test_figures_go_to_standard_output_as_one_document(run: Run, tmp_path: Path) -> None:
    put(tmp_path / "sets" / "a.jsonl.gz", OWN)
    put(tmp_path / "sets" / "b.jsonl", OWN[:1])
    document = run("eval", "--data", tmp_path / "sets", "--json", "-", "--limit", "2").json()
    assert {name: one["as_is"]["texts"] for name, one in document["sets"].items()} == {
        "a": 2,
        "b": 1,
    }
    assert document["sets"]["b"]["as_is"]["risk"] is None


def test_labelled_texts_that_cannot_be_read_are_refused_by_file_and_line(
    run: Run, tmp_path: Path
) -> None:
    own = put(tmp_path / "own.jsonl", [OWN[0], {"text": "好", "polarity": "nice"}])
    refused = run("eval", "--data", own)
    assert refused.code == 2
    assert "第 2 行" in refused.err
    assert run("eval", "--data", tmp_path / "gone").code == 2
    assert run("eval", "--data", own, "--json", tmp_path / "no" / "figures.json").code == 2


@dataclass
class House:
    """Labelled texts and a base encoder, as files; `orders` is what the training was asked."""

    folder: Path
    orders: list[dict[str, Any]]
    interrupt: bool = False

    @property
    def command(self) -> list[str | Path]:
        wanted = ["train", "--data", self.folder / "data", "--base", self.folder / "base"]
        return [*wanted, "--out", self.folder / "new", "--device", "cpu"]

    def train(self, data: Path, base: Path, out: Path, **more: Any) -> Settings:
        """Stand for the training: leave a checkpoint, then write a folder of weights or stop."""
        self.orders.append({"data": data, "base": base, **more})
        more["work"].mkdir(parents=True, exist_ok=True)
        (more["work"] / "checkpoint.pt").write_bytes(b"half")
        if self.interrupt:
            raise KeyboardInterrupt
        out.mkdir(parents=True)
        shutil.copy(WEIGHTS / "config.json", out)
        settings = Settings("测试", more["version"], "n1", 1.0, dict.fromkeys(RISK_CODES, 0.5))
        settings.save(out / "settings.json")
        return settings


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    from models.training import order

    found = House(tmp_path, [])
    put(tmp_path / "data" / "crisis.jsonl.gz", OWN)
    (tmp_path / "base").mkdir()
    for name in order.BASE_FILES:
        (tmp_path / "base" / name).write_text("{}", encoding="utf-8")
    monkeypatch.setattr(order, "train", found.train)
    return found


def test_a_training_leaves_a_whole_model_and_says_how_to_switch_to_it(
    run: Run, house: House
) -> None:
    done = run(*house.command, "--seed", "7")
    assert done.code == 0
    assert house.orders[0]["plan"].seed == 7
    assert house.orders[0]["plan"].device == "cpu"
    assert "先量一量" in done.out
    assert f'path: "{house.folder / "new"}"' in done.out
    assert "已经作出的判定" in done.out
    assert run("info", "--model", house.folder / "new").code == 0
    left = sorted(path.name for path in house.folder.iterdir())
    assert left == ["base", "data", "new"]


def test_the_new_model_may_stand_in_the_configuration_without_labels(
    run: Run, house: House
) -> None:
    run(*house.command)
    config = house.folder / "fengsui.yaml"
    config.write_text("brands: [{name: 清河互联网医院}]\nmodel: {path: ./new}\n", encoding="utf-8")
    assert load(config, {}).model.weights == house.folder / "new"


def test_the_daemon_reads_with_the_weights_that_the_configuration_names(tmp_path: Path) -> None:
    from monitor import bootstrap

    shutil.copytree(WEIGHTS, tmp_path / "new")
    settings = tmp_path / "new" / "settings.json"
    settings.write_text(settings.read_text("utf-8").replace('"version": "', '"version": "own-'))
    config = tmp_path / "fengsui.yaml"
    config.write_text("brands: [{name: 清河互联网医院}]\nmodel: {path: ./new}\n", encoding="utf-8")
    app = bootstrap.build(load(config, {}))
    try:
        assert "@own-" in app.classifier().name
        assert app.classifier().predict(["护士很耐心，点赞"])[0].polarity == "positive"
    finally:
        app.database.close()


def test_the_version_follows_from_the_data_and_the_plan(run: Run, house: House) -> None:
    versions = []
    for more in ([], ["--seed", "1"], []):
        run(*house.command, *more)
        shutil.rmtree(house.folder / "new")
        versions.append(house.orders[-1]["version"])
    assert versions[0] == versions[2]
    assert versions[0] != versions[1]


def test_an_interrupted_training_goes_on_with_the_same_command_and_only_with_it(
    run: Run, house: House
) -> None:
    house.interrupt = True
    stopped = run(*house.command)
    assert stopped.code == 1
    assert "接着练" in stopped.err
    assert not (house.folder / "new").exists()
    house.interrupt = False
    other = run(*house.command, "--seed", "1")
    assert "开始训练" in other.out
    shutil.rmtree(house.folder / "new")
    again = run(*house.command)
    assert "接着上次中断的地方练" in again.out
    assert house.orders[2]["work"] == house.orders[0]["work"]


def test_the_teams_corrections_are_taken_along_and_can_be_left_out(
    run: Run, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from monitor.store import labels

    one = SimpleNamespace(text="等太久", polarity="negative", risk=None, stance=None)
    monkeypatch.setattr(labels, "corrections", lambda _session: [one])
    (house.folder / "fengsui.yaml").write_text(
        "brands: [{name: 清河互联网医院}]\n", encoding="utf-8"
    )
    done = run(*house.command)
    assert "团队的更正 1 条" in done.out
    row = {"text": "等太久", "polarity": "negative", "risk": None, "stance": None}
    assert house.orders[0]["corrections"] == [row]
    shutil.rmtree(house.folder / "new")
    run(*house.command, "--no-corrections")
    assert not house.orders[1].get("corrections")
    assert house.orders[1]["version"] != house.orders[0]["version"]


def test_without_a_configuration_the_training_says_that_it_has_no_corrections(
    run: Run, house: House
) -> None:
    assert "不带团队的更正" in run(*house.command).out
    shutil.rmtree(house.folder / "new")
    assert run(*house.command, "--corrections").code == 2


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda folder: shutil.rmtree(folder / "data"), "找不到数据文件夹"),
        (lambda folder: (folder / "data" / "crisis.jsonl.gz").unlink(), "没有 .jsonl"),
        (lambda folder: put(folder / "data" / "b.jsonl", [{"text": 1}]), "第 1 行"),
        (lambda folder: (folder / "base" / "model.safetensors").unlink(), "model.safetensors"),
        (lambda folder: put(folder / "new" / "a.jsonl", OWN), "不覆盖"),
    ],
)
def test_what_is_missing_or_in_the_way_is_refused_before_anything_is_trained(
    run: Run, house: House, spoil: Callable[[Path], Any], told: str
) -> None:
    spoil(house.folder)
    refused = run(*house.command)
    assert refused.code == 2
    assert told in refused.err
    assert house.orders == []


def test_a_graphics_card_that_is_not_there_is_refused(
    run: Run, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    refused = run(*house.command[:-1], "cuda")
    assert refused.code == 2
    assert "CUDA" in refused.err
