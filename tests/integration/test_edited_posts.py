"""Posts that are edited after we read them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from world import HARM, NOON, World, item

from crawlers.items import Item
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


def looked(text: str, at: datetime) -> Item:
    return item(1, text, observed_at=at, raw={"looked_again": True})


def test_an_article_read_again_is_an_edit_only_when_its_words_changed(world: World) -> None:
    told = "清河医院回应称，孩子输错液后正在抢救，护士长已经停职，院方向家属致歉。"
    world.post(item(1, told))
    world.decide()
    read_before = len(world.classifier.read)

    world.post(looked(told, LATER))
    world.decide()
    assert len(world.classifier.read) == read_before
    with world.app.database.reading() as session:
        assert session.scalars(select(MentionRow.edited_at)).one() is None

    world.post(looked("登录后查看清河医院", LATER))  # a teaser says nothing of an edit
    edited = told.replace("护士长已经停职，", "")
    world.post(looked(edited, LATER + timedelta(minutes=10)))
    world.decide()
    assert len(world.classifier.read) == read_before + 1
    with world.app.database.reading() as session:
        kept = session.scalars(select(MentionRow)).one()
        assert "停职" not in kept.text
        assert kept.edited_at == world.now


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
