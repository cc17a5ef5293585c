"""A YELLOW of the night waits for eight o'clock, unless its topic grows threefold until then."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from test_several_incidents import FEES
from world import BRAND, World, item

from monitor.domain.silence import Scope
from monitor.domain.tier import Tier
from monitor.stations import silencing
from monitor.stations.tend import tend
from monitor.store import incidents

TWO = datetime.fromisoformat("2026-11-19T02:00+08:00")
EIGHT = datetime.fromisoformat("2026-11-19T08:00+08:00")


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path, watch=[{"name": "收费", "brand": BRAND, "rule": "乱收费"}])
    made.now = TWO
    made.post(item(1, FEES, made.now))
    made.later()
    return made


def passed_on(world: World, number: int) -> None:
    """So many more join the topic, without a word of their own."""
    first = len(world.classifier.read) + 100 * number
    told = [item(f"r{first}-{n}", "转发微博", world.now, parent_id="1") for n in range(number)]
    world.post(*told)
    world.later(minutes=1)


def pages(world: World) -> list[str]:
    return [one.body for name, one in world.bots.told if name not in {"group", "ops"}]


def test_a_yellow_that_grows_threefold_calls_once_at_night_after_a_restart_too(
    world: World,
) -> None:
    world.restart()
    passed_on(world, 5)

    (page,) = pages(world)
    assert "夜里这个话题的网帖成倍增加，所以不等早上" in page
    passed_on(world, 30)
    world.later(hours=3)
    assert len(pages(world)) == 1  # the next level is called in the morning
    world.now = EIGHT + timedelta(minutes=1)
    world.later()
    assert len(world.bots.to("li-bot")) == 1


def test_a_silenced_yellow_does_not_ring_because_it_grows(world: World) -> None:
    until = EIGHT + timedelta(hours=1)
    silencing.add(world.app, Scope(brand=BRAND), Tier.YELLOW, until, "都知道了", "zhang")
    passed_on(world, 9)
    world.now = EIGHT
    world.later()
    assert pages(world) == []

    world.now = until
    world.later()
    assert len(pages(world)) == 1


def test_two_processes_wake_once(world: World) -> None:
    told = [item(f"x{n}", "转发微博", world.now, parent_id="1") for n in range(9)]
    world.post(*told)
    other = world.opened()
    with world.app.database.reading() as session:
        assert incidents.grown_runs(session) == []
    world.decide()
    tend(other, world.now)
    other.database.close()
    world.deliver()

    assert len(pages(world)) == 1
