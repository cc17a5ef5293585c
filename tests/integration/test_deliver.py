"""The outbox: nothing lost, nothing doubled but one marked copy, and every end is an end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from world import HARM, World, item

from alerts.channels import Channel
from alerts.message import Delivery, Message, Status
from monitor.domain.command import Command, Kind
from monitor.domain.tier import Tier
from monitor.stations import obey
from monitor.store import outbox
from monitor.store.outbox import Draft
from monitor.store.response_schema import AttemptRow, OutboxRow


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.app.database.close()


def write(world: World, **fields: object) -> None:
    given = {
        "incident_id": None,
        "cause": "测试",
        "kind": "page",
        "recipient": "zhang",
        "channels": ("zhang-bot", "zhang-mail"),
        "subject": "标题",
        "body": "正文",
    }
    with world.app.database.transaction() as session:
        outbox.enqueue(session, Draft(**{**given, **fields}), world.now)  # type: ignore[arg-type]


def statuses(world: World) -> dict[str, list[str]]:
    """Status of every message by channel, oldest first."""
    found: dict[str, list[str]] = {}
    with world.app.database.reading() as session:
        for row in session.scalars(select(OutboxRow).order_by(OutboxRow.id)):
            found.setdefault(row.channel, []).append(row.status)
    return found


class Killed(BaseException):
    """Stands for kill −9: nothing after it runs."""


def test_the_same_cause_never_makes_a_second_message(world: World) -> None:
    write(world)
    write(world)
    world.deliver()

    assert len(world.bots.told) == 1


def test_a_dead_channel_hands_over_to_the_next_and_tells_the_operator(world: World) -> None:
    world.bots.answers["zhang-bot"] = [Delivery(Status.DEAD, "机器人地址失效", "93000")]
    write(world)
    world.deliver()
    world.deliver()

    assert statuses(world) == {"zhang-bot": ["dead"], "zhang-mail": ["sent"], "ops": ["sent"]}
    assert "机器人地址失效" in world.bots.to("ops")[0].body


def test_a_rate_limit_waits_for_its_window_and_fails_over_at_once(world: World) -> None:
    world.bots.answers["zhang-bot"] = [Delivery(Status.RETRY, "限流", "130101", retry_after=600)]
    write(world)
    world.deliver()
    world.later(seconds=59)
    assert [name for name, _ in world.bots.told] == ["zhang-bot", "zhang-mail"]

    world.later(minutes=10)

    assert statuses(world)["zhang-bot"] == ["sent"]


def test_a_blocked_channel_is_left_alone_for_other_messages_too(world: World) -> None:
    world.bots.answers["zhang-bot"] = [Delivery(Status.RETRY, "限流", "130101", retry_after=600)]
    write(world)
    world.deliver()
    write(world, cause="另一件", channels=("zhang-bot",))
    world.later(minutes=5)

    assert len(world.bots.to("zhang-bot")) == 1


def test_it_gives_up_after_six_tries_aloud(world: World) -> None:
    world.bots.answers["zhang-bot"] = [Delivery(Status.RETRY, "服务器 500")] * 99
    write(world, channels=("zhang-bot",))

    for _ in range(20):
        world.later(minutes=1)

    assert len(world.bots.to("zhang-bot")) == 6
    assert statuses(world)["zhang-bot"] == ["dead"]
    assert "试了 6 次" in world.bots.to("ops")[0].body


def test_a_dead_meta_alert_does_not_breed_others(world: World) -> None:
    world.bots.answers["zhang-bot"] = [Delivery(Status.DEAD, "失效")]
    world.bots.answers["ops"] = [Delivery(Status.DEAD, "也失效")] * 9
    write(world, channels=("zhang-bot",))

    for _ in range(5):
        world.later(minutes=1)

    assert statuses(world) == {"zhang-bot": ["dead"], "ops": ["dead"]}


def test_a_text_too_long_is_cut_and_sent_at_once(world: World) -> None:
    world.bots.answers["zhang-bot"] = [Delivery(Status.TOO_LONG, "太长", "40058")]
    write(world, body="很长" * 1000)
    world.deliver()
    world.deliver()

    first, second = world.bots.to("zhang-bot")
    assert len(second.body) < len(first.body)
    assert statuses(world)["zhang-bot"] == ["sent"]


def test_an_unknown_page_is_resent_once_and_marked(world: World) -> None:
    world.bots.answers["zhang-bot"] = [Delivery(Status.UNKNOWN, "读取超时")] * 2
    write(world)
    world.deliver()
    world.deliver()
    world.deliver()

    assert [one.maybe_duplicate for one in world.bots.to("zhang-bot")] == [False, True]
    assert statuses(world) == {"zhang-bot": ["dead"], "zhang-mail": ["sent"], "ops": ["sent"]}


def test_an_unknown_digest_is_not_resent(world: World) -> None:
    world.bots.answers["zhang-bot"] = [Delivery(Status.UNKNOWN, "读取超时")]
    write(world, kind="digest")
    world.deliver()
    world.later(minutes=5)

    assert statuses(world)["zhang-bot"] == ["unknown"]


def test_killed_before_the_answer_the_message_goes_out_once_more_marked(world: World) -> None:
    def kill() -> None:
        raise Killed

    write(world, channels=("zhang-bot",))
    world.bots.before_answer = kill
    with pytest.raises(Killed):
        world.deliver()
    world.bots.before_answer = lambda: None
    world.restart()

    world.later(seconds=59)
    assert len(world.bots.to("zhang-bot")) == 1
    world.later(seconds=2)
    world.later(minutes=10)

    assert [one.maybe_duplicate for one in world.bots.to("zhang-bot")] == [False, True]
    with world.app.database.reading() as session:
        fates = session.scalars(select(AttemptRow.status).order_by(AttemptRow.id)).all()
    assert fates == ["unknown", "sent"]


def test_a_channel_that_breaks_does_not_cost_the_others_their_answers(world: World) -> None:
    def send(channel: Channel, message: Message) -> Delivery:
        if channel.name == "zhang-bot":
            raise ArithmeticError
        return world.bots.send(channel, message)

    world.app.send = send
    write(world)
    write(world, cause="另一件", recipient="li", channels=("li-bot",))
    for _ in range(3):
        world.deliver()

    assert statuses(world) == {
        "zhang-bot": ["dead"],
        "li-bot": ["sent"],
        "zhang-mail": ["sent"],
        "ops": ["sent"],
    }
    assert len(world.bots.to("li-bot")) == 1


def test_two_workers_never_send_the_same_message(world: World) -> None:
    write(world)
    with world.app.database.transaction() as session:
        [row] = outbox.due(session, world.now, 9)
        assert outbox.lease(session, row, world.now) is not None

    with world.app.database.transaction() as session:
        assert outbox.due(session, world.now, 9) == []
        stale = session.get_one(OutboxRow, row.id)
        assert outbox.lease(session, stale, world.now) is None


def test_red_goes_before_yellow(world: World) -> None:
    write(world, cause="黄", channels=("zhang-bot",), body="黄", priority=Tier.YELLOW)
    write(world, cause="红", channels=("li-bot",), body="红", priority=Tier.RED)
    with world.app.database.reading() as session:
        assert [row.body for row in outbox.due(session, world.now, 9)] == ["红", "黄"]


def test_the_last_tokens_of_a_bucket_are_kept_for_red(world: World) -> None:
    with world.app.database.transaction() as session:
        spent = 0
        while outbox.take_token(session, "bot", 15, Tier.ORANGE, world.now) is None:
            spent += 1
        red = outbox.take_token(session, "bot", 15, Tier.RED, world.now)

    assert spent == 10
    assert red is None


def test_the_bucket_survives_a_restart(world: World) -> None:
    with world.app.database.transaction() as session:
        while outbox.take_token(session, "bot", 15, Tier.RED, world.now) is None:
            pass
    world.restart()

    with world.app.database.transaction() as session:
        wait = outbox.take_token(session, "bot", 15, Tier.RED, world.now)
    assert wait == world.now + timedelta(seconds=4)


def test_no_page_goes_out_after_the_acknowledgement(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()
    wish = Command(obey.new_id(), Kind.ACK, "zhang", world.now)
    code = obey.command(world.app, _code(world), wish).code
    for _ in range(3):
        world.later(minutes=10)

    pages = [m for n, m in world.bots.told if n.endswith("bot") and "认领" in m.body]
    assert pages == []
    assert code == _code(world)


def test_a_page_of_unknown_fate_is_not_resent_once_somebody_answered(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()
    world.bots.answers["zhang-bot"] = [Delivery(Status.UNKNOWN, "读取超时")]

    def acknowledge() -> None:
        world.bots.before_answer = lambda: None
        wish = Command(obey.new_id(), Kind.ACK, "zhang", world.now)
        obey.command(world.app, _code(world), wish)

    world.bots.before_answer = acknowledge
    world.deliver()
    world.later(minutes=2)

    assert [one.maybe_duplicate for one in world.bots.to("zhang-bot")] == [False]


def _code(world: World) -> str:
    with world.app.database.reading() as session:
        return session.scalars(select(OutboxRow.code).where(OutboxRow.code != "")).first() or ""


def test_every_message_ends(world: World) -> None:
    world.bots.answers["zhang-bot"] = [
        Delivery(Status.RETRY, "限流", retry_after=60),
        Delivery(Status.UNKNOWN, "超时"),
    ]
    world.post(item(1, HARM))
    for _ in range(12):
        world.later(minutes=5)
    wish = Command(obey.new_id(), Kind.ACK, "li", world.now)
    obey.command(world.app, _code(world), wish)
    for _ in range(12):
        world.later(minutes=5)

    ended = {"sent", "dead", "cancelled", "superseded"}
    assert {status for all_ in statuses(world).values() for status in all_} <= ended


def test_a_command_that_arrives_twice_is_one_command(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()
    wish = Command(obey.new_id(), Kind.ACK, "zhang", world.now)

    first = obey.command(world.app, _code(world), wish)
    second = obey.command(world.app, _code(world), wish)

    assert first.version == second.version


def test_a_refused_command_says_what_to_do_instead_and_is_recorded(world: World) -> None:
    with pytest.raises(obey.RefusedError, match="incidents list"):
        obey.command(world.app, "ZZZ", Command(obey.new_id(), Kind.ACK, "zhang", world.now))
