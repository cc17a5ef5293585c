"""Set-up by workbook: an explained empty one out, a filled one in, every mistake named at once."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import cli_world
import pytest
from cli_world import World
from filled_form import example, fill
from openpyxl import load_workbook

from alerts.channels import parse_channel
from monitor.config import load, warnings
from monitor.config_secrets import channel_secret
from monitor.setup import channels
from monitor.setup.form import SHEETS, SOURCE_KINDS
from monitor.setup.form_template import CHOICES, write_template

ENV = {"WECOM_KEY": "a1" * 16, "DINGTALK_SECRET": "SEC1", "DINGTALK_TOKEN": "b2" * 16}
ENV |= {"MAIL_PASSWORD": "pw", "ZHIHU_ACCESS_SECRET": "s", "ZHANG_MOBILE": "13800000000"}
ENV |= {"HEARTBEAT_URL": "https://watch.example.cn/ping/1"}


@pytest.fixture
def house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    house = cli_world.build(tmp_path, monkeypatch, capsys)
    house.config.unlink()
    monkeypatch.chdir(tmp_path)
    return house


def imported(house: World, **changes: object) -> cli_world.Answer:
    fill(house.folder / "开通表.xlsx", {**example(), **changes})  # type: ignore[arg-type]
    return house.run("init", "--from", "开通表.xlsx")


def test_the_empty_workbook_explains_itself_and_offers_choices() -> None:
    content = BytesIO()
    write_template(content)
    book = load_workbook(content)

    assert book.sheetnames[:9] == ["说明", *(one.title for one in SHEETS)]
    assert "示例" in book.sheetnames
    assert book[CHOICES].sheet_state == "hidden"
    page = book["渠道"]
    assert page["B1"].value == "种类 *"
    (kinds, *_) = page.data_validations.dataValidation
    assert (kinds.type, str(kinds.sqref)) == ("list", "B3:B202")
    letter = kinds.formula1.split("$")[1]
    offered = [cell.value for cell in book[CHOICES][letter] if cell.value]
    assert offered == list(channels.TITLES)


def test_an_empty_workbook_says_what_is_missing_and_writes_nothing(house: World) -> None:
    house.run("init", "--template", "空表.xlsx")
    answer = house.run("init", "--from", "空表.xlsx")

    assert (answer.code, answer.err.splitlines()[0]) == (
        2,
        "表「品牌」：一行也没有填；至少写上一个品牌的全称",
    )
    assert not house.config.exists()


def test_the_example_becomes_a_configuration_that_lacks_nothing(house: World) -> None:
    answer = imported(house)

    assert answer.code == 0, answer.err
    settings = load(house.config, ENV)
    assert warnings(settings) == []
    assert [one.id for one in settings.people] == ["zhang", "li"]
    assert settings.brands[0].aliases == ("清河医院", "清河在线")
    assert settings.oncall.levels[0].people == ("zhang", "li")
    assert settings.oncall.levels[0].start == date(2026, 11, 30)
    assert settings.oncall.overrides[0].begin.isoformat() == "2026-12-25T09:00:00+08:00"
    assert [one.kind for one in settings.sources] == ["feed", "zhihu_search"]
    assert settings.trial is not None
    assert settings.trial.owner == "zhang"
    assert settings.people[0].channels == ("张某的邮箱",)
    assert settings.people[0].mobile == "13800000000"


def test_no_secret_and_no_number_stands_in_the_file_and_the_list_is_the_owners_alone(
    house: World,
) -> None:
    imported(house)
    text, listed = house.config.read_text("utf-8"), house.folder / "fengsui.env"

    assert "13800000000" not in text
    assert stat.S_IMODE(listed.stat().st_mode) == 0o600
    names = {line.partition("=")[0] for line in listed.read_text("utf-8").splitlines()}
    assert names >= ENV.keys()
    assert "ZHANG_MOBILE=13800000000" in listed.read_text("utf-8")


def test_check_takes_what_was_written_once_the_secrets_are_there(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(house)
    for name, value in ENV.items():
        monkeypatch.setenv(name, value)
    answer = house.run("check")

    assert answer.code == 0, answer.err
    assert "配置没有错误" in answer.out
    assert "配置了试运行" in answer.out


def test_every_mistake_is_named_at_once_with_its_cell(house: World) -> None:
    answer = imported(
        house,
        品牌=[("清", "清河医院", ""), ("青石医院", "清河医院", "")],
        留意的词=[("医疗安全", "误诊 OR (", "")],
        人员=[
            ("张某", "Zhang San", "值班、总经理", "", "138-0000-0000x", "zhang@", ""),
            ("", "li", "", "", "", "", "没有的群"),
        ],
        值班=[("值班", "张某、王某", "每月", "下周一", "")],
        渠道=[("公关群", "微信机器人", "是", "", "")],
        来源=[("订阅源", "", "", "", "", "五分钟"), ("App Store 评价", "", "", "", "清河", "")],
    )

    assert answer.code == 2
    lines = answer.err.splitlines()
    for cell in (
        "品牌」A3",
        "品牌」B4",
        "留意的词」B3",
        "人员」B3",
        "人员」C3",
        "人员」E3",
        "人员」F3",
        "人员」A4",
        "人员」G4",
        "值班」B3",
        "值班」C3",
        "值班」D3",
        "渠道」B3",
        "来源」C3",
        "来源」F3",
        "来源」E4",
    ):
        assert any(line.startswith(f"表「{cell}") for line in lines), (cell, lines)
    assert lines[-1] == f"共 {len(lines) - 1} 处；改好再运行一次，什么也没有写入"
    sheets = [line.partition("」")[0] for line in lines[:-1]]
    order = [f"表「{one.title}" for one in SHEETS]
    assert sheets == sorted(sheets, key=order.index)
    assert not house.config.exists()


def test_a_key_in_a_cell_is_refused_without_being_shown(house: World) -> None:
    key = "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef0123456789abcdef"
    answer = imported(house, 渠道=[("公关群", "钉钉群机器人", "是", "", key)])

    assert answer.code == 2
    assert "表「渠道」E3" in answer.err
    assert "0123456789abcdef" not in answer.err


@pytest.mark.parametrize("value", ["#REF!", "#N/A", "#n/a", "#SPILL!"])
def test_an_error_of_excel_is_no_brand(house: World, value: str) -> None:
    answer = imported(house, 品牌=[(value, "清河医院", "")], 留意的词=[])

    assert (answer.code, answer.err.splitlines()[0]) == (
        2,
        f"表「品牌」A3（全称）是错误值 {value.upper()}，不是内容；改好那条公式，或直接写上字",
    )
    assert len(answer.err.splitlines()) == 2, "the cell is blamed once"
    assert not house.config.exists()


@pytest.mark.parametrize("row", [("=B1", "清河医院"), ("=B1", "=B2"), ("清河医院", '="清河"&A1')])
def test_a_formula_that_nobody_worked_out_is_not_called_empty(
    house: World, row: tuple[str, str]
) -> None:
    answer = imported(house, 品牌=[(*row, "")])

    cell = "A3（全称）" if row[0].startswith("=") else "B3（别名）"
    assert answer.code == 2
    assert answer.err.startswith(f"表「品牌」{cell}是公式，还没有算出结果；用 WPS 或 Excel 打开")
    assert "空着" not in answer.err


def test_a_formula_whose_result_is_an_empty_text_is_an_empty_cell(house: World) -> None:
    path = fill(
        house.folder / "开通表.xlsx", {**example(), "品牌": [("清河互联网医院", "", '=""')]}
    )
    work_out(path)
    answer = house.run("init", "--from", "开通表.xlsx")

    assert answer.code == 0, answer.err


def work_out(path: Path) -> None:
    """Store an empty result beside the formula as Excel does; our writer stores none."""
    with ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    with ZipFile(path, "w") as whole:
        for name, content in parts.items():
            whole.writestr(name, re.sub(rb'>(<f>""</f>)<v', rb' t="str">\1<v', content))


@pytest.mark.parametrize("filled_at", [None, 2_400])
def test_rows_that_are_only_formatted_are_not_counted(house: World, filled_at: int | None) -> None:
    path = fill(house.folder / "开通表.xlsx", example())
    book = load_workbook(path)
    for row in range(40, 2_500):
        book["品牌"].cell(row, 1).number_format = "@"
    if filled_at:
        book["品牌"].cell(filled_at, 1, "清河分院")
    book.save(path)

    answer = house.run("init", "--from", "开通表.xlsx")

    assert ("超过 2000 行" in answer.err + answer.out) is bool(filled_at)
    assert house.config.exists() is not bool(filled_at)


def test_dates_times_and_numbers_of_excel_are_read_as_people_mean_them(house: World) -> None:
    imported(
        house,
        人员=[("张某", "", "值班", "", 13800000000, "zhang@example.cn", "")],
        值班=[("值班", "张某", "每天", datetime(2026, 11, 30), time(9, 30))],  # noqa: DTZ001
        换班=[],
        其他=[
            ("发信的邮件服务器", "smtp.example.cn"),
            ("发信的账号", "fengsui"),
            ("夜里从几点", time(23, 0)),
        ],
    )
    settings = load(house.config, {**ENV, "ZHANG_MOU_MOBILE": "13800000000"})

    level = settings.oncall.levels[0]
    assert (level.start, level.handover, level.people) == (
        date(2026, 11, 30),
        time(9, 30),
        ("zhang-mou",),
    )
    assert settings.tiers.quiet_hours.begin == time(23)
    assert "ZHANG_MOU_MOBILE=13800000000" in (house.folder / "fengsui.env").read_text("utf-8")


def test_a_second_import_overwrites_nothing_and_says_what_would_change(house: World) -> None:
    imported(house)
    kept = house.config.read_text("utf-8") + "model: {device: cpu}\n"
    house.config.write_text(kept, encoding="utf-8")
    answer = imported(house, 品牌=[("清河互联网医院", "清河医院、清河", ""), ("青石医院", "", "")])

    assert answer.code == 0, answer.err
    assert house.config.read_text("utf-8") == kept
    assert (house.folder / "fengsui-新.yaml").exists()
    assert "品牌：加 青石医院" in answer.out
    assert "品牌：改动 清河互联网医院" in answer.out
    assert "只在现有文件里，新文件没有：model（model）" in answer.out
    assert "mv fengsui-新.yaml fengsui.yaml" in answer.out
    assert "fengsui.env 已经存在，没有改动它；里面该有的都有" in answer.out


def test_a_sheet_or_column_under_another_name_is_not_silently_left_out(house: World) -> None:
    path = fill(house.folder / "开通表.xlsx", example())
    book = load_workbook(path)
    book["人员"]["A1"] = "名字"
    book["渠道"].title = "通道"
    book.save(path)
    answer = house.run("init", "--from", "开通表.xlsx")

    assert answer.code == 2
    assert "表「人员」A1：不认识这一列「名字」" in answer.err
    assert "表「通道」：不认识这张表；是不是「渠道」？" in answer.err


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", "品牌,别名\n".encode()])
def test_what_is_no_workbook_is_refused_in_words(house: World, content: bytes) -> None:
    (house.folder / "表.xlsx").write_bytes(content)
    answer = house.run("init", "--from", "表.xlsx")
    assert (answer.code, answer.err.startswith("表.xlsx：")) == (2, True)


@pytest.mark.parametrize("call", [("--template", "空表.xlsx"), ("--from", "表.xlsx"), ("新.yaml",)])
def test_a_full_disk_leaves_no_half_file(
    house: World, full_disk: Callable[[Path], None], call: tuple[str, ...]
) -> None:
    fill(house.folder / "表.xlsx", example())
    before = sorted(house.folder.iterdir())
    full_disk(house.folder)
    answer = house.run("init", *call)

    assert (answer.code, "写不进去：磁盘满了；请换一个能写的位置" in answer.err) == (2, True)
    assert sorted(house.folder.iterdir()) == before


def test_wrong_calls_are_refused(house: World) -> None:
    assert house.run("init", "--from", "没有.xlsx").code == 2
    assert house.run("init", "--template", "空表.csv").code == 2
    assert house.run("init", "--from", "a.xlsx", "--template", "b.xlsx").code == 2
    house.run("init", "--template", "空表.xlsx")
    assert house.run("init", "--template", "空表.xlsx").code == 2


@pytest.mark.parametrize("title", channels.KINDS)
@pytest.mark.parametrize("number", [1, 2])
def test_every_kind_of_channel_has_an_address_without_a_secret(title: str, number: int) -> None:
    url, secrets = channels.numbered(channels.KINDS[title], number)
    assert channel_secret(url) is None
    for name in secrets:
        url = url.replace(f"${{{name}}}", "1000002" if "AGENT" in name else "a1" * 16)
    assert parse_channel("x", url).kind != "webhook"
    assert "$" not in url


def test_a_form_offers_every_kind_of_source_but_login_sessions() -> None:
    assert "weibo_search" in SOURCE_KINDS.values()
    assert "weibo_session" not in SOURCE_KINDS.values()
