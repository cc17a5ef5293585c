"""The example that `fengsui init` writes, the manual, and what a loaded file comes to."""

from __future__ import annotations

import json
import re
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

import monitor
from monitor.config import Settings, load, mask, warnings
from monitor.config_env import fill
from monitor.config_yaml import read_yaml

_EXAMPLE = Path(monitor.__file__).with_name("example.yaml")
_MANUAL = Path(__file__).parents[2] / "docs" / "configuration.md"
_ENV = {
    "WECOM_KEY": "wecom-in-hiding",
    "VOICE_TOKEN": "voice-in-hiding",
    "MAIL_PASSWORD": "mail-in-hiding",
    "DINGTALK_SECRET": "ding-secret-in-hiding",
    "DINGTALK_TOKEN": "ding-token-in-hiding",
    "ZHANG_MOBILE": "13800000000",
    "LI_MOBILE": "13800000001",
    "DB_PASSWORD": "db-in-hiding",
    "TIP_USER": "tip-user-in-hiding",
    "TIP_PASSWORD": "tip-password-in-hiding",
    "TIP_WORD": "tip-word-in-hiding",
    "REPLY_PASSWORD": "reply-password-in-hiding",
    "FEISHU_APP_SECRET": "feishu-app-in-hiding",
    "DINGTALK_APP_SECRET": "dingtalk-app-in-hiding",
    "WECOM_BOT_SECRET": "wecom-bot-in-hiding",
    "HEARTBEAT_URL": "https://hc.example.cn/ping/key-in-hiding",
}


