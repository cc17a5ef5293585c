"""Roundabout ways to a restricted incident: joining, parting, coming back, groups, reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import cli_world
import pytest
from cli_world import World, post
from restricted_house import CHAIN, CHIEF, accused, code_of, furnished, written

from alerts.ears.heard import Heard
from monitor.app import App
from monitor.domain.incident import Incident
from monitor.stations import hearing
from monitor.stations.incident_card import HIDDEN, action_of
from monitor.store import incidents
from monitor.store.evidence_schema import EvidenceRow
from monitor.store.private_schema import TipRow

OTHER = "清河医院骨科11月18日把我舅舅的骨折误诊成扭伤，拖成坏死截了肢，片子和诊断书都留着。"


@pytest.fixture
def house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    house = furnished(cli_world.build(tmp_path, monkeypatch, capsys))
    text = house.config.read_text("utf-8")
    with_ids = "channels: [王某邮箱], ids: {feishu: ou_wang}}"
    house.config.write_text(text.replace("channels: [王某邮箱]}", with_ids), "utf-8")
    return house


@pytest.fixture
def app(house: World) -> Iterator[App]:
    app = house.app()
    yield app
    app.database.close()


def incident(house: World, code: str) -> Incident:
    with house.stored() as session:
        found = incidents.by_code(session, code)
    assert found is not None
    return found


def told(house: World, code: str) -> set[str]:
    """Who was or will be told of an incident."""
    gone = ("cancelled", "superseded")
    return {row.recipient for row in written(house) if row.code == code and row.status not in gone}


def test_who_is_named_loses_the_charge_that_the_chain_had_given_them(house: World) -> None:
    code = accused(house)
    house.run("incidents", "ack", code, who="wang")
    given = house.run(
        "incidents", "assign", code, "--commander", "zhang", "--spokesperson", "li", who="wang"
    )
    assert given.code == 0, given.err
    assert house.run("incidents", "show", code, who="zhang").code == 0

    house.later(minutes=5)
    text = f"{CHIEF}当班的张某也动了手，我也是被误诊的。"
    house.tell(post("p2", text, house.now, parent_id="p1"))

    after = incident(house, code)
    assert (after.acked_by, after.commander, after.spokesperson) == ("wang", None, None)
    assert house.run("incidents", "show", code, who="zhang").code == 2


def test_a_merge_brings_the_names_of_what_was_restricted_already(house: World) -> None:
    root = accused(house)
    house.later(minutes=5)
    text = f"{OTHER}是办公室的赵某改了病历。"
    house.tell(post("p2", text, house.now - timedelta(minutes=1), author="乙"))
    child = code_of(house)
    assert child != root

    merged = house.run("incidents", "merge", child, root, "--reason", "同一件事", who="wang")

    assert merged.code == 0, merged.err
    assert set(incident(house, root).named) >= {"高某某", "赵某"}
    assert house.run("incidents", "show", root, who="zhao").code == 2


def test_what_is_split_off_stays_with_the_circle_also_where_nobody_is_named(house: World) -> None:
    code = accused(house, cli_world.CLAIM)
    house.tell(post("p2", f"{cli_world.CLAIM}另一位也是。", house.now, author="乙", parent_id="p1"))
    house.run("incidents", "restrict", code, "-r", "牵涉分管副院长", who="wang")

    parted = house.run("incidents", "split", code, "2", "--reason", "另一件", who="wang")

    assert parted.code == 0, parted.err
    part = code_of(house)
    assert part != code
    assert incident(house, part).restricted
    assert told(house, part) <= set(CHAIN)
    assert house.run("incidents", "show", part, who="zhang").code == 2


def test_a_story_that_comes_back_after_its_end_comes_back_to_the_circle(house: World) -> None:
    code = accused(house, cli_world.CLAIM)
    house.run("incidents", "restrict", code, "-r", "牵涉分管副院长", who="wang")
    assert house.run("incidents", "dismiss", code, "-r", "查无此事", who="wang").code == 0

    house.later(days=8)
    house.tell(
        post("p9", f"{cli_world.CLAIM}还没有人管。", house.now, parent_id="p1", views=90_000)
    )

    again = code_of(house)
    assert again != code
    assert incident(house, again).restricted
    assert told(house, again) <= set(CHAIN)


def test_in_a_group_an_answer_counts_but_nobody_reads_what_it_is_about(
    house: World, app: App
) -> None:
    code = accused(house)

    told_ = hearing.hear(app, Heard("feishu", "m1", ("ou_wang",), text=f"1 {code}", group=True))

    assert incident(house, code).acked_by == "wang"
    assert told_.text == "已记下：我来处理。详情请私聊我。"
    assert told_.card is not None
    assert (told_.card.title, told_.card.lines) == (HIDDEN, ())


def test_in_a_group_the_question_which_incident_names_no_restricted_one(
    house: World, app: App
) -> None:
    code = accused(house)
    house.tell(post("p2", f"{OTHER}高某某签的字。", house.now, author="乙"))
    other = code_of(house)
    assert other != code

    asked = hearing.hear(app, Heard("feishu", "m1", ("ou_wang",), text="1", group=True))

    assert asked.text == hearing.WHICH_ALONE
    alone = hearing.hear(app, Heard("feishu", "m2", ("ou_wang",), text="1"))
    assert code in alone.text
    assert other in alone.text


def test_a_tap_on_a_groups_old_card_shows_the_group_nothing(house: World, app: App) -> None:
    code = accused(house, cli_world.CLAIM)
    house.run("incidents", "restrict", code, "-r", "牵涉分管副院长", who="zhang")
    carried = action_of(incident(house, code), house.now, group=True)

    told_ = hearing.hear(app, Heard("feishu", "t1", ("ou_wang",), action=f"ack.{carried}"))

    assert told_.noted
    assert told_.card is not None
    assert (told_.card.title, told_.card.lines) == (HIDDEN, ())


def test_topics_of_it_are_neither_shown_nor_moved_by_others(house: World) -> None:
    accused(house)
    house.tell(post("p2", OTHER, house.now, author="乙"))

    for person in ("zhang", None):
        listed = [one["topic"] for one in house.run("topics", "list", "--json", who=person).json()]
        assert listed == [2]
        assert house.run("topics", "show", "1", who=person).code == 2
    moved = house.run("topics", "merge", "1", "2", "--reason", "一件事", who="zhang")
    parted = house.run("topics", "split", "1", "1", "--reason", "两件事", who="zhang")
    assert (moved.code, parted.code) == (2, 2)
    assert "没有编号为 1 的话题" in moved.err
    assert len(house.run("topics", "list", "--json", who="wang").json()) == 2


def test_evidence_of_it_is_the_circles(house: World) -> None:
    code = accused(house)
    row = EvidenceRow(
        url="https://forum.example.cn/p1", status=200, incident=code, actor="wang", at=house.now
    )
    with house.stored() as session:
        session.add(row)

    assert code in house.run("evidence", "list", "--json", who="wang").out
    for person in ("zhang", None):
        assert house.run("evidence", "list", "--json", who=person).json() == []
    for asked in ("E0001", code):
        refused = house.run("evidence", "hold", asked, "--reason", "保全", who="zhang")
        assert (refused.code, "找不到" in refused.err) == (2, True)
    out = str(house.folder / "out")
    assert house.run("evidence", "export", "E0001", out, who="zhang").code == 2
    assert house.run("evidence", "hold", code, "--reason", "保全", who="wang").code == 0


def test_a_report_that_names_the_head_goes_to_the_chain_and_its_reporter_is_not_accused(
    house: World,
) -> None:
    reported = house.run("tip", "add", "--note", "家属群在传高某某压病历", "--json", who="zhang")
    assert reported.code == 0, reported.err
    code = reported.json()["incident"]

    assert incident(house, code).named == ("高某某",)
    assert told(house, code) <= set(CHAIN)
    assert house.run("tip", "list", "--json", who="zhang").json() == []
    assert house.run("tip", "show", "R1", who="zhang").code == 2
    assert [one["id"] for one in house.run("tip", "list", "--json", who="wang").json()] == ["R1"]


def test_a_report_by_somebody_on_call_restricts_nothing_by_their_name(house: World) -> None:
    reported = house.run("tip", "add", "--note", "家属群在传误诊", "--json", who="zhang")

    assert not incident(house, reported.json()["incident"]).restricted


def test_a_second_report_of_one_event_that_names_the_head_closes_it(house: World) -> None:
    link = "https://v.example.cn/1"
    first = house.run("tip", "add", link, "--json", who="li").json()
    second = house.run("tip", "add", link, "--note", "高某某在视频里", "--json", who="sun").json()

    assert first["incident"] == second["incident"]
    assert incident(house, first["incident"]).restricted
    with house.stored() as session:
        assert session.query(TipRow).count() == 2
