"""People who type commands hold none of the daemon's secrets, and can still answer a call."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.cli.context import Refusal as CommandRefusal
from monitor.cli.context import me, read_settings
from monitor.config import ConfigError, Settings, load

TEXT = """
brands: [{name: 清河互联网医院}]
sources:
  - {name: 清河日报, url: "${FEED_ADDRESS}"}
  - {name: 清河论坛, url: "https://bbs.example.cn/feed?k=${FEED_KEY}"}
channels:
  - {name: 公关群, url: "wecombot://${WECOM_KEY}"}
  - {name: 运维群, url: "dingtalk://${DINGTALK_SECRET}@${DINGTALK_TOKEN}"}
  - {name: 邮箱, url: "mailtos://fengsui:${MAIL_PASSWORD}@smtp.example.cn?to=zhang@example.cn"}
  - {name: 别的, url: "${ANY_CHANNEL}"}
groups: [公关群]
operator_channels: [运维群]
people:
  - {id: zhang, name: 张某, os_user: zhang, mobile: "${ZHANG_MOBILE}", channels: [邮箱]}
oncall:
  levels: [{name: 值班, people: [zhang]}]
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "fengsui.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def inward(path: Path) -> Settings:
    return load(path, {}, outward=False)


def test_what_neither_sends_nor_crawls_needs_no_secret_of_a_channel(path: Path) -> None:
    settings = inward(path)

    assert [one.name for one in settings.channels] == ["公关群", "运维群", "邮箱", "别的"]
    assert settings.people[0].mobile is None


def test_what_sends_still_names_every_secret_that_is_missing(path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        load(path, {})

    for name in ("FEED_ADDRESS", "WECOM_KEY", "DINGTALK_TOKEN", "MAIL_PASSWORD", "ZHANG_MOBILE"):
        assert name in str(raised.value)


def test_a_database_without_its_password_is_refused_to_everybody(path: Path) -> None:
    address = "database: postgresql+psycopg://fengsui:${DB_PASSWORD}@db.example.cn/fengsui\n"
    path.write_text(TEXT + address, encoding="utf-8")

    with pytest.raises(ConfigError, match="DB_PASSWORD"):
        inward(path)


def test_a_wrong_reference_is_refused_though_nothing_is_sent(path: Path) -> None:
    path.write_text(TEXT.replace("清河互联网医院", '"${BRAND}"'), encoding="utf-8")

    with pytest.raises(ConfigError, match="这里不能用"):
        inward(path)


def test_under_sudo_the_person_is_who_typed_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = inward(path)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv("LOGNAME", "zhang")  # anybody can set a variable

    assert me(settings) is None
    monkeypatch.setenv("SUDO_USER", "zhang")
    assert me(settings) == "zhang"


def test_without_the_rights_of_the_owner_a_variable_makes_nobody_somebody(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = inward(path)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv("SUDO_USER", "zhang")
    monkeypatch.setattr("os.getuid", lambda: 54321)

    assert me(settings) is None


def test_the_command_line_reads_the_whole_file_when_it_sends(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WECOM_KEY", raising=False)

    with pytest.raises(CommandRefusal, match="WECOM_KEY"):
        read_settings(path)
