"""What people end, lower or pin, and what the engine makes of it afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from world import HARM, World, item

from monitor.domain.command import Command, Kind
from monitor.domain.incident import Incident, Lifecycle
from monitor.domain.tier import Tier
from monitor.stations import notices, obey
from monitor.store import incidents, steps
from monitor.store.response_schema import IncidentRow, OutboxRow
from monitor.store.schema import BrandMentionRow, DecisionRow, TopicRow
from monitor.store.topics import Topics

OTHER = "我家孩子也在清河医院急诊被输错液，昨天夜里抢救室躺了一晚，病历上写着别人的名字！"
ELSEWHERE = "清河医院眼科11月17日误诊我父亲，拖成失明，主任已经承认，病历和录音都在。"
WEAK = "清河医院误诊我爸"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.app.database.close()


def ask(world: World, kind: Kind, number: int = 1, **args: str) -> Incident:
    wish = Command(obey.new_id(), kind, "zhang", world.now, "已查清", args)
    return obey.command(world.app, incident(world, number).code, wish)


def incident(world: World, number: int = 1) -> Incident:
    with world.app.database.reading() as session:
        return incidents.load(session, number)


def opened(world: World) -> int:
    with world.app.database.reading() as session:
        return session.scalar(select(func.count()).select_from(IncidentRow)) or 0


def orange(world: World) -> None:
    world.post(item(1, HARM))
    world.later(seconds=1)


def resolved(world: World) -> None:
    orange(world)
    ask(world, Kind.ACK)
    ask(world, Kind.ASSIGN, commander="zhang")
    ask(world, Kind.RESOLVE)


def test_a_new_claim_brings_a_resolved_incident_back_and_tells_its_holder(world: World) -> None:
    resolved(world)
    world.later(hours=1)
    assert incident(world).lifecycle is Lifecycle.RESOLVED

    world.post(item(2, OTHER, at=world.now))
    world.later(minutes=1)

    after = incident(world)
    assert (after.lifecycle, after.occurrence) == (Lifecycle.RESPONDING, 2)
    assert any("又起来了" in one.body for one in world.bots.to("zhang-bot"))
    assert "又起来了" in world.bots.to("group")[-1].body


def test_its_playbook_goes_on_where_it_was(world: World) -> None:
    resolved(world)
    with world.app.database.reading() as session:
        assert "open" not in {one.status.value for one in steps.of_incident(session, 1)}
    world.later(hours=1)

    world.post(item(2, OTHER, at=world.now))
    world.later(minutes=1)

    with world.app.database.reading() as session:
        states = [one.status.value for one in steps.of_incident(session, 1)]
    assert states[:2] == ["done", "done"]
    assert set(states[2:]) == {"open"}


def test_what_was_known_when_it_was_resolved_does_not_bring_it_back(world: World) -> None:
    resolved(world)

    world.post(item(3, "清河医院环境不错", at=world.now))
    for _ in range(8):
        world.later(hours=9)

    assert incident(world).occurrence == 1


def test_a_copy_of_a_false_alarm_calls_nobody_and_a_new_voice_does(world: World) -> None:
    orange(world)
    ask(world, Kind.DISMISS)
    world.post(item(2, HARM + "请大家扩散", at=world.now))
    world.later(minutes=10)
    assert opened(world) == 1

    world.post(item(3, OTHER, at=world.now))
    world.later(minutes=1)

    assert opened(world) == 2
    assert incident(world, 2).recurs_of == 1


def test_what_a_closed_incident_knew_does_not_make_the_next_one_louder(world: World) -> None:
    resolved(world)
    ask(world, Kind.CLOSE)
    world.now += timedelta(hours=14)  # 02:00 in Shanghai
    world.post(item(2, "清河医院急诊又输错液了", at=world.now))
    world.later(minutes=1)
    assert incident(world, 2).recurs_of == 1

    for _ in range(30):
        world.later(minutes=15)

    assert incident(world, 2).tier is Tier.YELLOW


def test_a_dismissed_night_claim_does_not_wait_for_the_morning_again(world: World) -> None:
    world.now += timedelta(hours=14)  # 02:00 in Shanghai
    world.post(item(1, WEAK, at=world.now))
    world.decide()
    ask(world, Kind.DISMISS)

    world.post(item(2, WEAK, at=world.now))
    world.later(minutes=10)
    world.later(hours=7)

    assert opened(world) == 1


def test_what_was_opened_anew_cannot_be_reopened_beside_it(world: World) -> None:
    orange(world)
    ask(world, Kind.DISMISS)
    world.later(minutes=1)
    world.post(item(3, OTHER, at=world.now))
    world.later(minutes=1)

    with pytest.raises(obey.RefusedError, match=incident(world, 2).code):
        ask(world, Kind.REOPEN)


def test_nothing_of_a_dismissed_incident_is_sent_any_more(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()

    ask(world, Kind.DISMISS)
    world.deliver()

    assert world.bots.told == []


def test_a_claim_that_was_published_before_but_seen_after_the_lowering_counts(
    world: World,
) -> None:
    orange(world)
    ask(world, Kind.ACK)
    ask(world, Kind.ASSIGN, commander="zhang")
    world.later(hours=1)
    ask(world, Kind.LOWER, tier="yellow")
    world.later(minutes=1)
    assert incident(world).tier is Tier.YELLOW

    world.post(item(2, OTHER, at=world.now - timedelta(minutes=30)))
    world.later(minutes=1)

    assert incident(world).tier is Tier.ORANGE


def test_a_sign_of_progress_does_not_keep_the_tier_from_falling(world: World) -> None:
    orange(world)
    ask(world, Kind.ACK)
    with world.app.database.transaction() as session:
        session.execute(update(BrandMentionRow).values(risk=None, negative=False))
        session.execute(update(TopicRow).values(check_at=world.now))

    for _ in range(14):
        world.later(minutes=30)
        ask(world, Kind.TOUCH)

    assert incident(world).tier is Tier.YELLOW


def test_a_pin_that_has_expired_does_not_hide_the_end_of_the_lease(world: World) -> None:
    orange(world)
    ask(world, Kind.ACK)
    ask(world, Kind.PIN, tier="orange", until=(world.now + timedelta(minutes=9)).isoformat())

    for _ in range(9):
        world.later(minutes=15)

    assert incident(world).lifecycle is Lifecycle.OPEN


def test_a_yellow_that_faded_rests_after_72_hours_and_closes_72_hours_later(world: World) -> None:
    world.post(item(1, WEAK))
    for _ in range(24 * 5):
        world.later(hours=1)
    assert incident(world).lifecycle is Lifecycle.RESOLVED

    for _ in range(24 * 3):
        world.later(hours=1)

    assert incident(world).lifecycle is Lifecycle.CLOSED
    assert ["已解除" in one.body for one in world.bots.to("group")].count(True) == 1


def test_an_incident_whose_topic_joins_a_resolved_one_goes_on(world: World) -> None:
    resolved(world)
    world.post(item(2, ELSEWHERE, at=world.now))
    world.later(minutes=1)
    assert opened(world) == 2
    with world.app.database.transaction() as session:
        keys = session.scalars(select(TopicRow.key).order_by(TopicRow.id)).all()
        topics = Topics(session, world.now)
        topics.merge_strand(incident(world).brand, keys[1], keys[0], keys[0])

    world.post(item(3, OTHER, at=world.now))
    world.later(minutes=1)

    with world.app.database.reading() as session:
        active = incidents.all_incidents(session, active=True)
    assert [one.topic_key for one in active] == [keys[0]]


def test_one_topic_that_fails_does_not_keep_the_others_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.post(item(1, HARM))
    world.post(item(2, ELSEWHERE))
    whole, failed = notices.page, list[bool]()

    def page(*arguments: object) -> None:
        if not failed:
            failed.append(True)
            raise ArithmeticError
        whole(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(notices, "page", page)
    with pytest.raises(ArithmeticError):
        world.decide()

    assert opened(world) == 1
    with world.app.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(DecisionRow)) == 1


def test_two_alerts_to_the_operator_in_one_round_are_both_told(world: World) -> None:
    orange(world)
    with world.app.database.transaction() as session:
        for text in ("第 2 级没有人值班", "已叫遍各级"):
            notices.operator(world.app, session, text, world.now, incident(world))
    world.deliver()

    said = "".join(one.body for one in world.bots.to("ops"))
    assert "第 2 级没有人值班" in said
    assert "已叫遍各级" in said


def test_after_the_clock_was_set_back_calls_go_on_at_their_pace(world: World) -> None:
    orange(world)
    world.now -= timedelta(hours=6)

    for _ in range(17):
        world.later(minutes=1)

    assert len(world.bots.to("li-bot")) == 1


def test_after_the_clock_was_set_back_no_message_waits_for_it(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()
    world.now -= timedelta(hours=6)

    world.deliver()

    with world.app.database.reading() as session:
        assert set(session.scalars(select(OutboxRow.status))) == {"sent"}


def test_after_the_clock_was_set_back_the_lease_is_no_longer_than_it_was(world: World) -> None:
    orange(world)
    ask(world, Kind.ACK)
    world.now -= timedelta(hours=6)

    for _ in range(13):
        world.later(minutes=10)

    assert incident(world).lifecycle is Lifecycle.OPEN
