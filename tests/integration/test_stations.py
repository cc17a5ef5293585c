"""The stations on a real store: from an item to an incident, its messages and its steps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from world import BRAND, HARM, NOON, World, item

from monitor.domain.incident import Incident, Lifecycle
from monitor.domain.tier import Tier
from monitor.stations import obey
from monitor.stations.upkeep import upkeep
from monitor.store import incidents, steps
from monitor.store.response_schema import OutboxRow, TransitionRow
from monitor.store.schema import (
    BrandMentionRow,
    DecisionRow,
    MentionRow,
    PredictionRow,
    RejectRow,
    SnapshotRow,
    TopicRow,
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.app.database.close()


def count(world: World, table: type) -> int:
    with world.app.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def incident(world: World) -> Incident:
    with world.app.database.reading() as session:
        return incidents.load(session, 1)


def test_a_post_that_names_no_brand_is_counted_and_not_kept(world: World) -> None:
    intake = world.post(item(1, "今天天气真好"))

    assert (intake.unmatched, intake.new, count(world, MentionRow)) == (1, 0, 0)


def test_personal_data_and_authors_never_reach_the_store(world: World) -> None:
    world.post(item(1, "清河医院护士电话13812345678，找张先生", author="真名用户"))

    with world.app.database.reading() as session:
        row = session.scalars(select(MentionRow)).one()
    assert "13812345678" not in row.text
    assert row.author_key is not None
    assert "真名用户" not in row.author_key


def test_the_same_post_again_is_a_new_snapshot_and_not_a_new_mention(world: World) -> None:
    world.post(item(1, HARM, likes=3, observed_at=NOON))
    later = NOON + timedelta(minutes=5)

    intake = world.post(item(1, HARM, likes=900, observed_at=later))

    assert (intake.again, count(world, MentionRow), count(world, SnapshotRow)) == (1, 1, 2)
    with world.app.database.reading() as session:
        assert session.scalars(select(MentionRow.likes)).one() == 900


def test_an_older_reading_of_the_counters_does_not_overwrite_a_newer_one(world: World) -> None:
    world.post(item(1, HARM, likes=900, observed_at=NOON))

    world.post(item(1, HARM, likes=3, observed_at=NOON - timedelta(minutes=5)))

    with world.app.database.reading() as session:
        assert session.scalars(select(MentionRow.likes)).one() == 900


def test_an_edited_post_is_judged_anew(world: World) -> None:
    world.post(item(1, "清河医院环境不错", observed_at=NOON))
    world.decide()

    world.post(item(1, HARM, observed_at=NOON + timedelta(minutes=5)))
    world.decide()

    assert incident(world).tier is Tier.ORANGE


def test_a_repost_that_names_nobody_belongs_to_its_ancestors_brand(world: World) -> None:
    world.post(item(1, HARM), item(2, "太惨了", parent_id="1"), item(3, "转发微博", parent_id="2"))

    assert count(world, BrandMentionRow) == 3


def test_a_repost_that_comes_before_its_original_waits_for_it(world: World) -> None:
    early = world.post(item(2, "太惨了", parent_id="1"), item(3, "转发微博", parent_id="2"))
    assert (early.waiting, count(world, BrandMentionRow)) == (2, 0)

    world.post(item(1, HARM))

    assert count(world, BrandMentionRow) == 3


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (item("", HARM), "缺少编号"),
        (item(1, HARM, at=NOON + timedelta(days=2)), "未来"),
    ],
    ids=["without an id", "from the future"],
)
def test_a_bad_item_costs_only_itself(world: World, bad: object, reason: str) -> None:
    intake = world.post(bad, item(2, "清河医院不错"))  # type: ignore[arg-type]

    assert intake.new == 1
    assert reason in intake.rejected[0][1]
    with world.app.database.reading() as session:
        assert reason in session.scalars(select(RejectRow.reason)).one()


@pytest.mark.parametrize(
    "text", ["清河医院😡😡😡", "清河医院" * 25_000, "清河医院\x00\ud83d", "清河医院\u200b"]
)
def test_strange_texts_pass_through_the_whole_line(world: World, text: str) -> None:
    world.post(item(1, text), item(2, HARM))
    world.decide()

    assert count(world, PredictionRow) == 2
    assert incident(world).tier is Tier.ORANGE


def test_equal_texts_are_read_once(world: World) -> None:
    world.post(*(item(number, "清河医院排队好久") for number in range(20)))
    world.decide()
    world.post(item(99, "清河医院排队好久"))
    world.decide()

    assert len(world.classifier.read) == 1


def test_a_harm_claim_opens_an_orange_incident_with_evidence(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()

    with world.app.database.reading() as session:
        decision = session.scalars(select(DecisionRow)).one()
    assert (decision.from_tier, decision.to_tier) == (Tier.NONE, Tier.ORANGE)
    assert decision.evidence == [1]
    assert "患者安全" in decision.reason
    assert decision.metrics["mentions"] == 1
    assert incident(world).lifecycle is Lifecycle.OPEN


def test_a_watch_rule_lights_yellow_for_a_negative_mention_only(tmp_path: Path) -> None:
    world = World(tmp_path, watch=[{"name": "停车", "rule": "停车 AND NOT 免费"}])
    world.post(item(1, "清河医院停车很方便"))
    world.decide()
    assert count(world, DecisionRow) == 0

    world.post(item(2, "清河医院停车太差了"))
    world.decide()

    assert incident(world).tier is Tier.YELLOW
    with world.app.database.reading() as session:
        assert "关注规则「停车」" in session.scalars(select(DecisionRow.reason)).one()
    world.app.database.close()


def test_upkeep_forgets_reposts_whose_original_never_came(world: World) -> None:
    world.post(item(2, "太惨了", parent_id="1"))
    upkeep(world.app, world.now)
    assert count(world, MentionRow) == 1

    upkeep(world.app, world.now + timedelta(days=1, hours=1))

    assert count(world, MentionRow) == 0


def test_denials_and_general_talk_light_nothing(world: World) -> None:
    world.post(
        item(1, "网传清河医院11月18日急诊输错液进抢救室系谣言"),
        item(2, "清河医院专家讲座：急诊如何防止输错液，11月18日抢救室"),
    )
    world.decide()

    with world.app.database.reading() as session:
        assert session.scalar(select(func.max(TopicRow.tier))) == Tier.NONE


def test_two_independent_growing_sources_raise_to_red_and_call_again(world: World) -> None:
    world.post(item(1, HARM))
    world.later(minutes=1)
    other = "我家孩子也在清河医院急诊被输错液，昨天夜里抢救室躺了一晚，病历上写着别人的名字！"
    posts = [item(f"r{n}", "太气人了", parent_id="2") for n in range(12)]
    world.post(item(2, other), *posts)

    world.later(minutes=1)

    assert incident(world).tier is Tier.RED
    assert "升为红色" in world.bots.to("group")[-1].body
    assert len(world.bots.to("zhang-bot")) == 2


def test_group_messages_hold_no_quotes_and_personal_ones_do(world: World) -> None:
    world.post(item(1, HARM, url="https://example.cn/p/1"))
    world.decide()
    world.deliver()

    group, person = world.bots.to("group")[0].body, world.bots.to("zhang-bot")[0].body
    assert "护士长" not in group
    assert "护士长" in person
    assert "未核实" in person
    assert incident(world).code in group


def test_nobody_answers_so_the_next_person_is_called_and_an_ack_ends_it(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()
    world.deliver()
    world.later(minutes=14)
    assert world.bots.to("li-bot") == []

    world.later(minutes=1)

    assert len(world.bots.to("li-bot")) == 1


def test_after_a_stall_one_call_goes_out_and_not_all_the_missed_ones(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()

    world.later(hours=5)

    first = [one for one in world.bots.to("zhang-bot") if "步骤超时" not in one.body]
    assert (len(first), len(world.bots.to("li-bot"))) == (1, 1)


def test_the_playbook_opens_with_its_first_step_done(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()

    with world.app.database.reading() as session:
        opened = steps.of_incident(session, 1)
    assert [one.status.value for one in opened[:2]] == ["done", "open"]
    assert opened[0].step_id == "evidence"


def test_a_late_step_is_told_once(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()
    world.deliver()
    world.later(minutes=6)
    world.later(minutes=1)

    late = [one for one in world.bots.to("zhang-bot") if "步骤超时" in one.body]
    assert len(late) == 1
    code = incident(world).code
    assert f"「值班人接手」：fengsui incidents ack {code}" in late[0].body


def test_the_step_of_taking_up_cannot_be_ticked_off_while_people_are_called(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()
    code = incident(world).code

    with pytest.raises(obey.RefusedError, match=f"fengsui incidents ack {code}"):
        obey.finish_step(world.app, code, "ack", "zhang", "")


def test_a_quiet_orange_comes_down_level_by_level(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()

    for _ in range(24 * 4):
        world.later(hours=1)

    assert incident(world).tier is Tier.NONE
    with world.app.database.reading() as session:
        tiers = session.scalars(select(DecisionRow.to_tier).order_by(DecisionRow.id)).all()
    assert tiers == [Tier.ORANGE, Tier.YELLOW, Tier.NONE]
    assert "患者安全类" in world.bots.to("group")[-1].body


def test_a_lone_weak_claim_at_night_waits_for_the_morning(world: World) -> None:
    world.now = NOON + timedelta(hours=14)  # 02:00 in Shanghai
    world.post(item(1, "清河医院误诊", at=world.now))
    world.decide()
    world.deliver()
    assert incident(world).lifecycle is Lifecycle.CANDIDATE
    assert world.bots.told == []

    world.later(hours=6)

    assert incident(world).tier is Tier.YELLOW
    assert incident(world).lifecycle is Lifecycle.OPEN


def test_a_restart_between_any_two_steps_changes_nothing(tmp_path: Path) -> None:
    def play(folder: Path, *, restarts: bool) -> tuple[object, ...]:
        world = World(folder)
        texts = [HARM, "清河医院排队两小时", HARM + "请扩散", "清河医院误诊我爸，11月17日"]
        for number, text in enumerate(texts):
            world.post(item(number, text))
            if restarts:
                world.restart()
            world.later(minutes=3)
            if restarts:
                world.restart()
        with world.app.database.reading() as session:
            topics = session.execute(select(TopicRow.key, TopicRow.tier)).all()
            trail = session.execute(select(TransitionRow.kind, TransitionRow.at)).all()
            sent = session.scalars(select(OutboxRow.key).order_by(OutboxRow.key)).all()
        world.app.database.close()
        return sorted(map(tuple, topics)), list(map(tuple, trail)), sent

    assert play(tmp_path / "one", restarts=False) == play(tmp_path / "two", restarts=True)


def test_every_mention_of_the_brand_is_explained_by_its_hits(world: World) -> None:
    world.post(item(1, f"昨天去了{BRAND}"))

    with world.app.database.reading() as session:
        hits = session.scalars(select(BrandMentionRow.hits)).one()
    assert hits[0]["terms"] == [[BRAND, 4, 4 + len(BRAND)]]


def test_after_the_engine_lowers_it_calls_by_the_lower_tiers_rules(world: World) -> None:
    world.now = NOON + timedelta(hours=5)  # 17:00 in Shanghai; orange falls at 23:30
    world.post(item(1, HARM, at=world.now))
    world.decide()
    with world.app.database.transaction() as session:
        session.execute(update(BrandMentionRow).values(risk=None, negative=False))
        session.execute(update(TopicRow).values(check_at=world.now))
    world.decide()
    for _ in range(7):
        world.later(hours=1)
    assert incident(world).tier is Tier.YELLOW
    told = len(world.bots.told)

    for _ in range(6):  # until 06:00: yellow waits for the morning
        world.later(hours=1)

    assert [m.body for _, m in world.bots.told[told:] if "认领" in m.body] == []


def _quiet_orange(world: World) -> None:
    """An ORANGE whose claim is gone, watched for an hour since."""
    world.post(item(1, HARM))
    world.decide()
    with world.app.database.transaction() as session:
        session.execute(update(BrandMentionRow).values(risk=None, negative=False))
        session.execute(update(TopicRow).values(check_at=world.now))
    world.decide()
    world.later(hours=1)


@pytest.mark.parametrize("halted", [False, True], ids=["the clock jumps", "nobody watched"])
def test_six_hours_that_nobody_watched_lower_no_orange(world: World, *, halted: bool) -> None:
    _quiet_orange(world)
    if halted:
        world.restart()
    world.later(hours=6)
    assert incident(world).tier is Tier.ORANGE

    for _ in range(3):
        world.later(hours=1)
    assert incident(world).tier is Tier.ORANGE

    world.later(hours=1)  # six watched hours: one before, one of the jump, four after it
    assert incident(world).tier is Tier.YELLOW


def test_restarts_while_a_tier_cools_down_change_nothing(tmp_path: Path) -> None:
    def falls(folder: Path, *, restarts: bool) -> list[datetime]:
        world = World(folder)
        _quiet_orange(world)
        for _ in range(20):
            world.later(hours=1)
            if restarts:
                world.restart()
        with world.app.database.reading() as session:
            found = session.scalars(select(DecisionRow.at).order_by(DecisionRow.id)).all()
        world.app.database.close()
        return list(found)

    once = falls(tmp_path / "one", restarts=False)
    assert len(once) == 3
    assert once == falls(tmp_path / "two", restarts=True)


def test_many_late_steps_make_one_reminder(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()

    world.later(hours=3)
    world.later(minutes=5)  # the call goes first, what calls nobody a little later

    late = [one for one in world.bots.to("zhang-bot") if "步骤超时" in one.body]
    assert len(late) == 1
    assert "等" in late[0].body
