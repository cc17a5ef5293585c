"""Silences: they hold back YELLOW and ORANGE, end, tell what they held, and never touch RED."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from test_several_incidents import FEES, everything, of_tier, pages
from world import BRAND, HARM, NOON, World, item

from monitor.domain.command import Command, Kind
from monitor.domain.incident import Incident
from monitor.domain.silence import Scope
from monitor.domain.tier import Tier
from monitor.reports.run import run_weekly
from monitor.reports.week import parse_week
from monitor.stations import obey, silencing
from monitor.stations.tend import tend
from monitor.store import retention, silences
from monitor.store.response_schema import CommandRow
from monitor.store.silence_schema import HeldRow

NOTICE = f"{HARM}卫健委官方通报：已成立调查组。"


@pytest.fixture
def world(tmp_path: Path) -> World:
    watch = [{"name": "收费", "brand": BRAND, "rule": "乱收费"}]
    return World(tmp_path, watch=watch)


def hush(world: World, scope: Scope, tier: Tier = Tier.YELLOW, **length: float) -> int:
    until = world.now + timedelta(**(length or {"hours": 2}))
    return silencing.add(world.app, scope, tier, until, "搬家期间大家都知道", "zhang")


def told(world: World, channel: str) -> list[str]:
    return [one.subject for one in world.bots.to(channel)]


def held(world: World) -> list[tuple[str, str, int]]:
    with world.app.database.reading() as session:
        rows = session.scalars(select(HeldRow).order_by(HeldRow.id))
        return [(one.kind, one.recipient, one.tier) for one in rows]


def yellow(world: World) -> Incident:
    world.post(item(1, FEES, world.now))
    world.later()
    return of_tier(world, Tier.YELLOW)


def orange(world: World) -> Incident:
    world.post(item(1, HARM, world.now))
    world.later()
    return of_tier(world, Tier.ORANGE)


def asks(world: World, code: str, kind: Kind, who: str) -> None:
    obey.command(world.app, code, Command(obey.new_id(), kind, who, world.now, "理由", {}))


def test_a_silenced_yellow_calls_nobody_and_calls_once_when_the_silence_is_over(
    world: World,
) -> None:
    hush(world, Scope(brand=BRAND))
    one = yellow(world)
    for _ in range(3):
        world.later(minutes=39)
    assert world.bots.told == []
    assert held(world) == [("page", "zhang", 1), ("group", "group:group", 1)]

    world.restart()
    world.later(minutes=3)

    assert [pages(world, one.code)] == [told(world, "zhang-bot")]
    assert len(told(world, "zhang-bot")) == len(told(world, "group")) == 1
    assert told(world, "li-bot") == []
    assert "升级呼叫" not in told(world, "zhang-bot")[0]


def test_a_rise_to_orange_breaks_through_a_silence_of_yellow(world: World) -> None:
    one = yellow(world)
    asks(world, one.code, Kind.ACK, "zhang")
    hush(world, Scope(code=one.code))
    before = len(world.bots.told)
    wish = Command(obey.new_id(), Kind.PIN, "zhang", world.now, "更糟", pinned(world, Tier.ORANGE))
    obey.command(world.app, one.code, wish)
    world.later()

    assert len(told(world, "zhang-bot")) > 1
    assert len(world.bots.told) > before


def pinned(world: World, tier: Tier) -> dict[str, str]:
    return {"tier": tier.key, "until": (world.now + timedelta(hours=5)).isoformat()}


def test_red_passes_every_silence_at_once_and_its_end_is_told(world: World) -> None:
    one = orange(world)
    hush(world, Scope(brand=BRAND))
    hush(world, Scope(code=one.code), Tier.ORANGE)
    before = len(told(world, "zhang-bot"))
    world.later(minutes=16)
    assert told(world, "li-bot") == []  # the next level would have been called

    world.post(item(2, NOTICE, world.now))
    world.later()

    assert of_tier(world, Tier.RED)
    assert len(told(world, "zhang-bot")) == before + 1
    with world.app.database.transaction() as session:
        outcome = obey.find(session, one.code)
        assert silences.covering(session, outcome.id, Tier.ORANGE, world.now) is not None
    assert "红色" in told(world, "group")[-1]


def test_an_orange_goes_on_where_its_chain_stood_and_one_end_is_enough_for_two(
    world: World,
) -> None:
    one = orange(world)
    first = hush(world, Scope(code=one.code), Tier.ORANGE, hours=1)
    world.later(minutes=16)
    second = hush(world, Scope(code=one.code), Tier.ORANGE, hours=3)
    world.later(minutes=45)
    assert told(world, "li-bot") == []
    with world.app.database.reading() as session:
        pages_of = {
            number: [
                one.recipient for one in silences.held_by(session, number) if one.kind == "page"
            ]
            for number in (first, second)
        }
    assert pages_of == {first: ["li"], second: ["li"]}

    silencing.end(world.app, second, "li")
    world.later()

    assert len(told(world, "li-bot")) == 1
    with world.app.database.reading() as session:
        kinds = session.scalars(select(CommandRow.kind).order_by(CommandRow.at)).all()
    assert kinds == ["silence", "silence", "silence_end"]


def test_reminders_under_a_silence_are_told_as_one_when_it_is_over(world: World) -> None:
    one = orange(world)
    asks(world, one.code, Kind.ACK, "zhang")
    world.deliver()
    before = len(told(world, "zhang-bot"))
    hush(world, Scope(code=one.code), Tier.ORANGE, minutes=100)
    world.later(minutes=50)
    world.later(minutes=40)
    assert len(told(world, "zhang-bot")) == before
    assert len(held(world)) > 1

    world.later(minutes=15)

    (last,) = world.bots.to("zhang-bot")[before:]
    assert "静默已结束，期间压下" in last.body


def test_two_processes_release_a_silence_once(world: World) -> None:
    hush(world, Scope(brand=BRAND), hours=1)
    yellow(world)
    other = world.opened()
    world.now += timedelta(hours=1)
    tend(other, world.now)
    tend(world.app, world.now)
    other.database.close()
    world.deliver()

    assert len(told(world, "zhang-bot")) == 1


@pytest.mark.parametrize(
    ("tier", "word"),
    [(Tier.YELLOW, "是橙色"), (Tier.RED, "红色从不静默")],
)
def test_an_incident_louder_than_the_silence_is_refused(
    world: World, tier: Tier, word: str
) -> None:
    one = orange(world)
    with pytest.raises(obey.RefusedError, match=word):
        hush(world, Scope(code=one.code), tier)
    assert [one.code for one in everything(world)] == [one.code]


def test_the_clock_set_back_does_not_begin_a_silence_again(world: World) -> None:
    hush(world, Scope(brand=BRAND), hours=1)
    yellow(world)
    world.later(hours=1)
    world.now = NOON + timedelta(minutes=30)

    with world.app.database.reading() as session:
        assert list(silences.in_force(session, world.now)) == []


def test_a_silence_of_long_ago_is_forgotten_with_what_it_held_and_a_younger_one_is_not(
    world: World,
) -> None:
    hush(world, Scope(brand=BRAND), hours=1)
    yellow(world)
    world.later(hours=1)
    hush(world, Scope(brand=BRAND), hours=1)
    cut = retention.Cutoffs.at(world.now + timedelta(minutes=1), 9, 9, audit=0)

    gone = retention.purge(world.app.database, cut)

    assert gone["silences"] == 1
    assert held(world) == []
    with world.app.database.reading() as session:
        assert [one.settled_at for one in silences.everything(session)] == [None]


def test_the_weekly_report_tells_who_silenced_what_and_what_was_held_back(
    world: World, tmp_path: Path
) -> None:
    number = hush(world, Scope(brand=BRAND, risk="fees_fraud"))
    yellow(world)
    world.later(hours=1)
    silencing.end(world.app, number, "li")
    week = parse_week("2026-W47")
    report, path = run_weekly(world.app, week, world.now, tmp_path / "reports")

    (line,) = report.quiet.silences
    assert line.silence.scope == f"{BRAND}的收费与欺诈类，黄色"
    assert (line.silence.begin, line.silence.end) == (NOON, world.now)
    assert (line.silence.made_by, line.silence.ended_by) == ("zhang", "li")
    assert line.held.value == 2
    page = path.read_text(encoding="utf-8")
    assert "搬家期间大家都知道" in page
    assert "li 提前结束" in page
