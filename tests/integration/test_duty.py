"""Swaps typed at the terminal, hand-overs with open work, and leave: who is called, until when.

The house begins at ten in the morning; 张某 is on duty until nine the next day, then 李某.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from cli_world import CONFIG, World, build
from sqlalchemy import select

from monitor.pipeline import DECIDING, DELIVERING, tick
from monitor.rota import rota
from monitor.stations.rota_watch import watch_rota
from monitor.store.response_schema import OutboxRow

HOUR = timedelta(hours=1)


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    return build(tmp_path, monkeypatch, capsys)


def called(world: World, level: int = 1, hours: float = 0) -> tuple[str, ...]:
    app = world.app()
    with app.database.reading() as session:
        people = rota(app.settings, session)(level, world.now + hours * HOUR)
    app.database.close()
    return people


def live(world: World, **length: float) -> None:
    world.later(**length)
    app = world.app()
    tick(app, DECIDING, world.now)
    tick(app, DELIVERING, world.now)
    app.database.close()


def notices_to(world: World, person: str) -> list[str]:
    with world.stored() as session:
        found = select(OutboxRow.body).where(
            OutboxRow.recipient == person, OutboxRow.kind == "notice"
        )
        return [body for body in session.scalars(found) if "交接班" in body]


def test_a_swap_is_in_force_at_once_and_ends_by_itself(world: World) -> None:
    said = world.run(
        "oncall", "override", "--level", "值班", "--person", "wang", "--to", "6h", "-r", "家里有事",
        who="zhang",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert "由王某值班" in said.out
    assert called(world) == ("wang",)
    assert called(world, hours=6) == ("zhang",)

    shown = world.run("oncall", "show", "--json").json()
    assert (shown["levels"][0]["people"], shown["levels"][0]["swapped"]) == (["wang"], True)


def test_a_swap_can_be_taken_back_and_the_record_stays(world: World) -> None:
    world.run(
        "oncall", "override", "--level", "值班", "--person", "wang", "--to", "6h", who="zhang"
    )
    (row,) = world.run("oncall", "override", "--json").json()
    assert (row["person"], row["made_by"]) == ("wang", "zhang")

    assert world.run("oncall", "override", "--cancel", str(row["id"]), who="li").code == 0
    assert called(world) == ("zhang",)
    assert world.run("oncall", "override", "--json").json() == []
    again = world.run("oncall", "override", "--cancel", str(row["id"]), who="li")
    assert (again.code, "没有第" in again.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--level", "值班", "--person", "nobody", "--to", "6h"), "people 里的编号"),
        (("--level", "早班", "--person", "wang", "--to", "6h"), "值班、备班"),
        (("--level", "值班", "--person", "wang"), "--to"),
        (("--level", "值班", "--person", "wang", "--to", "2026-11-01 09:00"), "已经结束"),
    ],
    ids=["nobody we know", "no such level", "without an end", "an end long past"],
)
def test_a_swap_that_cannot_be_is_refused_in_words(
    world: World, words: tuple[str, ...], hint: str
) -> None:
    said = world.run("oncall", "override", *words, who="zhang")
    assert said.code == 2
    assert hint in said.err
    assert called(world) == ("zhang",)


@pytest.mark.parametrize(
    "words", [("--from", "12h"), ("-r", "家里有事"), ("--cancel", "1", "--level", "值班")]
)
def test_half_a_swap_is_not_read_as_the_wish_to_list_them(
    world: World, words: tuple[str, ...]
) -> None:
    said = world.run("oncall", "override", *words, who="zhang")

    assert (said.code, said.out) == (2, "")


def test_with_nothing_open_the_duty_changes_without_a_signature(world: World) -> None:
    live(world, hours=24)
    assert called(world) == ("li",)
    assert "没有等着签的交接" in world.run("oncall", "handover").out


def test_with_work_open_both_are_called_until_the_next_person_accepts(world: World) -> None:
    code = world.crisis()
    assert world.run("incidents", "ack", code, who="zhang").code == 0
    live(world, hours=1)
    live(world, hours=22)  # nine in the morning: 李某's turn
    assert called(world) == ("li", "zhang")
    assert "--sign" in notices_to(world, "zhang")[0]
    assert "--accept" in notices_to(world, "li")[0]

    signed = world.run("oncall", "handover", "--sign", "--note", "答应家属中午回电", who="zhang")
    assert signed.code == 0, signed.err
    assert code in signed.out
    assert "还没有对外说过话" in signed.out
    assert "答应家属中午回电" in signed.out
    assert called(world) == ("li", "zhang")

    assert world.run("oncall", "handover", "--accept", who="li").code == 0
    assert called(world) == ("li",)
    assert any("不再叫你" in body for body in notices_to(world, "zhang"))


def test_a_swap_taken_back_takes_its_hand_over_along(world: World) -> None:
    world.crisis()
    live(world, minutes=1)
    swap = ("oncall", "override", "--level", "值班", "--person", "wang", "--to", "6h")
    world.run(*swap, who="zhang")
    live(world, minutes=1)
    assert called(world) == ("wang", "zhang")
    (row,) = world.run("oncall", "override", "--json").json()

    world.run("oncall", "override", "--cancel", str(row["id"]), who="zhang")
    live(world, minutes=1)
    assert called(world) == ("zhang",)
    assert world.run("oncall", "handover", "--json").json()["handovers"] == []
    assert any("换班撤销了" in body for body in notices_to(world, "wang"))
    assert world.run("oncall", "handover", "--accept", who="wang").code == 2


def test_work_that_began_after_the_change_needs_no_hand_over(world: World) -> None:
    live(world, hours=24)
    world.crisis()
    live(world, minutes=5)
    assert called(world) == ("li",)


def test_who_leaves_early_signs_before_the_change(world: World) -> None:
    world.crisis()
    live(world, hours=20)  # six in the morning
    assert world.run("oncall", "handover", "--sign", who="zhang").code == 0
    assert called(world) == ("zhang",)
    live(world, hours=4)
    assert called(world) == ("li", "zhang")
    (waiting,) = world.run("oncall", "handover", "--json").json()["handovers"]
    assert waiting["signed_at"] is not None


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        (("--cancel", "9" * 20), "--cancel"),
        (("--cancel", "-1"), "--cancel"),
        (("--level", "值班", "--person", "li", "--to", "2099-01-01"), "最长 366 天"),
        (("--level", "值班", "--person", "li", "--to", "9999-12-31"), "看不懂"),
    ],
)
def test_a_slip_of_the_finger_changes_no_duty(
    world: World, asked: tuple[str, ...], hint: str
) -> None:
    said = world.run("oncall", "override", *asked, who="zhang")
    assert (said.code, hint in said.err) == (2, True), said
    assert "没有临时换班" in world.run("oncall", "override").out


def test_nobody_signs_or_accepts_what_is_not_theirs(world: World) -> None:
    for option, hint in (("--sign", "没有要交的班"), ("--accept", "没有等你接的班")):
        said = world.run("oncall", "handover", option, who="zhao")
        assert (said.code, hint in said.err) == (2, True)


def test_leave_leaves_a_hole_that_is_named_two_weeks_ahead_and_can_be_filled(world: World) -> None:
    leave = "  absences:\n    - {person: li, from: 2026-11-23 08:00, to: 2026-11-25 08:00}\n"
    world.config.write_text(CONFIG + leave, encoding="utf-8")
    assert called(world, hours=24) == ()
    shown = world.run("oncall", "show")
    assert "11-23 09:00 到 11-24 09:00，「值班」没有人" in "".join(shown.out.split("\n"))

    world.run(
        "oncall", "override", "--level", "值班", "--person", "wang",
        "--from", "2026-11-23 09:00", "--to", "2026-11-24 09:00", who="zhang",
    )  # fmt: skip
    assert called(world, hours=24) == ("wang",)
    assert "没有人" not in world.run("oncall", "show").out


def test_a_hole_says_which_holiday_it_falls_on(world: World) -> None:
    from datetime import UTC, datetime

    world.now = datetime(2026, 9, 28, 2, 0, tzinfo=UTC)
    leave = (
        "  absences:\n    - {person: zhang, from: 2026-10-01 09:00, to: 2026-10-02 09:00}\n"
        "    - {person: li, from: 2026-10-01 09:00, to: 2026-10-02 09:00}\n"
    )
    world.config.write_text(CONFIG.replace("2026-11-22", "2026-09-01") + leave, encoding="utf-8")
    app = world.app()
    tick(app, (watch_rota,), world.now)
    tick(app, DELIVERING, world.now)
    app.database.close()

    told = [message.body for _, message in world.sent if "值班表有空缺" in message.body]
    assert len(told) == 1
    assert "10-01 09:00 到 10-02 09:00（国庆节放假）" in told[0]


def test_the_operator_hears_of_a_hole_once_a_day(world: World) -> None:
    leave = "  absences:\n    - {person: li, from: 2026-11-30 08:00, to: 2026-12-02 08:00}\n"
    world.config.write_text(CONFIG + leave, encoding="utf-8")
    app = world.app()
    for _ in range(3):
        tick(app, (watch_rota,), world.now)
    tick(app, DELIVERING, world.now)
    app.database.close()
    told = [message.body for _, message in world.sent if "值班表有空缺" in message.body]
    assert len(told) == 1
    assert "12-01 09:00 到 12-02 08:00" in told[0]


def test_a_call_passed_on_reaches_the_next_level_with_the_next_round(world: World) -> None:
    code = world.crisis()
    live(world, minutes=1)
    passed = world.run("incidents", "pass", code, who="zhang")
    assert (passed.code, "正在叫下一级" in passed.out) == (0, True)
    live(world, seconds=2)
    with world.stored() as session:
        found = select(OutboxRow.recipient).where(OutboxRow.kind == "page")
        assert list(session.scalars(found)) == ["zhang", "wang"]


def test_a_suspected_false_alarm_sleeps_through_the_night(world: World) -> None:
    world.later(hours=16)  # two in the morning
    code = world.crisis()
    rests = world.run("incidents", "review", code, who="zhang")
    assert (rests.code, "08:00" in rests.out) == (0, True), rests.err
    live(world, seconds=1)
    world.sent.clear()
    for _ in range(5):
        live(world, hours=1)
    assert [message for _, message in world.sent if message.code == code] == []
    live(world, hours=1)
    assert any(message.code == code for _, message in world.sent)
