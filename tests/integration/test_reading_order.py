"""The queue of the unread: what may light a tier is read first, from the store alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from world import HARM, NOON, World, item

from monitor.pipeline import settle
from monitor.stations.judge import READ, judge
from monitor.store.schema import MentionRow


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.app.database.close()


def waiting(world: World) -> set[str]:
    """The posts that have not been judged."""
    with world.app.database.reading() as session:
        found = select(MentionRow.native_id).where(MentionRow.state == "new")
        return set(session.scalars(found))


def dull(count: int) -> list[object]:
    """Posts of their own words, the higher the number the newer; all before noon."""
    return [
        item(n, f"清河医院停车第{n}次很方便", NOON - timedelta(minutes=5 * count - n))
        for n in range(count)
    ]


def test_a_harm_is_read_before_a_queue_of_praise(world: World) -> None:
    world.post(*dull(5 * READ), item("harm", HARM, NOON - timedelta(days=1)))
    judge(world.app, world.now)
    left = waiting(world)
    assert "harm" not in left
    assert len(left) == 4 * READ + 1
    assert "0" not in left, "who waits longest is read in every batch"
    assert str(5 * READ - 1) not in left, "else the newest"


def test_copies_of_a_read_text_are_judged_at_once_and_cost_no_reading(world: World) -> None:
    world.post(item("first", "清河医院停车很方便", NOON))
    settle(world.app, world.now)
    world.post(*dull(3 * READ), *(item(f"c{n}", "清河医院停车很方便", NOON) for n in range(50)))
    read = len(world.classifier.read)
    judge(world.app, world.now)
    assert not any(name.startswith("c") for name in waiting(world))
    assert len(world.classifier.read) - read == READ


def test_an_edit_that_tells_of_a_harm_is_read_first_and_one_that_takes_it_back_is_not(
    world: World,
) -> None:
    world.post(item("edited", "清河医院停车很方便", NOON), item("calmed", HARM, NOON))
    later = NOON + timedelta(minutes=1)
    world.now = later
    world.post(item("edited", HARM, NOON), item("calmed", "清河医院停车很方便", NOON))
    with world.app.database.reading() as session:
        found = select(MentionRow.native_id).where(MentionRow.suspected)
        assert list(session.scalars(found)) == ["edited"]


def test_settling_reads_everything_that_waits(world: World) -> None:
    world.post(*dull(5 * READ))
    settle(world.app, world.now)
    assert not waiting(world)
    with world.app.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(MentionRow)) == 5 * READ
