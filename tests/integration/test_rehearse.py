"""Rehearsals read the stored past, call nobody, and say which one change would spare a night."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import cast

import cli_world
import pytest
from cli_world import CLAIM, Reader, World, post

from monitor.cli import rehearsing
from monitor.policy_file import DEFAULT
from monitor.rehearsal.alert import Alert, Told
from monitor.rehearsal.causes import around, causes

LANE = "清河医院路口的药店误诊开错药，{}，11月20日下午，病历照片都在。"
TALES = (
    "老板把止疼片当成消炎药卖给我妈，吃了三天住院",
    "店员拿错降压药，邻居大爷当晚住进重症病房",
    "他们把感冒说成过敏，孩子拖成肺炎在抢救",
)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house with some weeks behind it, built once."""
    folder = tmp_path_factory.mktemp("lived")
    with pytest.MonkeyPatch.context() as patch:
        past_weeks(cli_world.build(folder, patch, cast("pytest.CaptureFixture[str]", None)))
    return folder


@pytest.fixture
def empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    return cli_world.build(tmp_path, monkeypatch, capsys)


@pytest.fixture
def world(lived: Path, empty: World) -> World:
    shutil.copytree(lived / "data", empty.folder / "data")
    return empty


def past_weeks(world: World) -> None:
    """Three stories of a pharmacy in 清河医院路, a week apart at night, and one of the hospital."""
    for number, tale in enumerate(TALES):
        text = LANE.format(tale)
        at = world.now - timedelta(days=20 - 5 * number, hours=8)  # two in the morning
        held, world.now = world.now, at + timedelta(minutes=10)
        world.tell(post(f"lane-{number}", text, at, author=f"a{number}"))
        world.now += timedelta(minutes=30)
        again = f"路过{text}我也听说了，第{number}回"
        world.tell(post(f"lane-{number}-2", again, at + timedelta(minutes=30), author=f"b{number}"))
        world.now = held
    at = world.now - timedelta(days=1)
    held, world.now = world.now, at
    world.tell(post("real", CLAIM, at - timedelta(minutes=20), author="c"))
    world.now = held


def dump(world: World) -> list[str]:
    with sqlite3.connect(world.database) as connection:
        return list(connection.iterdump())


def test_it_says_whom_it_would_have_woken_and_the_one_word_that_would_spare_them(
    world: World,
) -> None:
    before = dump(world)

    answer = world.run("rehearse", "--since", "30d", "--exclude", "清河医院路口", "--json").json()

    assert answer["mentions"] == 7
    assert answer["calls"] == {"all": 4, "night": 3, "orange": 4}
    assert sum(one["all"] for one in answer["people"].values()) == 4
    assert [one["night"] for one in answer["alerts"]] == [True, True, True, False]
    first = answer["causes"][0]
    assert (first["kind"], first["alerts"], first["night"], first["lost"]) == ("word", 3, 3, 0)
    assert first["what"].startswith("清河医院路")
    assert f"第 3 行 brands[0].exclude 写成 [{first['what']}]" in first["change"]
    assert first["try"] == f"fengsui rehearse --exclude '{first['what']}'"
    assert answer["remaining"]["calls"] == {"all": 1, "night": 0, "orange": 1}
    assert dump(world) == before
    assert world.sent == []


def test_people_read_it_in_chinese_and_no_text_is_read_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Reader, "predict", lambda _self, texts: asked.extend(texts))

    out = world.run("rehearse", "--without-rule", "医疗安全").out

    # Floors, not the rule, had called: without it the same four calls remain.
    for words in ("会叫人 4 次，其中夜里 3 次", "最吵的来由", "改法：", "去掉以后", "0 次呼叫"):
        assert words in out
    assert asked == []


def test_a_person_who_corrected_the_model_is_heard(world: World) -> None:
    with world.stored() as session:
        from monitor.store.schema import MentionRow

        number = next(r.id for r in session.query(MentionRow) if r.native_id == "real")
    world.run("mentions", "label", str(number), "neutral", who="zhang")

    answer = world.run("rehearse", "--json").json()

    assert answer["calls"]["all"] == 3