def _uncommented(folder: Path) -> Path:
    """Write the example with every ready-made setting switched on."""
    path = folder / "fengsui.yaml"
    text = re.sub(r"(?m)^#(?=\S|  )", "", _EXAMPLE.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    return path


def _sections(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Return the models below a model, by the key they stand under."""
    found: dict[str, type[BaseModel]] = {}
    for name, field in model.model_fields.items():
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                found[name] = inner
    return found


def test_the_example_loads_with_an_empty_environment() -> None:
    settings = load(_EXAMPLE, {})

    assert [brand.name for brand in settings.brands] == ["清河互联网医院"]
    assert warnings(settings)


def test_the_example_spells_out_the_defaults() -> None:
    written = load(_EXAMPLE, {})
    default = Settings.model_validate({"brands": [{"name": "清河互联网医院"}]})

    for section in ("tiers", "retention", "model", "oncall", "timezone"):
        assert getattr(written, section) == getattr(default, section)


def test_the_example_with_everything_switched_on_lacks_nothing(tmp_path: Path) -> None:
    settings = load(_uncommented(tmp_path), _ENV)

    assert warnings(settings) == []
    assert settings.channels[0].url == "wecombot://wecom-in-hiding"
    assert settings.people[0].mobile == "13800000000"
    assert settings.oncall.levels[0].start == date(2026, 1, 5)
    assert settings.sources[0].every == timedelta(minutes=5)
    assert settings.database_url.startswith("postgresql+psycopg://fengsui:db-in-hiding@")


def test_an_override_without_an_offset_is_local_time(tmp_path: Path) -> None:
    path = _uncommented(tmp_path)
    text = path.read_text(encoding="utf-8").replace("Asia/Shanghai", "Asia/Urumqi")
    path.write_text(text, encoding="utf-8")

    override = load(path, _ENV).oncall.overrides[0]

    assert override.begin.utcoffset() == timedelta(hours=6)


def test_mask_shows_what_was_written_where_a_secret_stands(tmp_path: Path) -> None:
    shown = mask(load(_uncommented(tmp_path), _ENV))

    printed = json.dumps(shown, ensure_ascii=False)
    assert shown["channels"][0]["url"] == "wecombot://${WECOM_KEY}"
    assert shown["people"][0]["mobile"] == "${ZHANG_MOBILE}"
    assert not [secret for secret in _ENV.values() if secret in printed]


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from-a-file\n", encoding="utf-8")
    path = tmp_path / "fengsui.yaml"
    text = "brands: [{name: 清河互联网医院}]\nchannels: [{name: 群, url: 'wecombot://${K}'}]\n"
    path.write_text(text, encoding="utf-8")

    settings = load(path, {"K_FILE": str(tmp_path / "key")})

    assert settings.channels[0].url == "wecombot://from-a-file"


def test_relative_paths_start_at_the_file_wherever_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "etc" / "fengsui.yaml"
    path.parent.mkdir()
    text = "brands: [{name: 清河互联网医院}]\ntiers: {policy: p.yaml}\n"
    text += "model: {path: ./m, labels: {A: negative}}\n"
    path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    settings = load(Path("etc/fengsui.yaml"), {})

    assert settings.data_dir == path.parent / "fengsui-data"
    assert settings.report.out == path.parent / "reports"
    assert settings.tiers.policy == path.parent / "p.yaml"
    assert settings.model.path == str(path.parent / "m")
    assert settings.database_url == f"sqlite:///{path.parent}/fengsui-data/fengsui.db"


def test_a_hub_id_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "fengsui.yaml"
    text = "brands: [{name: 清河互联网医院}]\nmodel: {path: org/name, labels: {A: negative}}\n"
    path.write_text(text, encoding="utf-8")

    assert load(path, {}).model.path == "org/name"


def test_times_need_no_quotes_and_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "fengsui.yaml"
    text = "brands: [{name: 清河互联网医院}]\ntiers: {quiet_hours: {from: 23:30, to: 7:00}}\n"
    path.write_text(text, encoding="utf-8-sig")

    hours = load(path, {}).tiers.quiet_hours

    assert (hours.begin, hours.end) == (time(23, 30), time(7))


def test_loaded_settings_cannot_be_changed() -> None:
    settings = load(_EXAMPLE, {})

    with pytest.raises(ValidationError):
        settings.timezone = "UTC"  # type: ignore[misc]


def test_loading_the_same_file_again_gives_equal_settings(tmp_path: Path) -> None:
    path = _uncommented(tmp_path)

    assert load(path, _ENV) == load(path, _ENV)
    assert load(path, _ENV) != load(path, _ENV | {"WECOM_KEY": "renewed"})


def _keys(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def _manual_parts() -> dict[str, str]:
    """Split the manual at its headings, by the key that a heading names."""
    text = _MANUAL.read_text(encoding="utf-8")
    parts = re.split(r"(?m)^## ", text)[1:]
    return {re.sub(r"[^a-z]", "", part.split("\n")[0]): part for part in parts}


def test_the_manual_names_every_key_of_the_schema_in_its_own_part() -> None:
    parts = _manual_parts()
    top = _MANUAL.read_text(encoding="utf-8").split("## 顶层")[1].split("\n## ")[0]

    for key in _keys(Settings):
        assert f"| `{key}` |" in top
    for key, section in _sections(Settings).items():
        inner = [section, *_sections(section).values()]
        for name in {name for model in inner for name in _keys(model)}:
            assert f"`{name}`" in parts[key], (key, name)


def test_the_manual_documents_no_key_that_does_not_exist() -> None:
    def all_keys(model: type[BaseModel]) -> set[str]:
        return _keys(model).union(*map(all_keys, _sections(model).values()))

    documented = re.findall(r"(?m)^\| `([a-z_]+)` \|", _MANUAL.read_text(encoding="utf-8"))

    assert set(documented) <= all_keys(Settings)


def test_every_example_of_the_manual_fits_the_schema() -> None:
    examples = re.findall(r"```yaml\n(.*?)```", _MANUAL.read_text(encoding="utf-8"), re.DOTALL)

    assert len(examples) == len(_sections(Settings))
    for example in examples:
        tree: dict[str, Any] = {"brands": [{"name": "清河互联网医院"}]} | read_yaml(example).tree
        filled = fill(tree, _ENV)
        assert filled.faults == []
        assert Settings.model_validate(filled.tree)
