"""The trial week: everything goes to its owner alone, marked, and nothing goes live by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import cli_world
import pytest
from cli_world import World as House
from sqlalchemy import select
from world import HARM, NOON, World, item

from alerts.facts import Kind
from monitor.bootstrap import trial_plan
from monitor.config import ConfigError, QuietHours, load, trial_note
from monitor.config_types import parse_clock_time
from monitor.stations import notices
from monitor.stations.trial import is_quiet, remind, sentences, summary
from monitor.store import trials
from monitor.store.response_schema import OutboxRow

TRIAL = {"owner": "li", "until": "2026-11-20"}
LEVELS = {
    "levels": [{"name": "值班", "people": ["zhang", "wang"]}, {"name": "备班", "people": ["li"]}]
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return begun(World(tmp_path, trial=TRIAL, oncall=LEVELS))


def begun(world: World) -> World:
    trials.follow(world.app.database, trial_plan(world.settings), world.now)
    return world


def test_every_message_goes_to_the_owner_and_says_whom_it_was_for(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()
    world.deliver()

    assert {channel for channel, _ in world.bots.told} == {"li-bot"}
    bodies = [message.body for message in world.bots.to("li-bot")]
    assert all(message.subject.startswith("【试运行】") for message in world.bots.to("li-bot"))
    assert any(body.startswith("【试运行】本应发给：张某、王某、group。") for body in bodies)


def test_two_people_called_at_once_are_one_message_to_the_owner(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()
    world.deliver()

    pages = [one for one in world.bots.to("li-bot") if "张某" in one.body.partition("\n")[0]]
    assert len(pages) == 1


def test_an_unanswered_call_wakes_nobody_else(world: World) -> None:
    world.post(item(1, HARM))
    world.later(minutes=0)
    world.later(minutes=20)
    world.later(minutes=20)

    assert {channel for channel, _ in world.bots.told} == {"li-bot"}
    assert any("本应发给：李某" in one.body for one in world.bots.to("li-bot"))


def test_trouble_of_the_program_goes_to_the_owner_too(world: World) -> None:
    with world.app.database.transaction() as session:
        notices.operator(world.app, session, "来源沉默", world.now)
    world.deliver()

    (message,) = world.bots.to("li-bot")
    assert "本应发给：运维" in message.body
    assert world.bots.to("ops") == []


def test_its_last_day_changes_nothing_but_a_daily_reminder(world: World) -> None:
    world.now = datetime(2026, 11, 20, 15, 59, tzinfo=UTC)  # 23:59 of the last day in Shanghai
    assert remind(world.app, world.now) == 0
    world.now += timedelta(minutes=1)
    assert remind(world.app, world.now) == 1
    assert remind(world.app, world.now + timedelta(hours=23)) == 0
    assert remind(world.app, world.now + timedelta(hours=24)) == 1
    world.deliver()

    first = world.bots.to("li-bot")[0]
    assert "试运行 11-20 已到期" in first.body
    assert "本应发给" not in first.body.partition("\n")[0]
    with world.app.database.reading() as session:
        assert trials.running(session) is not None


def test_after_its_end_messages_go_where_they_belong(world: World) -> None:
    with world.app.database.transaction() as session:
        trial = trials.running(session)
        assert trial is not None
        trials.end(session, trial, "li", world.now)
    begun(world)  # the section still stands in the file
    world.post(item(1, HARM))
    world.decide()
    world.deliver()

    assert {"zhang-bot", "wang-bot", "group"} <= {channel for channel, _ in world.bots.told}
    assert not any("试运行" in message.subject for _, message in world.bots.told)


def test_a_file_without_the_section_does_not_go_live(world: World) -> None:
    trials.follow(world.app.database, None, world.now)
    world.post(item(1, HARM))
    world.decide()
    world.deliver()

    assert {channel for channel, _ in world.bots.told} == {"li-bot"}


def test_a_later_date_extends_a_running_trial_and_begins_a_new_one_after_the_end(
    world: World,
) -> None:
    plan = trial_plan(world.settings)
    assert plan is not None
    later = trials.Plan(plan.owner, plan.channels, plan.names, plan.until + timedelta(days=7))
    trials.follow(world.app.database, later, world.now)
    with world.app.database.transaction() as session:
        trial = trials.running(session)
        assert trial is not None
        assert (trial.until, trial.started_at) == (later.until, NOON)
        trials.end(session, trial, "li", world.now)
    trials.follow(world.app.database, later, world.now)
    with world.app.database.reading() as session:
        assert trials.running(session) is None
    trials.follow(
        world.app.database,
        trials.Plan(plan.owner, plan.channels, plan.names, later.until + timedelta(days=1)),
        world.now,
    )
    with world.app.database.reading() as session:
        assert trials.running(session) is not None


def test_the_summary_counts_recipients_nights_and_false_alarms(world: World) -> None:
    world.now = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai
    world.post(item(1, HARM, at=world.now))
    world.decide()
    world.deliver()
    with world.app.database.reading() as session:
        trial = trials.running(session)
        assert trial is not None
        told = summary(world.app, session, trial)

    assert told.messages["橙色"]["张某"] == told.messages["橙色"]["王某"] == 1
    assert told.messages["橙色"]["group"] == 1
    assert told.night == {"张某": {"橙色": 1}, "王某": {"橙色": 1}}
    assert told.incidents == {"橙色": 1}
    assert "夜里本会呼叫 张某：橙色 1 次" in list(sentences(told))


def test_a_fallback_of_the_owners_is_not_counted_twice(world: World) -> None:
    with world.app.database.transaction() as session:
        notices.operator(world.app, session, "来源沉默", world.now)
    with world.app.database.reading() as session:
        rows = list(session.scalars(select(OutboxRow)))
    assert [(row.recipient, row.meant_for, row.kind) for row in rows] == [
        ("li", ["operator"], str(Kind.META))
    ]


@pytest.mark.parametrize(
    ("clock", "quiet"), [("21:59", False), ("22:00", True), ("03:00", True), ("08:00", False)]
)
def test_quiet_hours_may_span_midnight(clock: str, quiet: bool) -> None:
    at = datetime.combine(NOON.date(), parse_clock_time(clock))
    assert is_quiet(at, QuietHours()) is quiet


def configured(folder: Path, trial: str, people: str) -> Path:
    path = folder / "fengsui.yaml"
    path.write_text(
        f"brands: [{{name: 清河医院}}]\nchannels: [{{name: 箱, url: 'json://127.0.0.1:9/'}}]\n"
        f"people: {people}\ntrial: {trial}\n",
        encoding="utf-8",
    )
    return path


def test_an_owner_who_cannot_be_told_is_refused(tmp_path: Path) -> None:
    path = configured(tmp_path, "{owner: li, until: 2026-12-01}", "[{id: li, name: 李某}]")
    with pytest.raises(ConfigError, match=r"trial\.owner：试运行的消息全发给他，可他没有渠道"):
        load(path, {})
    path = configured(
        tmp_path, "{owner: lee, until: 2026-12-01}", "[{id: li, name: 李某, channels: [箱]}]"
    )
    with pytest.raises(ConfigError, match="people 里没有这个 id"):
        load(path, {})


def test_check_says_that_a_trial_is_configured(tmp_path: Path) -> None:
    path = configured(
        tmp_path, "{owner: li, until: 2026-12-01}", "[{id: li, name: 李某, channels: [箱]}]"
    )
    assert "消息只发给李某" in trial_note(load(path, {}))


@pytest.fixture
def house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> House:
    house = cli_world.build(tmp_path, monkeypatch, capsys)
    text = house.config.read_text("utf-8")
    house.config.write_text(text + "trial: {owner: li, until: 2026-11-28}\n", encoding="utf-8")
    return house


def test_the_commands_show_it_refuse_to_end_it_by_mistake_and_end_it(house: House) -> None:
    house.crisis()
    shown = house.run("trial", "status")
    assert "试运行中" in shown.out
    assert "橙色消息本应发给" in shown.out
    assert house.run("status").out.count("试运行：到 11-28 为止，消息只发给李某") == 1
    assert house.run("trial", "status", "--json").json()["trial"]["running"] is True

    refused = house.run("trial", "end", who="li")
    assert (refused.code, "trial end --go-live" in refused.err) == (2, True)
    waived = ("trial", "end", "--go-live", "--without-drill", "网站已被围攻")
    ended = house.run(*waived, who="li")
    assert ended.code == 0
    assert "还有 1 起事件没有结束" in ended.out
    assert house.run("trial", "status", "--json").json()["trial"]["ended_by"] == "li"
    assert house.run("trial", "end", "--go-live", who="li").code == 2


def test_status_asks_for_a_hand_once_it_is_over(house: House) -> None:
    house.run("trial", "status")
    house.later(days=7)
    assert "试运行已到期" in house.run("status").out


def test_without_a_trial_the_command_says_how_to_have_one(house: House) -> None:
    house.config.write_text(cli_world.CONFIG, encoding="utf-8")
    assert "没有试运行" in house.run("trial", "status").out
    assert house.run("trial", "status", "--json").json() == {"trial": None}
