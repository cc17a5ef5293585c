"""Posts that are edited after we read them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from world import HARM, NOON, World, item

from monitor.store.schema import BrandMentionRow, MentionRow

LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.app.database.close()


def test_the_hits_of_an_edited_post_point_into_its_new_text(world: World) -> None:
    world.post(item(1, "昨天去了清河医院", observed_at=NOON))

    world.post(item(1, "清河医院，昨天去了", observed_at=LATER))

    with world.app.database.reading() as session:
        [hit] = session.scalars(select(BrandMentionRow.hits)).one()
        text = session.scalars(select(MentionRow.text)).one()
    term, start, end = hit["terms"][0]
    assert text[start:end] == term


def test_a_repost_that_names_the_brand_only_later_speaks_of_it(world: World) -> None:
    world.post(item(1, "清河医院环境不错"), item(2, "唉", parent_id="1", observed_at=NOON))

    world.post(item(2, HARM, parent_id="1", observed_at=LATER))
    world.decide()

    with world.app.database.reading() as session:
        found = select(BrandMentionRow.attributed).where(BrandMentionRow.mention_id == 2)
        assert session.scalars(found).one()


def test_an_edited_repost_goes_on_waiting_for_its_original(world: World) -> None:
    world.post(item(2, "唉", parent_id="1", observed_at=NOON))
    world.post(item(2, "唉，太惨了", parent_id="1", observed_at=LATER))
    world.decide()

    world.post(item(1, HARM))

    with world.app.database.reading() as session:
        assert len(session.scalars(select(BrandMentionRow)).all()) == 2
