"""From a post to what it says of us: two hospitals in one text, reposts, two brands of ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from world import BRAND, HARM, NOON, World, item

from monitor.stations.parts import OWN_WORDS_LIMIT
from monitor.store.schema import BrandMentionRow, TopicRow

SISTER = "绿洲药房"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, brands=[{"name": BRAND, "aliases": ["清河医院"]}, {"name": SISTER}])
    yield world
    world.app.database.close()


def said(world: World, brand: str = BRAND) -> list[BrandMentionRow]:
    """What each mention says of a brand, in the order they were stored."""
    world.decide()
    with world.app.database.reading() as session:
        found = select(BrandMentionRow).where(BrandMentionRow.brand == brand)
        return list(session.scalars(found.order_by(BrandMentionRow.mention_id)))


@pytest.mark.parametrize(
    "text",
    [
        "清河医院的医生很耐心。东山医院11月18日给孩子输错液，孩子进了抢救室，真惨",
        "多亏清河医院！都怪县医院误诊",
        "东山医院太差了，比清河医院差远了",
        "不像东山医院那样乱收费，清河医院很透明",
    ],
)
def test_a_text_that_praises_us_and_blames_another_is_not_negative_for_us(
    world: World, text: str
) -> None:
    world.post(item(1, text))

    [part] = said(world)
    assert (part.negative, part.risk) == (False, None)


@pytest.mark.parametrize(
    "text",
    [
        "东山医院的医生很耐心。清河医院11月18日给孩子输错液，孩子进了抢救室",
        "清河医院误诊，转到东山医院才确诊，东山医院的医生很好",
    ],
)
def test_a_text_that_blames_us_and_praises_another_is_negative_for_us(
    world: World, text: str
) -> None:
    world.post(item(1, text))

    [part] = said(world)
    assert (part.negative, part.risk) == (True, "patient_safety")


def test_each_of_our_brands_is_judged_on_its_own_words(world: World) -> None:
    world.post(item(1, f"清河医院的医生很耐心，{SISTER}排队两小时，店员态度真差"))

    [hospital], [pharmacy] = said(world), said(world, SISTER)
    assert (hospital.own_words, hospital.negative) == ("清河医院的医生很耐心,", False)
    assert (pharmacy.negative, pharmacy.risk) == (True, "service_complaint")


@pytest.mark.parametrize(
    "text", ["转发微博", "呵呵", "支持！", "@张某 说得对", "//@李某:转发微博", ""]
)
def test_whoever_only_passes_on_or_agrees_takes_the_judgement_of_the_original(
    world: World, text: str
) -> None:
    world.post(item(1, HARM), item(2, text, parent_id="1"), item(3, text, parent_id="2"))

    original, *reposts = said(world)
    assert [part.negative for part in reposts] == [True, True]
    assert {part.words_hash for part in reposts} == {original.words_hash}


def test_a_bare_repost_is_loud_but_claims_nothing(world: World) -> None:
    world.post(item(1, HARM), item(2, "转发微博", parent_id="1"))

    _, repost = said(world)
    assert (repost.risk, repost.attributed, repost.blamed) == (None, False, False)


def test_a_bare_repost_of_good_news_is_no_bad_news(world: World) -> None:
    world.post(item(1, "清河医院环境不错"), item(2, "支持", parent_id="1"))

    assert [part.negative for part in said(world)] == [False, False]


@pytest.mark.parametrize(("text", "negative"), [("太惨了", True), ("已经辟谣了，别传", False)])
def test_a_repost_with_words_is_judged_by_them_and_not_by_the_original(
    world: World, text: str, negative: bool
) -> None:
    world.post(item(1, HARM), item(2, f"{text}//@张某:{HARM}", parent_id="1"))

    _, repost = said(world)
    assert (repost.negative, repost.own_words) == (negative, text.replace("，", ","))


def test_a_bare_repost_whose_original_we_never_saw_is_judged_by_what_it_carries(
    world: World,
) -> None:
    world.post(item(1, f"转发微博//@张某:{HARM}"))

    [part] = said(world)
    assert (part.negative, part.risk) == (True, "patient_safety")


def test_a_repost_that_came_first_takes_the_judgement_when_its_original_comes(
    world: World,
) -> None:
    world.post(item(2, "转发微博", parent_id="1"))
    world.post(item(1, HARM))

    assert [part.negative for part in said(world)] == [True, True]


def test_a_repost_edited_down_to_nothing_takes_the_judgement_of_the_original(
    world: World,
) -> None:
    world.post(item(1, HARM), item(2, "已经辟谣了", parent_id="1", observed_at=NOON))
    later = NOON + timedelta(minutes=5)

    world.post(item(2, "转发微博", parent_id="1", observed_at=later))

    assert [part.negative for part in said(world)] == [True, True]


def test_many_bare_reposts_do_not_water_the_anger_down(world: World) -> None:
    reposts = [item(f"r{n}", "转发微博", parent_id="1") for n in range(20)]
    world.post(item(1, HARM), *reposts)
    world.decide()

    with world.app.database.reading() as session:
        assert session.scalars(select(TopicRow)).one().metrics["negative_share"] == 1.0


def test_a_lone_pleasantry_is_neutral_without_the_model(world: World) -> None:
    world.post(item(1, "清河医院环境不错"), item(2, "呵呵", parent_id="1"))
    said(world)

    assert "呵呵" not in world.classifier.read


def test_of_a_very_long_page_the_words_near_our_name_are_read(world: World) -> None:
    filler = "今天的天气预报说有雨，请大家带好雨具。\n" * 600
    world.post(item(1, f"行业周报\n{filler}清河医院误诊，家属报警。\n{filler}"))

    [part] = said(world)
    assert "清河医院误诊" in part.own_words
    assert len(part.own_words) <= OWN_WORDS_LIMIT
    assert part.negative
