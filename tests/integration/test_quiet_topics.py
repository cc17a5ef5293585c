"""Topics looked at together are decided as each would be by itself, with the same numbers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, inspect, select
from world import HARM, NOON, World, item

from crawlers.items import Item
from monitor.stations import due
from monitor.store.response_schema import IncidentRow, OutboxRow, RunRow, TransitionRow
from monitor.store.schema import BrandMentionRow, DecisionRow, TopicRow

WORDS = "停车挂号电梯食堂复诊药房楼层检查体检报告预约导诊病房护士手续周末小程序缴费"
SAID = (
    "清河医院{}很方便",
    "清河医院{}排队太久，差",
    "清河医院{}乱收费，气人",
    "清河医院{}误诊，11月17日儿科，病历在手，孩子还在抢救",
    "清河互联网医院{}泄露病人隐私，卫健委通报",
    "网传清河医院{}输错液是谣言",
)
RULES = [{"name": "裁员", "rule": "裁员"}]


def told(chance: random.Random, number: int, at: Any) -> Item:
    text = chance.choice(SAID).format("".join(chance.sample(WORDS, 8)))
    text = HARM if chance.random() < 0.03 else text
    text = f"{text}，裁员" if chance.random() < 0.05 else text
    parent = str(chance.randrange(number)) if number and chance.random() < 0.2 else None
    fields = {"views": chance.choice([None, 10, 200_000]), "parent_id": parent}
    return item(number, text, at - timedelta(minutes=chance.randrange(300)), **fields)


def story(world: World, seed: int) -> None:
    """A day of posts in bursts, with quiet hours in between and a night at its end."""
    chance, number = random.Random(seed), 0  # noqa: S311 - a story, no secret
    for hours in (0, 0.2, 1, 3, 7, 2, 26):
        world.now += timedelta(hours=hours)
        posts = [told(chance, number + n, world.now) for n in range(chance.randrange(5, 40))]
        number += len(posts)
        world.post(*posts)
        world.decide()


def rows(world: World) -> dict[str, list[dict[str, Any]]]:
    """Everything that was decided and what follows of it."""
    tables = (TopicRow, DecisionRow, IncidentRow, TransitionRow, RunRow, OutboxRow, BrandMentionRow)
    with world.app.database.reading() as session:
        return {
            table.__name__: [
                {column.key: getattr(row, column.key) for column in inspect(table).column_attrs}
                for row in session.scalars(select(table))
            ]
            for table in tables
        }


@contextmanager
def made(folder: Path) -> Iterator[World]:
    folder.mkdir()
    world = World(folder, watch=RULES)
    yield world
    world.app.database.close()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_together_is_as_one_at_a_time(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with made(tmp_path / "together") as world:
        story(world, seed)
        together = rows(world)
    monkeypatch.setattr(due, "settle_quiet", lambda *_args: [])
    with made(tmp_path / "alone") as world:
        story(world, seed)
        alone = rows(world)
    assert together == alone
    tiers = {row["tier"] for row in alone["TopicRow"]}
    assert 0 in tiers
    assert len(alone["IncidentRow"]) > 1


def test_quiet_topics_are_not_looked_at_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone: list[int] = []
    decide_topic = due.decide_topic
    monkeypatch.setattr(
        due, "decide_topic", lambda *args: (alone.append(args[2].id), decide_topic(*args))[1]
    )
    with made(tmp_path / "world") as world:
        chance = random.Random(5)  # noqa: S311 - a story, no secret
        calm = [SAID[0].format("".join(chance.sample(WORDS, 8))) for _ in range(20)]
        world.post(*(item(n, text, NOON) for n, text in enumerate(calm)), item("h", HARM, NOON))
        world.decide()
        with world.app.database.reading() as session:
            loud = set(session.scalars(select(TopicRow.id).where(TopicRow.tier > 0)))
            assert (session.scalar(select(func.count()).select_from(TopicRow)) or 0) > len(alone)
        assert set(alone) == loud != set()


def test_what_breaks_the_common_look_costs_no_decision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(due, "measure_quiet", broken)
    with made(tmp_path / "world") as world:
        world.post(item(1, SAID[0].format("停车"), NOON), item("h", HARM, NOON))
        world.decide()
        with world.app.database.reading() as session:
            assert session.scalar(select(func.count()).where(TopicRow.check_at <= world.now)) == 0
            assert session.scalar(select(func.count()).where(TopicRow.tier > 0)) == 1
    assert "together" in caplog.text