def test_a_past_that_came_in_by_backfill_counts_from_its_publication(empty: World) -> None:
    night = empty.now - timedelta(days=9, hours=8)
    empty.tell(post("old", CLAIM, night, author="a"))

    alert = empty.run("rehearse", "--json").json()["alerts"][0]

    assert alert["decided_at"].startswith(night.isoformat()[:16])
    assert alert["night"]


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("--exclude", "排队"), "没有品牌名或别名"),
        (("--without-rule", "没有的规则"), "没有关注规则"),
        (("--without-source", "没有的来源"), "没有来源"),
        (("--since", "昨天"), "看不懂"),
        (("--since", "9999d"), "366 天"),
        (("--policy", "nowhere.yaml"), "没有这个策略文件"),
    ],
)
def test_what_cannot_be_rehearsed_is_refused_in_words(
    world: World, argv: tuple[str, ...], words: str
) -> None:

    answer = world.run("rehearse", *argv)

    assert answer.code == 2
    assert words in answer.err.replace("\n", "")


def test_an_empty_store_says_what_to_do(empty: World) -> None:
    answer = empty.run("rehearse")

    assert answer.code == 1, "nothing wrong was typed"
    assert "fengsui ingest" in answer.err


def test_two_policies_are_compared_alert_by_alert(world: World) -> None:
    strict = world.folder / "strict.yaml"
    text = DEFAULT.read_text("utf-8").replace("version: policy-2", "version: 更严")
    strict.write_text(text.replace("claim_score: 0.3", "claim_score: 0.99"), "utf-8")

    answer = world.run("policy", "compare", "shipped", str(strict), "--json").json()

    assert (answer["old"]["night"], answer["old"]["day"]) == (3, 1)
    assert {one["tier"] for one in answer["only_old"]} == {"orange"}
    assert not any(one["night"] and one["tier"] == "orange" for one in answer["new"]["alerts"])


def test_comparing_a_policy_with_itself_finds_no_difference(world: World) -> None:
    out = world.run("policy", "compare", "shipped", "shipped", "--since", "12d").out

    assert "只有旧策略会响（0 次）" in out
    assert "只有新策略会响（0 次）" in out
    assert "两边都响：2 次" in out


def told(text: str, name: str = "清河医院") -> Told:
    start = text.index(name)
    return Told(1, "论坛", text, ((start, start + len(name)),), None)


def alert(*mentions: Told, rules: tuple[str, ...] = ("floor.credible",)) -> Alert:
    from monitor.domain.tier import Tier

    at = cli_world.START
    return Alert(
        "甲",
        "话题",
        Tier.ORANGE,
        at,
        at,
        night=True,
        people=("zhang",),
        rules=rules,
        code=None,
        reason="",
        told=mentions,
    )


def test_words_around_a_name_stop_at_punctuation() -> None:
    found = around(told("我在，清河医院路上走"))

    assert found == {"清河医院路", "清河医院路上", "清河医院路上走"}


def test_a_word_that_covers_other_mentions_says_what_it_costs() -> None:
    loud = alert(told("清河医院真差，一"), told("清河医院真差，二"))
    quiet = [told("清河医院真好"), told("清河医院真差也有人说")]

    (cause,) = causes([loud], quiet)

    assert (cause.kind, cause.what, cause.lost) == ("word", "清河医院真差", 1)


def test_the_store_of_the_rehearsal_lies_in_memory_or_scratch_and_is_gone_afterwards(
    world: World,
) -> None:
    app = world.app()
    history, begin = rehearsing.past(app, "30d")
    with rehearsing.progress(as_json=True) as bar:
        rehearsing.rehearsed(app, history, begin, bar)
    app.database.close()

    assert sorted(one.name for one in (world.folder / "data").iterdir()) == [
        "author.key",
        "fengsui.db",
    ]
