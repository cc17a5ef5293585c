"""What was on its way while its incident changed is not sent again once it has lost its reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from test_no_flood import RESTRICTED, bundled, notice, rows
from world import HARM, World, item

from alerts.message import Delivery, Status
from monitor.domain.command import Command, Kind
from monitor.stations import obey
from monitor.store.response_schema import OutboxRow


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, restricted=RESTRICTED)
    yield world
    world.app.database.close()


def ask(world: World, kind: Kind, who: str = "zhang", **args: str) -> None:
    code = next(row.code for row in rows(world) if row.incident_id)
    obey.command(world.app, code, Command(obey.new_id(), kind, who, world.now, "查明了", args))


def once(world: World, kind: Kind, **args: str) -> None:
    world.bots.before_answer = lambda: None
    ask(world, kind, **args)


def while_on_its_way(world: World, answer: Status, kind: Kind, **args: str) -> list[str]:
    """Who is told of a new incident after a person has done this to it during the first send."""
    world.post(item(1, HARM))
    world.decide()
    world.bots.before_answer = lambda: once(world, kind, **args)
    refused = Delivery(answer, "平台这一刻不收")
    world.bots.answers = {"zhang-bot": [refused], "group": [refused]}
    for _ in range(5):
        world.deliver()
        world.later(seconds=40)
    told = [name for name, _ in world.bots.told]
    for name in ("zhang-bot", "group"):
        told.remove(name)  # the one that was on its way at that moment
    return told


@pytest.mark.parametrize("answer", [Status.RETRY, Status.UNKNOWN, Status.DEAD])
def test_what_became_restricted_on_its_way_goes_neither_again_nor_elsewhere(
    world: World, answer: Status
) -> None:
    told = while_on_its_way(world, answer, Kind.RESTRICT, chain="wang")

    assert set(told) <= {"wang-bot", "ops"}
    assert "wang-bot" in told
    assert all("编号 无" in one.body for one in world.bots.to("ops"))


@pytest.mark.parametrize("answer", [Status.RETRY, Status.UNKNOWN])
def test_no_group_hears_again_of_what_turned_out_to_be_a_false_alarm(
    world: World, answer: Status
) -> None:
    assert while_on_its_way(world, answer, Kind.DISMISS) == []
    assert {row.status for row in rows(world)} == {"cancelled"}


def test_system_trouble_that_names_a_restricted_incident_is_not_told_again(
    world: World,
) -> None:
    world.post(item(1, HARM))
    world.decide()
    code, number = next((row.code, row.incident_id) for row in rows(world) if row.code)
    trouble = {"kind": "meta", "incident_id": number, "code": "", "recipient": "operator"}
    notice(world, 1, body=f"事件 {code}：备班没有人", channels=("ops",), **trouble)
    notice(world, 2, body="王某没有可用的渠道", channels=("ops",), **trouble)
    with world.app.database.transaction() as session:
        for row in session.scalars(select(OutboxRow).where(OutboxRow.kind == "meta")):
            row.status, row.attempts, row.lease_until = "leased", 1, world.now
    ask(world, Kind.RESTRICT, chain="wang")
    for _ in range(3):
        world.later(minutes=1)

    assert [one.body for one in world.bots.to("ops")] == ["王某没有可用的渠道"]


def test_who_answered_one_that_is_restricted_by_now_is_told_that_nothing_was_noted(
    world: World,
) -> None:
    world.post(item(1, HARM))
    world.decide()
    number = next(row.incident_id for row in rows(world) if row.incident_id)
    ask(world, Kind.RESTRICT, chain="wang")
    notice(world, 1, kind="reply", incident_id=number, body="没有记下")
    world.deliver()

    assert [one.body for one in world.bots.to("zhang-bot")] == ["没有记下"]


@pytest.mark.parametrize("kind", [Kind.ACK, Kind.DISMISS])
def test_a_bundle_asks_nobody_to_take_up_what_needs_nobody_any_more(
    world: World, kind: Kind
) -> None:
    bundle = bundled(world, "retry", 5)
    code = next(row.code for row in rows(world) if row.kind == "page")
    assert f"认领：fengsui incidents ack {code}" in bundle.body
    ask(world, kind, who="li")
    world.later(minutes=1)

    said = [one.body for one in world.bots.to("zhang-bot") if "汇总" in one.subject]
    assert said == ["【汇总】1 条消息：\n· 第5件"]


def test_the_items_of_a_digest_of_unknown_fate_are_said_again_only_where_they_still_matter(
    world: World,
) -> None:
    world.post(item(1, HARM))
    world.decide()
    world.deliver()
    number = next(row.incident_id for row in rows(world) if row.incident_id)
    notice(world, 1, incident_id=number)
    notice(world, 2)
    world.bots.answers["zhang-bot"] = [Delivery(Status.UNKNOWN, "读取超时")]
    world.bots.before_answer = lambda: once(world, Kind.DISMISS)
    world.later(minutes=6)
    world.later(minutes=6)

    digests = [one.body for one in world.bots.to("zhang-bot") if "第2件" in one.body]
    assert "第1件" in digests[0]
    assert "第1件" not in digests[-1]
    assert len(digests) == 2
