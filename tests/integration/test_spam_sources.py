"""A page that nobody wrote is no second voice: it raises no source count."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from world import HARM, World, item

from monitor.stations.measure import measure
from monitor.store.schema import TopicRow

SPUN = (
    "清河互联网医院11月18日急诊给孩子输错液，年夜部门家眷存眷此事，院方发布通知布告鼓动勉励反应环境。"
    "先容说，护士长经由过程德律风回应，此次变乱长短常严重的，不克不及让患者掉去信赖，相干职员已被停职。"
    "家眷暗示，曩昔三天一向没法见到主管大夫，孩子还在抢救室，良多问题今朝没有回应，极可能要比及下周。"
    "有人指出，标的目的是明白的，病院可以或许削减近似环境，应当罗致教训，晋升办事，打消年夜众的疑虑。"
)
VOICE = "我家孩子也在清河医院急诊被输错液，昨天夜里抢救室躺了一晚，病历上写着别人的名字！"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.app.database.close()


def sources(world: World) -> int:
    with world.app.database.reading() as session:
        topics = session.scalars(select(TopicRow)).all()
        return max(measure(session, one, world.app.policy, world.now).sources for one in topics)


@pytest.mark.parametrize(
    ("second", "title", "counted"),
    [(VOICE, "", 2), (SPUN, "", 1), (VOICE, "雷竞技-孩子在急诊被输错液", 1)],
    ids=["another parent counts", "a spun copy does not", "search bait does not"],
)
def test_only_voices_count_as_sources(world: World, second: str, title: str, counted: int) -> None:
    world.post(item(1, HARM), item(2, second, title=title))

    world.later(minutes=1)

    assert sources(world) == counted
