"""Several stories at once: RED mutes its brand's yellows, others' trouble opens a self-check."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from world import BRAND, HARM, NOON, World, base, item

from monitor.domain.incident import Incident, Lifecycle
from monitor.domain.tier import Tier
from monitor.stations import muting
from monitor.store import incidents

EIGHT = datetime.fromisoformat("2026-11-19T08:00+08:00")
RED = f"{HARM}卫健委官方通报：已成立调查组。"
FEES = "清河医院乱收费，同一个检查收了两遍，客服说不清，太气人了。"
RIVAL = "东山医院11月18日给急诊的孩子输错液，孩子进了抢救室，护士长说在查。"
NOTICE = "抖音发布医疗健康类账号管理公告：医生认证账号不再支持代运营，误诊类内容从严治理。"


@pytest.fixture
def world(tmp_path: Path) -> World:
    brand = {**base()["brands"][0], "competitors": ["东山医院"]}
    watch = [{"name": "收费", "brand": BRAND, "rule": "乱收费"}]
    return World(tmp_path, brands=[brand], watch=watch)


def everything(world: World) -> list[Incident]:
    with world.app.database.reading() as session:
        return incidents.all_incidents(session, active=False)


def of_tier(world: World, tier: Tier) -> Incident:
    return next(one for one in everything(world) if one.tier is tier)


def pages(world: World, code: str) -> list[str]:
    told = [text for name, text in world.bots.told if name not in {"group", "ops"}]
    return [one.subject for one in told if f"编号 {code}" in one.subject]


def red_then_yellow(world: World) -> Incident:
    world.post(item(1, RED))
    world.later()
    world.post(item(2, FEES, NOON + timedelta(minutes=1)))
    world.later(minutes=1)
    return of_tier(world, Tier.YELLOW)


def test_red_mutes_the_calls_of_its_brands_yellows_and_lists_them(world: World) -> None:
    yellow = red_then_yellow(world)
    world.later(hours=2)

    red = of_tier(world, Tier.RED)
    assert pages(world, red.code)
    assert pages(world, yellow.code) == []
    with world.app.database.reading() as session:
        assert [one.code for one in muting.muted(session, red)] == [yellow.code]
        assert muting.muted_by(session, yellow) == red


def test_a_muted_yellow_that_gets_louder_calls(world: World) -> None:
    yellow = red_then_yellow(world)
    world.post(item(3, f"{FEES}孩子还被误诊，11月18日在急诊抢救，病历为证。", NOON))
    world.later(minutes=1)

    louder = [one for one in everything(world) if one.tier is Tier.ORANGE]

    assert louder
    assert all(pages(world, one.code) for one in louder)
    assert yellow.code


def test_when_red_has_ended_its_yellows_call(world: World) -> None:
    yellow = red_then_yellow(world)
    red = of_tier(world, Tier.RED)
    with world.app.database.transaction() as session:
        row = session.get_one(incidents.IncidentRow, red.id)
        row.lifecycle = Lifecycle.RESOLVED.value
        row.data = {**row.data, "lifecycle": Lifecycle.RESOLVED.value}

    told = len(world.bots.told)
    world.later(minutes=20)

    # It may come bundled with the other calls of the hour.
    assert any(yellow.code in message.body for _, message in world.bots.told[told:])


def test_a_competitors_crisis_opens_a_self_check_that_is_read_at_eight(world: World) -> None:
    world.post(item(1, RIVAL))
    world.later()

    (check,) = everything(world)
    assert (check.brand, check.tier, check.kind) == (BRAND, Tier.YELLOW, "self_check")
    world.later(hours=10)
    assert pages(world, check.code) == []
    world.now = EIGHT
    world.later()
    assert pages(world, check.code)
    assert "同行「东山医院」出现橙色舆情" in "".join(m.body for _, m in world.bots.told)


def test_a_quiet_competitor_and_one_of_nobody_open_nothing(world: World) -> None:
    world.post(item(1, "东山医院的医生今天很耐心。"), item(2, RIVAL.replace("东山", "西湖")))
    world.later()

    assert everything(world) == []


def test_the_same_story_opens_one_self_check_and_nobody_need_answer_it(world: World) -> None:
    world.post(item(1, RIVAL))
    world.later()
    world.post(item(2, "我也在东山医院，11月17日误诊，病历在手，人在抢救。", NOON))
    world.later(minutes=5)
    assert len(everything(world)) == 1

    for _ in range(9):
        world.later(hours=12)

    (check,) = everything(world)
    assert check.tier is Tier.NONE


def test_a_platform_notice_opens_a_self_check_by_the_models_word(world: World) -> None:
    from world import RISKS

    RISKS["公告"] = "regulatory"
    try:
        world.post(item(1, NOTICE), item(2, "抖音上那个医生讲得真好，关注了。"))
        world.later()
    finally:
        del RISKS["公告"]

    (check,) = everything(world)
    assert (check.kind, check.brand, check.tier) == ("self_check", BRAND, Tier.YELLOW)


def test_who_wants_no_notices_stores_none(tmp_path: Path) -> None:
    world = World(tmp_path, brands=[{**base()["brands"][0], "platform_notices": False}])

    assert world.post(item(1, NOTICE)).unmatched == 1


def test_others_are_no_brand_of_the_weekly_report(world: World) -> None:
    from monitor.reports.gather import gather
    from monitor.reports.week import Week

    world.post(item(1, RIVAL))
    world.later()
    week = Week(2026, 47)
    with world.app.database.reading() as session:
        found = gather(session, week, world.now, [BRAND], {})

    assert found.brands == (BRAND,)
