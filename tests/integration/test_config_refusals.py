"""A file that cannot be read, many problems at once, any unknown key, and no secret repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.config import ConfigError, Settings, load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_BRAND = "brands:\n  - name: 清河互联网医院\n"


def _refused(folder: Path, text: str, env: Mapping[str, str] | None = None) -> list[str]:
    """Return the lines of the refusal."""
    path = folder / "fengsui.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path, env or {})
    return str(caught.value).splitlines()


def test_every_problem_is_listed_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = f"timezone: X\n{_BRAND}sources: 甲\ngroups: [群]\nunknown_key: 1\n"

    refused = _refused(tmp_path, text)

    assert [one.split("：")[0] for one in refused] == [
        "fengsui.yaml 第 1 行 timezone",
        "fengsui.yaml 第 4 行 sources",
        "fengsui.yaml 第 5 行 groups[0]",
        "fengsui.yaml 第 6 行 unknown_key",
    ]


def test_a_file_without_a_brand_is_told_to_name_one(tmp_path: Path) -> None:
    assert _refused(tmp_path, "timezone: Asia/Shanghai\n") == [
        "fengsui.yaml 第 1 行 brands：没有写；补上这一行"
    ]
    assert _refused(tmp_path, "brands: []\n") == [
        "fengsui.yaml 第 1 行 brands：一项也没有；至少写一项"
    ]


def test_broken_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    refused = _refused(tmp_path, f"{_BRAND}watch: [甲\n")

    assert refused[0].startswith("fengsui.yaml 第 4 行：YAML 写法不对：")


def test_a_missing_file_points_to_init(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^没有\.yaml：没有这个文件；先运行 fengsui init"):
        load(tmp_path / "没有.yaml", {})


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="这是一个文件夹"):
        load(tmp_path, {})


def test_a_path_through_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("", encoding="utf-8")

    with pytest.raises(ConfigError, match="读不了这个文件"):
        load(tmp_path / "a" / "fengsui.yaml", {})


def test_an_empty_file_points_to_init(tmp_path: Path) -> None:
    assert "文件是空的" in _refused(tmp_path, "")[0]


def test_a_file_in_another_encoding_is_refused_at_its_first_bad_line(tmp_path: Path) -> None:
    path = tmp_path / "fengsui.yaml"
    path.write_bytes("# ok\nbrands:\n  - name: 清河互联网医院\n".encode("gb18030"))

    with pytest.raises(ConfigError, match=r"^fengsui\.yaml 第 3 行：不是 UTF-8 编码"):
        load(path, {})


def test_a_file_of_the_wrong_kind_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "fengsui.db"
    path.write_bytes(b"#" * 2_000_001)

    with pytest.raises(ConfigError, match="超过 2 MB"):
        load(path, {})


def test_an_empty_variable_counts_as_missing(tmp_path: Path) -> None:
    text = f"{_BRAND}channels: [{{name: 群, url: 'wecombot://${{K}}'}}]\n"

    assert "环境变量 K 是空的" in _refused(tmp_path, text, {"K": ""})[0]


def test_a_secret_file_that_cannot_be_read_is_named_by_its_variable(tmp_path: Path) -> None:
    text = f"{_BRAND}channels: [{{name: 群, url: 'wecombot://${{K}}'}}]\n"

    refused = _refused(tmp_path, text, {"K_FILE": str(tmp_path / "none")})

    assert "K_FILE 指向的文件读不出内容" in refused[0]


_ONE_FILE = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
_PLACES = {
    "": 3,
    "    ": 3,
    "tiers:\n  ": 4,
    "retention:\n  raw_days: 3\n  ": 5,
    "people:\n  - id: a\n    name: 张某\n    ": 6,
}
_KNOWN = {*Settings.model_fields, "name", "aliases", "exclude", "policy", "quiet_hours"} | {
    "ack_minutes",
    "red_repeat_minutes",
    "mentions_days",
    "raw_days",
    "audit_days",
    "id",
    "os_user",
    "mobile",
    "roles",
}


@_ONE_FILE
@given(
    key=st.from_regex(r"[a-z][a-z_]{0,15}", fullmatch=True).filter(lambda key: key not in _KNOWN),
    place=st.sampled_from(sorted(_PLACES)),
)
def test_an_unknown_key_anywhere_is_refused_at_its_line(
    tmp_path: Path, key: str, place: str
) -> None:
    refused = _refused(tmp_path, f"{_BRAND}{place}{key}: 1\n")

    assert len(refused) == 1, refused
    assert refused[0].startswith(f"fengsui.yaml 第 {_PLACES[place]} 行 ")
    assert f"{key}：没有这个键；" in refused[0]


_SECRET = st.from_regex(r"[A-Za-z][A-Za-z0-9]{31,47}", fullmatch=True)


@_ONE_FILE
@given(secret=_SECRET)
def test_no_refusal_repeats_a_secret(tmp_path: Path, secret: str) -> None:
    text = f"""{_BRAND}    {secret}: 1
    exclude: wecombot://{secret}
watch: [{{name: 甲, rule: '(', brand: {secret}}}]
sources: [{{name: 甲, url: 'ftp://${{S}}', every: '{secret}', kind: {secret}}}]
database: mysql://u:{secret}@db.example.cn/f
channels:
  - {{name: 群, url: 'wecombot://{secret}'}}
  - {{name: 组, url: '${{S}}', per_minute: {secret}}}
people: [{{id: '{secret}-', name: 张某, mobile: '${{S}}', channels: ['wecombot://{secret}']}}]
groups: [{secret}]
"""
    refused = _refused(tmp_path, text, {"S": secret})

    assert len(refused) > 10
    assert not [one for one in refused if secret in one]


def test_a_mailbox_password_stands_in_the_environment_and_is_read_often_enough(
    tmp_path: Path,
) -> None:
    mail = "answers: {mail: {host: h, user: u, password: PW, every: 1h}}\n"
    seldom, written = sorted(_refused(tmp_path, _BRAND + mail.replace("PW", "secret")))
    assert "写成 ${MAIL_PASSWORD}" in written
    assert "secret" not in written
    assert "5s 到 10m" in seldom
