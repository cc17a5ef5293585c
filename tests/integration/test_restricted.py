"""Restricted incidents: what names leadership or a colleague reaches its own chain, nobody else.

One test for every way out: whoever adds one adds a test here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cli_world
import pytest
from cli_world import World, post
from restricted_house import CHAIN, CHIEF, OTHERS, accused, furnished, written

from alerts.ears.heard import Heard
from monitor.app import App
from monitor.config import ConfigError, load
from monitor.domain.incident import Lifecycle
from monitor.pipeline import CALLING, tick
from monitor.stations import handover_sheet, hearing, leaders, notices, source_watch
from monitor.stations.deliver import deliver
from monitor.stations.incident_card import describe
from monitor.store import incidents
from monitor.store.response_schema import OutboxRow


@pytest.fixture
def house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    return furnished(cli_world.build(tmp_path, monkeypatch, capsys))


@pytest.fixture
def app(house: World) -> Iterator[App]:
    app = house.app()
    yield app
    app.database.close()


def make_red(house: World, code: str) -> None:
    house.run("incidents", "ack", code, who="wang")
    raised = house.run("incidents", "confirm", code, "--tier", "red", who="wang")
    assert raised.code == 0, raised.err


def later(house: World, app: App, **time: float) -> None:
    house.later(**time)
    tick(app, CALLING, house.now)
    deliver(app, house.now)


def test_only_the_chain_is_called_and_the_next_of_it_when_nobody_answers(
    house: World, app: App
) -> None:
    accused(house)
    for _ in range(8):
        later(house, app, minutes=16)

    told = {row.recipient for row in written(house) if row.kind in ("page", "ring", "notice")}
    assert told == {"wang", "zhao"}


def test_no_group_and_no_operator_hears_of_it(house: World, app: App) -> None:
    code = accused(house)
    later(house, app, minutes=40)

    others = [row for row in written(house) if row.recipient not in CHAIN]
    assert not [row for row in others if row.recipient.startswith("group:")]
    assert not [row for row in others if code in row.body + row.subject + row.code]


def test_a_message_about_it_that_fails_does_not_tell_the_operator_which(
    house: World, app: App
) -> None:
    code = accused(house)
    with app.database.transaction() as session:
        row = session.query(OutboxRow).filter_by(kind="page").first()
        assert row is not None
        notices.dead_message(app, session, row, house.now)

    meta = [row for row in written(house) if row.kind == "meta"]
    assert len(meta) == 1
    assert code not in meta[0].body


def test_the_leaders_briefing_leaves_it_out(house: World, app: App) -> None:
    code = accused(house)
    later(house, app, minutes=16)  # zhao, a leader of the rota, is called as one of the chain
    make_red(house, code)
    house.later(minutes=40)

    assert leaders.brief_leaders(app, house.now) == 0
    with app.database.reading() as session:
        assert incidents.active_reds(session) == []


def test_the_weekly_report_leaves_it_out(house: World) -> None:
    code = accused(house)
    house.run("incidents", "ack", code, who="wang")

    made = house.run("report", "weekly", "--json")

    page = Path(made.json()["path"]).read_text("utf-8")
    for text in (made.out, page):
        assert code not in text
        assert "高某某" not in text
    assert made.json()["response"]["incidents"] == []


def test_the_hand_over_sheet_leaves_it_out(house: World, app: App) -> None:
    accused(house)

    with app.database.reading() as session:
        assert handover_sheet.sheet(app, session, house.now)["incidents"] == []


def test_whoever_is_not_of_the_chain_finds_no_such_incident(house: World) -> None:
    code = accused(house)

    for person in OTHERS:
        for command in ("incidents show", "incidents history", "playbook show", "statement show"):
            refused = house.run(*command.split(), code, who=person)
            assert refused.code == 2, command
            assert f"没有编号为 {code} 的事件" in refused.err


def test_lists_and_status_do_not_show_it_to_others(house: World) -> None:
    code = accused(house)

    for command in (
        "incidents list --all",
        "incidents list --json",
        "status",
        "status --json",
        "alerts list --json",
        "topics list --json",
        "topics show 1",
        "trial status",
    ):
        assert code not in house.run(*command.split(), who="zhang").out, command
        assert code not in house.run(*command.split()).out, command


@pytest.mark.parametrize("person", CHAIN)
def test_the_chain_sees_it_and_works_on_it(house: World, person: str) -> None:
    code = accused(house)

    assert code in house.run("incidents", "list", who=person).out
    assert code in house.run("incidents", "show", code, who=person).out
    assert code in house.run("alerts", "list", "--json", who=person).out
    assert house.run("incidents", "ack", code, who=person).code == 0
    assert house.run("playbook", "done", code, "hold-lines", who=person).code == 0


def test_others_can_do_nothing_to_it(house: World) -> None:
    code = accused(house)

    for command in (
        "incidents ack",
        "incidents touch",
        "incidents unrestrict",
        "statement submit",
        "statement approve",
    ):
        refused = house.run(*command.split(), code, who="zhang")
        assert refused.code == 2, command
        assert f"没有编号为 {code} 的事件" in refused.err


def test_others_can_neither_tick_steps_nor_draft(house: World) -> None:
    code = accused(house)

    assert house.run("playbook", "done", code, "hold-lines", who="zhang").code == 2
    assert house.run("statement", "draft", code, "--fact", "一", "--text", "二", who="li").code == 2


def test_an_answer_from_a_chat_finds_no_such_incident(house: World, app: App) -> None:
    code = accused(house)
    heard = Heard("feishu", "m1", ("ou_sun",), text=f"1 {code}")

    told = hearing.hear(app, heard)

    assert told.text.startswith(f"没有编号为 {code} 的事件")


def test_a_personal_link_sent_before_shows_nothing_any_more(house: World, app: App) -> None:
    code = accused(house)
    with app.database.reading() as session:
        incident = incidents.by_code(session, code)
        assert incident is not None
        title, lines = describe(app, session, incident, "zhang")

    assert code not in title
    assert lines == ()


def test_somebody_on_call_who_is_named_does_not_hear_of_it(house: World) -> None:
    accused(house, f"{cli_world.CLAIM}当班的张某还威胁我们。")

    assert {row.recipient for row in written(house) if row.kind == "page"} == {"wang"}


def test_one_of_the_chain_who_is_named_is_left_out_of_it(house: World) -> None:
    text = house.config.read_text("utf-8").replace("names: [高某某]", "names: [高某某, 王某]")
    house.config.write_text(text, "utf-8")
    code = accused(house, f"{cli_world.CLAIM}医务处的王某不肯给病历。")

    assert {row.recipient for row in written(house) if row.kind == "page"} == {"zhao"}
    assert house.run("incidents", "show", code, who="wang").code == 2
    assert house.run("incidents", "show", code, who="zhao").code == 0


def test_a_name_that_turns_up_later_takes_it_from_those_who_have_it(house: World) -> None:
    code = accused(house, cli_world.CLAIM)
    house.run("incidents", "ack", code, who="zhang")
    house.later(minutes=5)
    house.tell(post("p2", f"{CHIEF}我也是被误诊的。", house.now, parent_id="p1"))

    with house.stored() as session:
        incident = incidents.by_code(session, code)
        assert incident is not None
        assert incident.restricted
        assert incident.lifecycle is Lifecycle.OPEN
    assert house.run("incidents", "show", code, who="zhang").code == 2
    pages = [row for row in written(house) if row.kind == "page"]
    assert pages[-1].recipient == "wang"
    waiting = [row for row in written(house) if row.status == "pending"]
    assert {row.recipient for row in waiting} <= set(CHAIN)


def test_in_a_trial_it_still_goes_to_the_chain_and_not_to_the_owner(house: World) -> None:
    with house.config.open("a", encoding="utf-8") as file:
        file.write("trial: {owner: li, until: 2026-11-28}\n")
    accused(house)

    assert {row.recipient for row in written(house)} == {"wang"}


def test_a_restricted_red_mutes_no_yellow_that_would_name_it(house: World, app: App) -> None:
    from monitor.stations import muting

    code = accused(house)
    make_red(house, code)
    with app.database.transaction() as session:
        red = incidents.by_code(session, code)
        assert red is not None
        assert muting.muted(session, red) == []


def test_a_blind_source_is_not_told_to_groups_because_of_it(house: World, app: App) -> None:
    accused(house)
    with app.database.transaction() as session:
        source_watch._tell(app, session, "来源看不到", notices.Kind.BLIND_SOURCE, "源", house.now)

    assert not [row for row in written(house) if row.recipient.startswith("group:")]


def test_a_rehearsal_of_the_past_leaves_it_out(house: World) -> None:
    accused(house)

    rehearsed = house.run("rehearse", "--since", "2d", "--json", who="zhang")

    assert rehearsed.code == 0, rehearsed.err
    assert rehearsed.json()["alerts"] == []


def test_people_restrict_one_by_hand_and_lift_it_again(house: World) -> None:
    code = accused(house, cli_world.CLAIM)
    assert house.run("incidents", "restrict", code, who="zhang").code == 2  # no reason

    closed = house.run("incidents", "restrict", code, "-r", "牵涉分管副院长", who="zhang")
    assert closed.code == 0, closed.err
    assert house.run("incidents", "show", code, who="zhang").code == 2
    lifted = house.run("incidents", "unrestrict", code, "-r", "查明无关", who="wang")
    assert lifted.code == 0, lifted.err
    assert house.run("incidents", "show", code, who="zhang").code == 0


def test_what_was_lifted_is_not_restricted_again_by_the_same_name(house: World) -> None:
    code = accused(house)
    house.run("incidents", "unrestrict", code, "-r", "同名的另一个人", who="wang")
    house.later(minutes=5)
    house.tell(post("p2", f"{CHIEF}再说一遍。", house.now, parent_id="p1"))

    assert house.run("incidents", "show", code, who="zhang").code == 0


def test_without_a_chain_nothing_is_restricted(house: World) -> None:
    text = house.config.read_text("utf-8")
    house.config.write_text(
        text.replace("restricted: {names: [高某某], chain: [wang, zhao]}\n", "")
    )
    code = accused(house)

    assert code in house.run("incidents", "list", who="zhang").out
    assert house.run("incidents", "restrict", code, "-r", "牵涉领导", who="zhang").code == 2


def with_aliases(house: World) -> None:
    text = house.config.read_text("utf-8")
    named = (
        "names: [{name: 高国华, aliases: [高院长, Gao Guohua]}, {name: 张某, aliases: [张主任]}]"
    )
    house.config.write_text(text.replace("names: [高某某]", named), "utf-8")


@pytest.mark.parametrize(
    "said",
    [
        "高国华",
        "高院长",
        "高國華",
        "高院長",
        "高囯华",
        "高 国 华",
        "高\u200b院\u3000长",
        "ＧＡＯ guohua压",
        "gaoguohua",
    ],
)
def test_a_name_is_known_however_it_is_written(house: World, said: str) -> None:
    with_aliases(house)
    code = accused(house, f"{cli_world.CLAIM}{said}亲自压下了这件事。")

    assert house.run("incidents", "show", code, who="zhang").code == 2
    assert house.run("incidents", "show", code, who="wang").code == 0


@pytest.mark.parametrize("said", ["高院墙长年失修", "高国\n华", "Margao Guohuan", "主任"])
def test_other_words_that_share_characters_restrict_nothing(house: World, said: str) -> None:
    with_aliases(house)
    code = accused(house, f"{cli_world.CLAIM}{said}没有人管。")

    assert house.run("incidents", "show", code, who="zhang").code == 0


def test_whoever_is_called_by_an_alias_is_left_out_of_the_chain(house: World) -> None:
    with_aliases(house)
    text = house.config.read_text("utf-8")
    house.config.write_text(text.replace("chain: [wang, zhao]", "chain: [zhang, wang]"), "utf-8")
    code = accused(house, f"{cli_world.CLAIM}张主任亲自压下了这件事。")

    assert house.run("incidents", "show", code, who="zhang").code == 2
    assert house.run("incidents", "show", code, who="wang").code == 0


def test_a_reason_that_a_person_types_is_read_in_the_same_way(house: World) -> None:
    with_aliases(house)
    opened = house.run("incidents", "open", "-r", "有人来电说是高 院長干的", who="li")

    assert opened.code == 0, opened.err
    assert house.run("incidents", "list", "--json", who="zhang").json() == []
    assert len(house.run("incidents", "list", "--json", who="wang").json()) == 1


@pytest.mark.parametrize(
    ("written_", "said"),
    [
        ("{names: [{name: 高某某, aliases: [高]}], chain: [wang]}", "一个字或只有标点的别名"),
        ("{names: [{name: 高某某, aliases: [。。]}], chain: [wang]}", "一个字或只有标点的别名"),
        ("{names: [{name: 高某某, aliases: [清 河医院]}], chain: [wang]}", "品牌的名字里就有"),
        ("{names: [高某某, 互联网医院], chain: [wang]}", "品牌的名字里就有"),
        ("{names: [{aliases: [高院长]}], chain: [wang]}", "name"),
        ("{names: [[高某某]], chain: [wang]}", "names"),
        ("{names: [高某某]}", "要写 chain"),
        ("{names: [高某某], chain: [nobody]}", "people 里没有这个 id"),
        ("{chain: [wang, zhao, li, zhang]}", "restricted"),
    ],
)
def test_a_chain_that_leads_nowhere_is_refused(house: World, written_: str, said: str) -> None:
    text = house.config.read_text("utf-8")
    old = "{names: [高某某], chain: [wang, zhao]}"
    house.config.write_text(text.replace(old, written_), "utf-8")

    with pytest.raises(ConfigError, match=said):
        load(house.config, {})
