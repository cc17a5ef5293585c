"""Other settings for a running application: in force at once, or refused with the old ones kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from world import BRAND, HARM, World, base, item

from monitor.bootstrap import rebuild
from monitor.config import Settings
from monitor.store.schema import BrandMentionRow


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.app.database.close()


def changed(world: World, **settings: Any) -> Settings:
    given = {"data_dir": world.settings.data_dir, **base(), **settings}
    return Settings.model_validate(given)


def test_new_people_channels_and_brands_are_in_force(world: World) -> None:
    channels = [*base()["channels"], {"name": "new-bot", "url": "json://127.0.0.1:9/new"}]
    people = [{"id": "zhao", "name": "赵某", "channels": ["new-bot"]}]
    settings = changed(
        world,
        brands=[{"name": "青禾诊所"}],
        people=people,
        oncall={"levels": [{"name": "值班", "people": ["zhao"]}]},
        channels=channels,
    )
    world.app = rebuild(world.app, settings)

    intake = world.post(item(1, HARM.replace(BRAND, "青禾诊所")), item(2, HARM))
    world.decide()
    world.deliver()

    assert (intake.new, intake.unmatched) == (1, 1)
    assert "赵某" in world.bots.to("new-bot")[0].body
    assert world.bots.to("zhang-bot") == []


def test_a_story_goes_on_in_its_topic(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()

    world.app = rebuild(world.app, changed(world))
    world.post(item(2, HARM + "请扩散"))
    world.decide()

    with world.app.database.reading() as session:
        topics = set(session.scalars(select(BrandMentionRow.topic_id)))
    assert len(topics) == 1


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"data_dir": "/nowhere"}, "data_dir"),
        ({"database": "postgresql+psycopg://127.0.0.1/other"}, "database"),
        ({"tiers": {"policy": "/nowhere.yaml"}}, "nowhere"),
        ({"model": {"path": "/nowhere", "labels": {"no": "negative", "yes": "positive"}}}, "模型"),
    ],
    ids=["another folder", "another store", "a policy that is not there", "a model not there"],
)
def test_what_cannot_be_used_is_refused_and_the_old_settings_stay(
    world: World, settings: dict[str, Any], reason: str
) -> None:
    before = world.app

    wanted = changed(world, **settings)
    with pytest.raises(ValueError, match=reason):
        rebuild(world.app, wanted)

    assert world.app is before
