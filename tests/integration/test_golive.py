"""Going live: everybody of the rota woken once, one drill played, or somebody answers for it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import cli_world
import pytest
from cli_world import World

from alerts.message import Delivery, Status
from monitor.config import ConfigError, load
from monitor.config_waking import unwoken
from monitor.domain.tier import Tier
from monitor.store.first_week_schema import DrillRow, ReachRow, WaiverRow
from monitor.store.response_schema import OutboxRow

GATEWAY = "gateway: {body: {to: '{mobile}', say: '{text}'}}"
PEOPLE = ("zhang", "li", "wang", "zhao")


@pytest.fixture
def house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    """A house in its trial, whose people have telephones."""
    house = cli_world.build(tmp_path, monkeypatch, capsys)
    text = house.config.read_text("utf-8")
    text = re.sub(r"(os_user: \w+), ", r"\1, mobile: '13800000000', ", text)
    text = re.sub(r"channels: \[(\S+)\]\}", r"channels: [\1, 电话]}", text)
    text = text.replace("roles: [legal]}", "roles: [legal], channels: [电话]}")
    call = f"  - {{name: 电话, url: 'json://127.0.0.1:9/call', wakes: call, {GATEWAY}}}\n"
    text = text.replace("groups:", f"{call}groups:")
    house.config.write_text(text + "trial: {owner: li, until: 2026-11-28}\n", "utf-8")
    return house


def change(house: World, before: str, after: str) -> None:
    text = house.config.read_text("utf-8")
    assert before in text
    house.config.write_text(text.replace(before, after), "utf-8")


def ring(house: World, person: str) -> str:
    """Ring somebody; the number that the call told."""
    rung = house.run("alerts", "test", "--person", person, who="li")
    assert rung.code == 0, rung.err
    return str(re.search(r"confirm (\d{6})", house.sent[-1][1].body)[1])  # type: ignore[index] # there


def prove(house: World) -> None:
    """Everything that going live asks for."""
    for person in PEOPLE:
        house.run("alerts", "confirm", ring(house, person), "--person", person, who="li")
    with house.stored() as session:
        session.add(practised(house))


def practised(house: World, **more: object) -> DrillRow:
    values = {"auto": False, "status": "done", "score": {"acked_by": "zhang"}, **more}
    return DrillRow(
        scenario="misdiagnosis",
        title="误诊",
        live=False,
        folder="",
        started_at=house.now,
        started_by="li",
        **values,  # type: ignore[arg-type] # plain values
    )


def test_going_live_is_refused_and_says_who_and_what_is_missing(house: World) -> None:
    refused = house.run("trial", "end", "--go-live", who="li")

    assert refused.code == 2
    for person in PEOPLE:
        assert f"fengsui alerts test --person {person}" in refused.err
    assert "fengsui drill --scenario misdiagnosis" in refused.err
    assert house.run("trial", "status", "--json").json()["trial"]["running"] is True


def test_it_goes_live_once_everybody_was_woken_and_one_drill_ran(house: World) -> None:
    prove(house)

    assert house.run("trial", "end", "--go-live", who="li").code == 0
    assert "跳过检查" not in house.run("status").out


def test_a_drill_that_the_program_played_trains_nobody(house: World) -> None:
    prove(house)
    with house.stored() as session:
        session.query(DrillRow).delete()
        session.add(practised(house, auto=True))
        session.add(practised(house, status="aborted"))
        session.add(practised(house, score={"acked_by": ""}))

    refused = house.run("trial", "end", "--go-live", who="li")

    assert refused.code == 2
    assert "还没有真人演练过" in refused.err


def test_the_test_call_goes_to_what_wakes_the_person(house: World) -> None:
    ring(house, "zhang")

    channel, message = house.sent[-1]
    assert channel == "电话"
    assert message.mobiles == ("13800000000",)
    assert message.body.startswith("【测试】")


def test_a_test_call_that_did_not_go_out_can_not_be_confirmed(house: World) -> None:
    house.answers["电话"] = Delivery(Status.DEAD, "号码无效")

    assert house.run("alerts", "test", "--person", "zhang", who="li").code == 1
    refused = house.run("alerts", "confirm", who="zhang")
    assert (refused.code, "没有等着确认的试呼" in refused.err) == (2, True)


def test_a_wrong_number_is_refused_and_five_of_them_void_the_call(house: World) -> None:
    code = ring(house, "zhang")
    wrong = f"{(int(code) + 1) % 10**6:06}"

    for _ in range(5):
        refused = house.run("alerts", "confirm", wrong, "--person", "zhang", who="li")
        assert "确认码不对" in refused.err
    late = house.run("alerts", "confirm", code, "--person", "zhang", who="li")

    assert (late.code, "作废" in late.err) == (2, True)


def test_people_confirm_by_their_own_word_but_not_for_each_other(house: World) -> None:
    ring(house, "zhang")

    assert house.run("alerts", "confirm", "--person", "zhang", who="li").code == 2
    assert house.run("alerts", "confirm", who="zhang").code == 0


def test_a_test_call_of_the_day_before_yesterday_proves_nothing(house: World) -> None:
    code = ring(house, "zhang")
    house.later(days=2)

    assert house.run("alerts", "confirm", code, "--person", "zhang", who="li").code == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("os_user: zhang, mobile: '13800000000'", "os_user: zhang, mobile: '13900000000'"),
        ("json://127.0.0.1:9/call", "json://127.0.0.1:9/other"),
    ],
)
def test_a_changed_address_voids_the_confirmation(house: World, before: str, after: str) -> None:
    prove(house)
    change(house, before, after)

    refused = house.run("trial", "end", "--go-live", who="li")

    assert refused.code == 2
    assert "alerts test --person zhang" in refused.err


def test_another_number_behind_the_same_variable_voids_it_too(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(house, "os_user: zhang, mobile: '13800000000'", "os_user: zhang, mobile: '${TEL}'")
    monkeypatch.setenv("TEL", "13800000001")
    prove(house)
    monkeypatch.delenv("TEL")
    assert "alerts test --person zhang" not in house.run("trial", "end", who="li").err
    monkeypatch.setenv("TEL", "13800000002")

    refused = house.run("trial", "end", "--go-live", who="li")

    assert "alerts test --person zhang" in refused.err


def test_no_number_and_no_code_stands_in_the_store(house: World) -> None:
    code = ring(house, "zhang")
    with house.stored() as session:
        row = session.query(ReachRow).one()
        kept = f"{row.address}{row.code}{row.channel}"

    assert code not in kept
    assert "13800000000" not in kept


def test_in_an_emergency_somebody_answers_for_going_live_without(house: World) -> None:
    waived = ("trial", "end", "--go-live", "--without-drill", "微博已上热搜")

    assert house.run(*waived, who="li").code == 0

    with house.stored() as session:
        row = session.query(WaiverRow).one()
        assert (row.actor, row.reason) == ("li", "微博已上热搜")
        assert len(row.missing) == len(PEOPLE) + 1
    shown = house.run("status")
    assert shown.code == 1
    assert "由李某跳过检查转正（微博已上热搜）" in shown.out

    prove(house)
    house.run("alerts", "confirm", ring(house, "zhang"), "--person", "zhang", who="li")
    assert "跳过检查" not in house.run("status").out
    with house.stored() as session:
        assert session.query(WaiverRow).one().made_good_at is not None


def test_check_refuses_a_house_whose_people_sleep_through_a_red(house: World) -> None:
    change(house, "trial: {owner: li, until: 2026-11-28}", "")
    assert house.run("check").code == 0
    change(house, "[李某邮箱, 电话]}\n  - {id: wang", "[李某邮箱]}\n  - {id: wang")

    refused = house.run("check")

    assert refused.code == 2
    assert "红色叫不醒李某（li）" in refused.err
    assert "张某（zhang）" not in refused.err
    assert house.run("check", "--json").json()["ok"] is False


def test_in_a_trial_check_only_warns_of_it(house: World) -> None:
    change(house, ", wakes: call", "")

    checked = house.run("check")

    assert checked.code == 0
    assert "红色叫不醒张某" in checked.out


def test_once_a_person_has_ended_the_trial_check_is_strict_again(house: World) -> None:
    change(house, ", wakes: call", "")
    reason = ("--without-drill", "微博已上热搜")
    assert house.run("trial", "end", "--go-live", *reason, who="li").code == 0

    checked = house.run("check")

    assert checked.code == 2
    assert checked.err.startswith("要改好")
    assert "红色叫不醒张某" in checked.err
    assert "试运行已经有人结束了" in checked.out
    assert "配置了试运行" not in checked.out
    assert house.run("check", "--json").json()["ok"] is False
    change(house, "until: 2026-11-28", "until: 2027-01-28")
    again = house.run("check")
    assert (again.code, "配置了试运行" in again.out) == (0, True), "a later date is a trial anew"


def test_what_needs_a_hand_comes_before_the_settings_with_a_count(house: World) -> None:
    change(house, ", wakes: call", "")

    lines = house.run("check").out.splitlines()

    first, settings = (
        lines.index(next(one for one in lines if one.startswith("提醒："))),
        lines.index("生效的设置："),
    )
    assert first < lines.index("配置没有错误。") < settings
    told = [one for one in lines if one.startswith("提醒：")]
    assert f"提醒 {len(told)} 条：" in lines[:first]


def test_an_sms_counts_and_is_called_what_it_is(house: World) -> None:
    change(house, "wakes: call", "wakes: sms")
    change(house, "trial: {owner: li, until: 2026-11-28}", "")

    checked = house.run("check")

    assert checked.code == 0
    assert "张某（zhang）只有短信" in checked.out


def test_a_gateway_without_the_persons_number_wakes_nobody(house: World) -> None:
    change(house, "os_user: zhang, mobile: '13800000000'", "os_user: zhang")

    assert [one for one in unwoken(load(house.config, {})) if "张某" in one]


def test_a_robot_in_a_group_wakes_nobody_whatever_the_file_says(house: World) -> None:
    change(
        house,
        "{name: 公关群, url: 'json://127.0.0.1:9/group'}",
        "{name: 公关群, url: 'wecombot://x?base=http://127.0.0.1:9', wakes: call}",
    )

    with pytest.raises(ConfigError, match="叫不醒人"):
        load(house.config, {})


def test_rings_are_kept_with_their_dates(house: World) -> None:
    code = ring(house, "zhang")
    house.later(minutes=3)
    house.run("alerts", "confirm", code, "--person", "zhang", who="li")

    with house.stored() as session:
        row = session.query(ReachRow).one()
        assert row.confirmed_at is not None
        assert row.confirmed_at - row.sent_at == timedelta(minutes=3)
        assert row.confirmed_by == "li"


def red(house: World) -> None:
    """A second voice that brings the crisis to RED."""
    text = "我妈昨天也在清河医院被误诊开错药，住院了，检查单和照片都有，要个说法。"
    more = [cli_world.post(f"q{n}", f"{text}{n}", house.now) for n in range(9)]
    house.tell(cli_world.post("p1", cli_world.CLAIM, house.now), *more)


def rung(house: World) -> list[tuple[str, str, str]]:
    with house.stored() as session:
        return [
            (row.kind, row.recipient, row.channel)
            for row in session.query(OutboxRow)
            if row.kind in ("page", "ring")
        ]


def test_a_red_rings_the_telephone_beside_the_message(house: World) -> None:
    change(house, "trial: {owner: li, until: 2026-11-28}", "")
    red(house)

    calls = rung(house)

    assert ("page", "zhang", "张某邮箱") in calls
    assert ("ring", "zhang", "电话") in calls


def test_an_orange_does_not_ring(house: World) -> None:
    change(house, "trial: {owner: li, until: 2026-11-28}", "")
    house.crisis()

    assert {kind for kind, _, _ in rung(house)} == {"page"}


def test_nobody_is_rung_any_more_once_somebody_has_answered(house: World) -> None:
    change(house, "trial: {owner: li, until: 2026-11-28}", "")
    red(house)
    code = house.run("incidents", "list", "--json").json()[0]["code"]

    house.run("incidents", "ack", code, who="zhang")

    with house.stored() as session:
        rows = session.query(OutboxRow).filter_by(kind="ring").all()
        assert {row.status for row in rows} == {"cancelled"}


def test_in_a_trial_the_owner_gets_the_whole_call_once_and_no_ring_in_its_place(
    house: World,
) -> None:
    red(house)

    with house.stored() as session:
        reds = [row for row in session.query(OutboxRow) if row.priority == Tier.RED]
        assert [row.kind for row in reds] == ["page"]
        assert "为什么是红色" in reds[0].body
