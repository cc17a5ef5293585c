"""`fengsui silence`: what is typed, what is refused with exit code 2, and what is listed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_world import CONFIG, World, build

from monitor.pipeline import DECIDING, DELIVERING, tick

BRAND = "清河医院"


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    return build(tmp_path, monkeypatch, capsys)


def live(world: World, **length: float) -> None:
    world.later(**length)
    app = world.app()
    tick(app, DECIDING, world.now)
    tick(app, DELIVERING, world.now)
    app.database.close()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ("--brand 清河医院 -r 搬家", "没有尽头的静默"),
        ("--brand 清河医院 --for 2h --until 18:00 -r 搬家", "没有尽头的静默"),
        ("--brand 清河医院 --for 8d -r 搬家", "黄色最长静默 7 天"),
        ("--brand 清河医院 --until 2026-11-21 -r 搬家", "已经过去"),
        ("--brand 清河医院 --for 2h", "要写理由"),
        ("--brand 清河医院 --from 2026-11-21 --for 2h -r 搬家", "开始时间已经过去"),
        ("--brand 清河医院 --from 8d --for 2h -r 搬家", "最多提前 7 天"),
        ("--brand 清河医院 --from 5h --until 2026-11-22 -r 搬家", "不晚于开始"),
        ("--for 2h -r 搬家", "写其中一个"),
        ("--brand 清河医院 --code 7K2 --for 2h -r 搬家", "写其中一个"),
        ("--brand 东山医院 --for 2h -r 搬家", "没有品牌「东山医院」"),
        ("--brand 清河医院 --risk 吵架 --for 2h -r 搬家", "--risk 没有「吵架」"),
        ("--code 7K2 --risk 冲突事件 --for 2h -r 搬家", "--risk 要和 --brand 一起写"),
        ("--code 7K2 --for 2h -r 搬家", "没有编号为 7K2 的事件"),
        ("--source 清河日报 --for 2h -r 搬家", "--source 没有「清河日报」"),
        ("--brand 清河医院 --tier red --for 2h -r 搬家", "红色从不静默"),
        ("--brand 清河医院 --tier blue --for 2h -r 搬家", "--tier 没有「blue」"),
        ("--brand 清河医院 --tier orange --for 2h -r 搬家", "橙色只能按事件静默"),
    ],
)
def test_a_wrong_silence_is_refused_in_a_sentence(world: World, arguments: str, word: str) -> None:
    said = world.run("silence", "add", *arguments.split(), who="zhang")

    assert said.code == 2
    assert word in said.err
    assert world.run("silence", "list", "--all", "--json").json() == []


def test_blanks_are_nothing_to_be_silenced(world: World) -> None:
    said = world.run("silence", "add", "--code", "　", "--for", "2h", "-r", "搬家", who="zhang")

    assert (said.code, "写其中一个" in said.err) == (2, True)
    assert world.run("silence", "list", "--all", "--json").json() == []


def test_on_the_night_the_clocks_change_an_hour_is_an_hour(world: World) -> None:
    world.config.write_text(f"{CONFIG}timezone: America/New_York\n", "utf-8")
    world.now = datetime(2026, 3, 8, 1, tzinfo=UTC)  # 20:00 of the evening before, there
    command = ("silence", "add", "--brand", BRAND, "-r", "搬家", "--from")

    # 02:30 is not on the clock that night, it is 03:30; the next 03:10 is a day later.
    for words in (("01:00", "--for", "2h"), ("02:30", "--until", "03:10")):
        assert world.run(*command, *words, who="zhang").code == 0

    shown = world.run("silence", "list", "--json").json()
    assert [(one["from"], one["to"]) for one in shown] == [
        ("2026-03-08T01:00:00-05:00", "2026-03-08T04:00:00-04:00"),
        ("2026-03-08T03:30:00-04:00", "2026-03-09T03:10:00-04:00"),
    ]


def test_a_stranger_cannot_silence(world: World) -> None:
    said = world.run("silence", "add", "--brand", BRAND, "--for", "2h", "-r", "搬家")

    assert said.code == 2
    assert "不知道你是谁" in said.err


def test_a_silence_is_listed_with_what_it_held_back_and_shown_with_its_incident(
    world: World,
) -> None:
    code = world.crisis()
    begun = world.run(
        "silence", "add", "--code", code.lower(), "--tier", "orange", "--until", "18:00",
        "-r", "病房演练，大家都知道", who="zhang",
    )  # fmt: skip
    assert begun.code == 0, begun.err
    assert "第 1 条静默开始，到 11-22 18:00 自动结束" in begun.out
    live(world, minutes=20)

    (one,) = world.run("silence", "list", "--json").json()
    assert (one["code"], one["tier"], one["made_by"], one["active"]) == (
        code, "orange", "zhang", True,
    )  # fmt: skip
    assert one["held"] == len(one["held_messages"]) == 2
    listed = world.run("silence", "list").out
    assert all(word in listed for word in ("呼叫 1", "提醒 1", "橙色及以下"))
    shown = world.run("incidents", "show", code)
    assert "静默到 11-22 18:00（张某：病房演练，大家都知道），已压下 2 条通知" in shown.out
    plain = world.run("incidents", "show", code, "--json").json()
    assert plain["silenced_until"] == "2026-11-22T18:00:00+08:00"
    assert [one["recipient"] for one in plain["held_messages"]] == ["wang", "zhang"]
    assert "静默到 11-22 18:00" in world.run("incidents", "list").out


def test_an_early_end_is_told_and_sends_what_waited(world: World) -> None:
    code = world.crisis()
    world.run(
        "silence", "add", "--code", code, "--tier", "orange", "--for", "5h", "-r", "演练",
        who="zhang",
    )  # fmt: skip
    live(world, minutes=20)
    before = len(world.sent)
    over = world.run("silence", "end", "1", who="li")
    assert over.code == 0, over.err
    assert "期间压下 2 条通知" in over.out
    live(world, seconds=1)

    assert len(world.sent) > before
    again = world.run("silence", "end", "1", who="li")
    assert (again.code, "已经结束" in again.err) == (2, True)
    assert world.run("silence", "end", "9", who="li").code == 2
    assert world.run("silence", "list").out.strip() == "现在没有静默。"
    assert "李某提前结束" in world.run("silence", "list", "--all").out


def test_a_planned_silence_is_listed_before_it_begins_and_can_be_taken_back(world: World) -> None:
    begun = world.run(
        "silence", "add", "--brand", BRAND, "--from", "18:00", "--for", "2h", "-r", "升级",
        who="zhang",
    )  # fmt: skip
    assert begun.code == 0, begun.err
    assert "第 1 条静默定在 11-22 18:00 开始，到 11-22 20:00 自动结束" in begun.out
    (one,) = world.run("silence", "list", "--json").json()
    assert (one["active"], one["from"]) == (False, "2026-11-22T18:00:00+08:00")

    assert world.run("silence", "end", "1", who="li").code == 0
    (one,) = world.run("silence", "list", "--all", "--json").json()
    assert one["from"] == one["to"]


def test_a_restricted_incident_is_not_silenced(world: World) -> None:
    world.config.write_text(f"{CONFIG}restricted: {{chain: [wang]}}\n", encoding="utf-8")
    code = world.crisis()
    world.run("incidents", "restrict", code, "--reason", "牵涉分管副院长", who="zhang")
    words = ("silence", "add", "--code", code, "--tier", "orange", "--for", "2h", "-r", "演练")

    assert "受限事件不能静默" in world.run(*words, who="wang").err
    assert f"没有编号为 {code} 的事件" in world.run(*words, who="zhao").err
