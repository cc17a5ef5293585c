"""`fengsui mentions label`: how people correct the model, and where they see it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import cli_world
import pytest
from cli_world import CLAIM, World, post
from sqlalchemy import select

from monitor.store.schema import BrandMentionRow, CorrectionRow, MetaRow

CALM = "今天去清河医院体检，环境不错，排队也快。"


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    world = cli_world.build(tmp_path, monkeypatch, capsys)
    world.tell(post("p1", CALM, world.now), post("p2", CLAIM, world.now))
    return world


def label(world: World, *argv: str) -> cli_world.Answer:
    return world.run("mentions", "label", *argv, who="zhang")


def brand(world: World, number: str) -> Any:
    return world.run("mentions", "show", number, "--json").json()["brands"][0]


def test_a_correction_is_confirmed_and_shown_with_who_when_and_why(world: World) -> None:
    answer = label(
        world, "1", "negative", "--risk", "service_complaint", "--note", "反话，问13812345678"
    )

    assert answer.code == 0
    assert "按「负面，服务投诉」算，下次训练会用上" in answer.out
    page = world.run("mentions", "show", "1").out
    assert "人工：负面，服务投诉（张某，11-22 10:00）；备注：反话" in page
    assert "13812345678" not in page
    (told,) = brand(world, "1")["corrections"]
    assert (told["polarity"], told["risk"], told["by"]) == (
        "negative",
        ["service_complaint"],
        "zhang",
    )


def test_lists_show_the_corrected_word_and_filter_by_it(world: World) -> None:
    label(world, "1", "负面")
    label(world, "2", "positive")

    negative = world.run("mentions", "list", "--negative", "--json").json()
    assert [(one["mention"], one["corrected"]) for one in negative] == [(1, "negative")]
    page = world.run("mentions", "list").out
    assert "负面·人工" in page
    assert "正面·人工" in page


def test_the_same_words_are_corrected_together_and_that_is_said(world: World) -> None:
    world.tell(post("p3", CALM, world.now))

    assert "同样的话共有 2 条提及" in label(world, "1", "neutral").out


def test_a_correction_is_taken_back_and_both_stay_on_record(world: World) -> None:
    label(world, "2", "neutral")
    assert brand(world, "2")["negative"] is False

    assert "已撤回更正" in label(world, "2", "--undo").out

    assert brand(world, "2")["negative"] is True
    assert [one["polarity"] for one in brand(world, "2")["corrections"]] == ["neutral", None]
    assert "撤回更正（张某" in world.run("mentions", "show", "2").out
    assert world.run("mentions", "list", "--json").json()[0]["corrected"] is None


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("abc", "negative"), "不是编号"),
        (("99", "negative"), "没有编号为 99 的提及"),
        (("1",), "没有写极性"),
        (("1", "bad"), "看不懂极性「bad」"),
        (("1", "negative", "--risk", "误诊"), "看不懂风险代码「误诊」"),
        (("1", "negative", "--risk", " , "), "--risk 是空的"),
        (("1", "negative", "--risk", "none,conflict"), "看不懂风险代码「none」"),
        (("1", "negative", "--stance", "maybe"), "看不懂立场「maybe」"),
        (("1", "negative", "--risk", "none", "--stance", "alleged"), "对不上"),
        (("1", "negative", "--risk", "conflict", "--stance", "none"), "对不上"),
        (("1", "neutral", "--stance", "alleged"), "应按 negative"),
        (("1", "negative", "--brand", "别家医院"), "没有品牌"),
        (("1", "negative", "--undo"), "--undo 是撤回"),
        (("1", "--undo"), "没有可撤回的"),
    ],
)
def test_bad_input_is_refused_in_a_sentence_and_changes_nothing(
    world: World, argv: tuple[str, ...], said: str
) -> None:
    answer = label(world, *argv)

    assert answer.code == 2
    assert said in answer.err
    with world.stored() as session:
        assert session.scalars(select(CorrectionRow)).all() == []


def test_who_asks_must_be_known(world: World) -> None:
    answer = world.run("mentions", "label", "1", "negative", "--as", "nobody")

    assert (answer.code, "people 里没有" in answer.err) == (2, True)


def test_risk_none_and_stance_none_say_the_same(world: World) -> None:
    label(world, "2", "negative", "--stance", "none")

    assert brand(world, "2")["corrections"][0]["risk"] == []
    assert (brand(world, "2")["negative"], brand(world, "2")["claim"]) == (True, None)


def test_status_counts_what_a_new_model_has_left_and_names_what_none_can_read(
    world: World,
) -> None:
    with world.stored() as session:
        session.merge(MetaRow(key="model", value="scripted-2", at=world.now))
    assert "还有 2 条近期提及等着重读" in world.run("status").out

    with world.stored() as session:
        for row in session.scalars(select(BrandMentionRow)):
            row.model = "scripted-2"
        session.get_one(BrandMentionRow, (1, "清河互联网医院")).unread = "RuntimeError"
    answer = world.run("status", "--json")

    assert answer.code == 1
    assert (answer.json()["rescoring"], answer.json()["unread"]) == (0, 1)
    assert "fengsui mentions label 1" in "".join(answer.json()["troubles"])
    assert "读不了" in world.run("mentions", "list").out
    assert "读不了（RuntimeError）" in world.run("mentions", "show", "1").out


def test_what_is_too_long_ago_is_not_counted_as_left(world: World) -> None:
    with world.stored() as session:
        session.merge(MetaRow(key="model", value="scripted-2", at=world.now))
    world.now += timedelta(days=36)

    assert world.run("status", "--json").json()["rescoring"] == 0
