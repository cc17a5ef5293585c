"""No flood: six interruptions an hour and person beyond a new RED; the rest waits, never lost."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from crash_story import story
from sqlalchemy import select
from test_deliver import statuses, write
from world import HARM, NOON, World, item

from alerts.facts import Kind as Fact
from alerts.message import Delivery, Status
from monitor.domain.command import Command, Kind
from monitor.domain.escalation import Page
from monitor.domain.tier import Tier
from monitor.stations import bundling, notices, obey, settling
from monitor.store import budgets, incidents, outbox
from monitor.store.budgets import KEPT_FOR_RED, LIMIT
from monitor.store.response_schema import IncidentRow, OutboxRow


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.app.database.close()


def rows(world: World) -> list[OutboxRow]:
    with world.app.database.reading() as session:
        return list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


def notice(world: World, number: int, **fields: Any) -> None:
    code = fields.pop("code", f"N{number}")
    given = {"cause": f"事{number}", "kind": "notice", "channels": ("zhang-bot",), "code": code}
    write(world, **{**given, "body": f"第{number}件\n细节", "short": f"第{number}件", **fields})


def test_what_comes_within_five_minutes_goes_out_together(world: World) -> None:
    notice(world, 0)
    world.deliver()
    for number in (1, 2, 3):
        world.later(seconds=30)
        notice(world, number)
    world.later(seconds=30)
    assert len(world.bots.to("zhang-bot")) == 1
    world.later(minutes=3)

    first, bundle = world.bots.to("zhang-bot")
    assert first.body == "第0件\n细节"
    assert bundle.body == "【汇总】3 条消息：\n· 第1件\n· 第2件\n· 第3件"
    assert statuses(world)["zhang-bot"] == ["sent"] + ["superseded"] * 3 + ["sent"]


def test_what_had_to_wait_for_its_turn_is_not_said_on_the_next_channel_as_well(
    world: World,
) -> None:
    notice(world, 0, channels=("zhang-bot", "zhang-mail"))
    world.deliver()
    notice(world, 1, channels=("zhang-bot", "zhang-mail"))
    world.later(minutes=1)
    with world.app.database.transaction() as session:
        world.now += timedelta(minutes=5)
        [row] = outbox.due(session, world.now, 9)
        outbox.lease(session, row, world.now)
    world.deliver()

    assert world.bots.to("zhang-mail") == []


def test_calls_do_not_wait_for_five_minutes(world: World) -> None:
    for number in range(2):
        notice(world, number, kind="page", priority=Tier.ORANGE)
        world.later(seconds=5)

    assert len(world.bots.to("zhang-bot")) == 2


def test_six_an_hour_with_two_kept_for_red_and_the_rest_in_a_bundle(world: World) -> None:
    for number in range(12):
        notice(world, number, kind="page", priority=Tier.ORANGE)
        world.later(minutes=2)
    assert len(world.bots.to("zhang-bot")) == LIMIT - KEPT_FOR_RED
    for number in range(20, 24):
        notice(world, number, kind="page", priority=Tier.RED)
        world.later(seconds=1)
    assert len(world.bots.to("zhang-bot")) == LIMIT
    world.later(minutes=60)

    bundle = world.bots.to("zhang-bot")[-1]
    said = "\n".join(one.body for one in world.bots.to("zhang-bot"))
    assert all(f"第{number}件" in said for number in (*range(12), *range(20, 24)))
    assert "认领：fengsui incidents ack" in bundle.body
    assert {row.status for row in rows(world)} == {"sent", "superseded"}


def test_a_new_red_waits_for_nobodys_budget(world: World) -> None:
    for number in range(12):
        notice(world, number, kind="page", priority=Tier.ORANGE)
        world.later(seconds=10)
    told = len(world.bots.to("zhang-bot"))
    notice(world, 99, kind="page", priority=Tier.RED, urgent=True)
    world.later(seconds=1)

    assert len(world.bots.to("zhang-bot")) == told + 1
    assert world.bots.to("zhang-bot")[-1].body == "第99件\n细节"


BOTH = {"channels": ("zhang-bot", "zhang-mail"), "kind": "page", "priority": Tier.ORANGE}
GONE = Delivery(Status.DEAD, "机器人已被移除", "93000")


def heard(world: World) -> int:
    """How often 张 was interrupted so far; a new RED is beside the count."""
    with world.app.database.reading() as session:
        return len(budgets.told(session, NOON - DAY, world.now, "zhang"))


def test_what_only_the_copy_told_is_an_interruption(world: World) -> None:
    world.bots.answers["zhang-bot"] = [GONE] * 99
    for number in range(12):
        notice(world, number, **BOTH)
        world.later(seconds=30)
    assert len(world.bots.to("zhang-mail")) == heard(world) == LIMIT - KEPT_FOR_RED
    world.later(minutes=60)
    world.later(minutes=1)

    said = "\n".join(one.body for one in world.bots.to("zhang-mail"))
    assert all(f"第{number}件" in said for number in range(12))


def test_the_same_words_on_two_channels_are_one_interruption(world: World) -> None:
    for number in range(LIMIT - KEPT_FOR_RED):
        # Refused twice, so both channels are used; then the first takes it after all.
        world.bots.answers["zhang-bot"] = [Delivery(Status.RETRY, "500")] * 2
        notice(world, number, **BOTH)
        for _ in range(4):
            world.later(seconds=30)

    assert heard(world) == LIMIT - KEPT_FOR_RED
    assert {row.status for row in rows(world) if row.recipient == "zhang"} == {"sent"}
    assert len(world.bots.to("zhang-mail")) == LIMIT - KEPT_FOR_RED


def test_what_failed_on_every_channel_interrupted_nobody(world: World) -> None:
    world.bots.answers = {"zhang-bot": [GONE] * 9, "zhang-mail": [GONE] * 9}
    for number in range(9):
        notice(world, number, **BOTH)
        world.later(seconds=30)
    assert heard(world) == 0

    notice(world, 9, **BOTH)
    world.later(seconds=30)

    assert world.bots.to("zhang-bot")[-1].body == "第9件\n细节"


def test_after_a_stall_the_next_channel_gets_no_more_than_the_first_might_have(
    world: World,
) -> None:
    for number in range(30):
        notice(world, number, **BOTH)
    world.now += timedelta(minutes=2)  # the program stood still, and comes back
    for _ in range(9):
        world.deliver()
        world.later(seconds=20)

    assert heard(world) <= LIMIT
    assert len(world.bots.to("zhang-mail")) <= LIMIT
    said = "\n".join(one.body for one in world.bots.to("zhang-bot"))
    assert all(f"第{number}件" in said for number in range(30))


def test_a_new_red_finds_the_next_channel_whatever_was_heard(world: World) -> None:
    world.bots.answers["zhang-bot"] = [GONE] * 99
    for number in range(9):
        notice(world, number, **BOTH)
        world.later(seconds=30)
    notice(world, 99, **{**BOTH, "priority": Tier.RED, "urgent": True})
    world.later(seconds=1)

    assert world.bots.to("zhang-mail")[-1].body == "第99件\n细节"
    assert heard(world) == LIMIT - KEPT_FOR_RED


def test_what_may_have_arrived_is_an_interruption(world: World) -> None:
    world.bots.answers["zhang-bot"] = [Delivery(Status.UNKNOWN, "读取超时")] * 99
    for number in range(30):
        notice(world, number, kind="page", priority=Tier.ORANGE)
        world.later(minutes=1)

    assert len({one.key for one in world.bots.to("zhang-bot")}) == LIMIT - KEPT_FOR_RED


def test_the_next_call_of_a_red_that_nobody_heard_of_yet_waits_for_no_budget(world: World) -> None:
    for number in range(LIMIT):
        notice(world, number, kind="page", priority=Tier.RED)
        world.later(seconds=1)
    world.post(item(1, HARM))
    world.decide()
    number = next(row.incident_id for row in rows(world) if row.incident_id)
    red = {"kind": "page", "priority": Tier.RED, "incident_id": number}
    world.bots.answers["zhang-bot"] = [Delivery(Status.RETRY, "限流", "130101", retry_after=600)]
    notice(world, 20, **red, urgent=True)
    world.deliver()
    world.now += timedelta(minutes=5)
    notice(world, 21, **red)  # the next level is the same person, who is only about to be told
    world.later(minutes=6)

    assert world.bots.to("zhang-bot")[-1].code == "N21"


def test_a_bundle_of_system_trouble_says_what_the_trouble_is(world: World) -> None:
    for number in range(3):
        body = f"【系统告警】\n来源{number}看不见了"
        write(
            world,
            cause=f"m{number}",
            kind="meta",
            recipient="operator",
            channels=("ops",),
            body=body,
        )
    world.deliver()

    (bundle,) = world.bots.to("ops")
    assert all(f"来源{number}看不见了" in bundle.body for number in range(3))


def test_yellow_that_waited_for_the_morning_comes_as_one_message(world: World) -> None:
    for number in range(5):
        notice(world, number, kind="page", priority=Tier.YELLOW)
    world.deliver()

    (digest,) = world.bots.to("zhang-bot")
    assert digest.body.startswith("【汇总】5 条消息：\n· 第0件")


def test_a_call_that_may_go_out_says_all_it_has_to_say(world: World) -> None:
    notice(world, 0)
    world.deliver()
    notice(world, 1)
    notice(world, 2, kind="page", priority=Tier.ORANGE)
    world.later(seconds=10)

    assert world.bots.to("zhang-bot")[-1].body == "第2件\n细节"


def test_one_persons_budget_is_nobody_elses(world: World) -> None:
    for number in range(9):
        notice(world, number, kind="page")
    notice(world, 100, kind="page", recipient="li", channels=("li-bot",))
    world.deliver()

    assert len(world.bots.to("li-bot")) == 1


def test_a_digest_of_unknown_fate_is_not_resent_its_items_join_the_next_marked(
    world: World,
) -> None:
    notice(world, 0)
    world.deliver()
    notice(world, 1)
    notice(world, 2)
    world.bots.answers["zhang-bot"] = [Delivery(Status.UNKNOWN, "读取超时")]
    world.later(minutes=6)
    notice(world, 3)
    world.later(minutes=6)

    _, unknown, following = world.bots.to("zhang-bot")
    assert not unknown.maybe_duplicate
    assert following.maybe_duplicate
    assert following.body == "【汇总】3 条消息：\n· 第1件\n· 第2件\n· 第3件"
    assert {row.status for row in rows(world)} == {"sent", "superseded"}


def test_a_page_that_was_answered_leaves_no_line_in_a_bundle(world: World) -> None:
    for number in range(6):
        notice(world, number, kind="page")
        world.later(seconds=1)
    with world.app.database.transaction() as session:
        held = session.scalars(select(OutboxRow).where(OutboxRow.held)).all()
        assert len(held) == 2
        held[0].status = "cancelled"
    world.later(hours=1)

    assert "第4件" not in world.bots.to("zhang-bot")[-1].body


def test_a_bundle_of_calls_that_were_all_answered_meanwhile_is_not_sent_again(
    world: World,
) -> None:
    world.post(item(1, HARM))
    world.decide()
    with world.app.database.transaction() as session:
        [call] = session.scalars(select(OutboxRow).where(OutboxRow.kind == "page"))
        bundle = OutboxRow(
            **{name: getattr(call, name) for name in ("recipient", "channel", "priority")},
            key="bundle",
            kind="bundle",
            subject="",
            body="【汇总】",
            short="",
            created_at=world.now,
            next_at=world.now,
        )
        session.add(bundle)
        session.flush()
        call.status, call.carried_by = "superseded", bundle.id
        code = call.code
    wish = Command(obey.new_id(), Kind.ACK, "zhang", world.now)
    obey.command(world.app, code, wish)
    world.deliver()

    assert world.bots.to("zhang-bot") == []
    assert [row.status for row in rows(world) if row.kind == "bundle"] == ["cancelled"]


RESTRICTED = {"names": ["高某某"], "chain": ["wang"]}


def bundled(world: World, status: str, *numbers: int) -> OutboxRow:
    """The call of a new incident and these notices, in a bundle that has failed once."""
    world.post(item(1, HARM))
    world.decide()
    for number in numbers:
        notice(world, number)
    with world.app.database.transaction() as session:
        mine = select(OutboxRow).where(OutboxRow.recipient == "zhang")
        bundle = bundling._bundle(session, list(session.scalars(mine)), world.now)
        bundle.status, bundle.attempts = status, 1
        bundle.lease_until = world.now + outbox.LEASE if status == "leased" else None
        return bundle


@pytest.mark.parametrize("status", ["retry", "leased"])
def test_a_bundle_that_waits_says_nothing_of_what_was_restricted_since(
    tmp_path: Path, status: str
) -> None:
    world = World(tmp_path, restricted=RESTRICTED)
    bundle = bundled(world, status, 5)
    code = next(row.code for row in rows(world) if row.kind == "page")
    assert code in bundle.body
    world.post(item(2, f"{HARM}高某某压下了这事。", at=world.now, parent_id="1"))
    for _ in range(4):
        world.later(minutes=1)

    said = [one for one in world.bots.to("zhang-bot") if "汇总" in one.subject]
    assert [one.body for one in said] == ["【汇总】1 条消息：\n· 第5件"]
    assert all(code not in one.body + one.short for one in world.bots.to("zhang-bot"))
    world.app.database.close()


def test_a_bundle_of_nothing_but_what_was_restricted_since_is_not_sent(tmp_path: Path) -> None:
    world = World(tmp_path, restricted=RESTRICTED)
    bundled(world, "retry")
    world.post(item(2, f"{HARM}高某某压下了这事。", at=world.now, parent_id="1"))
    world.later(minutes=1)

    assert world.bots.to("zhang-bot") == []
    assert {row.status for row in rows(world) if row.recipient == "zhang"} == {"cancelled"}
    world.app.database.close()


def test_the_copy_of_a_bundle_on_the_next_channel_says_no_more_than_the_bundle(
    tmp_path: Path,
) -> None:
    world = World(tmp_path, restricted=RESTRICTED)
    bundle = bundled(world, "dead", 5)
    with world.app.database.transaction() as session:
        row = session.get_one(OutboxRow, bundle.id)
        row.fallbacks = ["zhang-mail"]
        settling.elsewhere(session, row, world.now)
    world.post(item(2, f"{HARM}高某某压下了这事。", at=world.now, parent_id="1"))
    world.later(minutes=1)

    assert [one.body for one in world.bots.to("zhang-mail")] == ["【汇总】1 条消息：\n· 第5件"]
    world.app.database.close()


LEVELS = [
    {"name": "值班", "people": ["zhang"]},
    {"name": "备班", "people": ["li"]},
    {"name": "总监", "people": ["li"]},
    {"name": "院领导", "people": ["wang"]},
]


def test_the_leadership_is_briefed_every_half_hour_while_red_and_at_its_end(
    tmp_path: Path,
) -> None:
    world = World(tmp_path, oncall={"levels": LEVELS})
    for step in story()[:7]:
        world.now += timedelta(minutes=step.minutes)
        step.do(world)
    with world.app.database.transaction() as session:
        number = session.scalars(select(OutboxRow.incident_id).where(OutboxRow.kind == "page"))
        incident = incidents.load(session, number.first() or 0)
        call = Page(incident.id, Tier.RED, 4, 1, ("wang",), world.now, world.now)
        notices.page(world.app, session, incident, call, Fact.ESCALATED, world.now)
    # The call itself is answered before it goes out: the first that they hear is a briefing.
    world.bots.answers["wang-bot"] = [Delivery(Status.UNKNOWN, "读取超时")]
    for _ in range(95):
        world.later(minutes=1)
        with world.app.database.transaction() as session:
            held = incidents.load(session, incident.id)
            row = session.get_one(IncidentRow, incident.id)
            row.data = {**row.data, "ack_lease_until": (world.now + DAY).isoformat()}
            assert held.tier is Tier.RED

    briefings = [one for one in world.bots.to("wang-bot") if "红色简报" in one.body]
    assert len(briefings) == 3
    assert [one.maybe_duplicate for one in briefings] == [False, True, False]
    assert "处置中，张某负责" in briefings[0].body
    with world.app.database.transaction() as session:
        session.get_one(IncidentRow, incident.id).tier = int(Tier.ORANGE)
    for _ in range(40):
        world.later(minutes=1)
    ends = [one for one in world.bots.to("wang-bot") if "红色都已解除" in one.body]
    assert len(ends) == 1
    world.app.database.close()


DAY = timedelta(days=1)
HARMS = ["误诊", "输错液", "泄露"]


def bad_day(world: World) -> Counter[tuple[str, int]]:
    """Three hours of fifteen stories and three hundred late posts; interruptions by hour."""
    chance = random.Random(7)  # noqa: S311 - posts of a test
    for minute in range(0, 180, 3):
        if minute % 12 == 0:
            story = minute // 12
            harm = HARMS[story % 3]
            text = f"清河互联网医院第{story}科11月18日{harm}，孩子住院，病历在，{story}号楼"
            world.post(item(f"s{story}", text, at=world.now))
        late = [
            item(f"{minute}-{n}", "太气人了", at=world.now, parent_id=f"s{chance.randint(0, 14)}")
            for n in range(5)
        ]
        world.post(*late)
        world.later(minutes=3)
    return by_hour(world)


def by_hour(world: World) -> Counter[tuple[str, int]]:
    with world.app.database.reading() as session:
        told = budgets.told(session, NOON - DAY, world.now)
        whom = {number: session.get_one(OutboxRow, number).recipient for number in told}
    hours = {number: int((at - NOON) / timedelta(hours=1)) for number, at in told.items()}
    return Counter((whom[number], hour) for number, hour in hours.items())


@pytest.mark.timeout(300)
def test_on_a_bad_day_nobody_hears_more_than_six_an_hour_and_nothing_is_lost(
    world: World,
) -> None:
    counted = bad_day(world)
    table: dict[str, list[int]] = defaultdict(lambda: [0] * 4)
    for (recipient, hour), number in counted.items():
        table[recipient][hour] = number
    for recipient, hours in sorted(table.items()):
        print(f"{recipient}\t" + "\t".join(map(str, hours)))  # noqa: T201 - the figure asked for

    people = {who: hours for who, hours in table.items() if who != "operator"}
    assert "zhang" in people
    assert max(max(hours) for hours in people.values()) <= LIMIT
    for _ in range(12):
        world.later(minutes=10)
    left = [row for row in rows(world) if row.status in ("pending", "retry", "leased")]
    assert all(row.created_at > world.now - timedelta(hours=1) for row in left)
    sent = {row.id for row in rows(world) if row.status == "sent"}
    for row in rows(world):
        assert row.carried_by is None or row.carried_by in sent, "carried by what was not sent"
