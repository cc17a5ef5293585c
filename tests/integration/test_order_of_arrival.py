"""Whatever order mentions come in: the same topics, counts and highest tier."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import select
from world import NOON, World, item

from monitor.domain.tier import Tier
from monitor.store.schema import DecisionRow, TopicRow

FIRST = "清河医院11月18日给急诊的孩子输错液，孩子进了抢救室，病历都在。"
SECOND = "我就在清河医院急诊，亲眼看见输错液那个孩子被推走，护士慌得不行，11月18日中午的事。"
POSTS = (
    item("a", FIRST),
    item("b", SECOND, NOON + timedelta(minutes=20)),
    item("c", f"转发。//{FIRST}", NOON + timedelta(minutes=25), parent_id="a"),
    item("d", "清河医院排队排了两小时，真差。", NOON + timedelta(minutes=30)),
)
ORDERS = list(permutations(range(4)))[::5]


def settled(world: World) -> tuple[list[tuple[int, int, int]], int]:
    """Sizes and tiers of the topics once everything is in, and the highest tier there ever was."""
    with world.app.database.reading() as session:
        topics = session.scalars(select(TopicRow).where(TopicRow.merged_into.is_(None)))
        shape = sorted(
            (one.metrics["mentions"], one.metrics["sources"], one.metrics["claims"])
            for one in topics
        )
        highest = max(session.scalars(select(DecisionRow.to_tier)), default=0)
    return shape, highest


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: "".join("abcd"[n] for n in order))
def test_the_order_of_arrival_changes_neither_topics_nor_counts_nor_the_highest_tier(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    world = World(tmp_path)
    for place, number in enumerate(order):
        world.now = NOON + timedelta(minutes=40 + 10 * place)
        world.post(POSTS[number])
        world.decide()
        if place == 1:
            world.restart()
    world.now = NOON + timedelta(hours=2, minutes=1)
    with world.app.database.transaction() as session:
        for topic in session.scalars(select(TopicRow)):
            topic.check_at = world.now
    world.decide()

    shape, highest = settled(world)
    assert highest == Tier.ORANGE
    assert sum(one[0] for one in shape) == 4
    assert shape == [(1, 0, 1), (3, 2, 3)]
