"""The outbox: nothing lost, nothing doubled but one marked copy, and every end is an end."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from world import HARM, NOON, World, item

from alerts.channels import Channel
from alerts.message import Delivery, Message, Status
from monitor.domain.command import Command, Kind
from monitor.domain.tier import Tier
from monitor.stations import obey, settling
from monitor.stations.deliver import PATIENCE, Sender
from monitor.store import channel_limits, outbox
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


def test_a_text_too_long_is_said_in_fewer_words_and_never_in_half_of_them(world: World) -> None:
    world.bots.answers["zhang-bot"] = [Delivery(Status.TOO_LONG, "太长", "40058")] * 2
    write(world, body="很长" * 1000, short="【橙色】编号 7K2\n认领：fengsui incidents ack 7K2")
    world.deliver()

    assert [one.body for one in world.bots.to("zhang-bot")] == [
        "很长" * 1000,
        "【橙色】编号 7K2\n认领：fengsui incidents ack 7K2",
        "【橙色】编号 7K2",
    ]
    assert statuses(world)["zhang-bot"] == ["sent"]


def test_what_is_too_long_even_in_one_line_goes_to_the_next_channel(world: World) -> None:
    world.bots.answers["zhang-bot"] = [Delivery(Status.TOO_LONG, "太长", "40058")] * 3
    write(world)
    world.deliver()

    assert statuses(world) == {"zhang-bot": ["dead"], "zhang-mail": ["sent"], "ops": ["sent"]}


def test_a_page_is_rendered_short_as_well_as_whole(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()

    with world.app.database.reading() as session:
        row = session.scalars(select(OutboxRow).where(OutboxRow.kind == "page")).one()
    assert row.body.startswith(row.short)
    assert "网帖称" in row.body
    assert "网帖称" not in row.short


class Hanging:
    """A channel that answers only when it is let go; the others answer at once."""

    def __init__(self, world: World, channel: str) -> None:
        self.world, self.channel, self.let_go = world, channel, threading.Event()

    def send(self, channel: Channel, message: Message) -> Delivery:
        if channel.name == self.channel:
            self.let_go.wait(20)
            return Delivery(Status.SENT, "收下了")
        return self.world.bots.send(channel, message)


def until(what: Callable[[], object], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_hanging_channel_holds_up_no_other_one(world: World) -> None:
    bad = Hanging(world, "zhang-bot")
    world.app.send = bad.send
    sender = Sender()
    for number in range(5):
        write(world, cause=f"试{number}", kind="test", channels=("zhang-bot",))
    assert sender(world.app, world.now) == 1, "one at a time on each channel"
    write(world, cause="红", recipient="li", channels=("li-bot",), priority=Tier.RED)

    assert sender(world.app, world.now) == 1
    until(lambda: statuses(world).get("li-bot") == ["sent"])

    assert statuses(world)["zhang-bot"] == ["leased"] + ["pending"] * 4
    bad.let_go.set()
    sender.finish(10)


def test_whoever_hangs_on_the_first_channel_is_told_on_the_next_within_a_minute(
    world: World,
) -> None:
    bad = Hanging(world, "zhang-bot")
    world.app.send = bad.send
    sender = Sender()
    write(world)
    sender(world.app, world.now)
    world.now += PATIENCE - timedelta(seconds=1)
    assert sender(world.app, world.now) == 0

    world.now += timedelta(seconds=1)
    assert sender(world.app, world.now) == 1
    until(lambda: statuses(world).get("zhang-mail") == ["sent"])

    assert sender(world.app, world.now) == 0, "once"
    bad.let_go.set()
    sender.finish(10)


def test_an_answer_that_comes_after_its_lease_settles_no_later_attempt(world: World) -> None:
    write(world, channels=("zhang-bot",))
    with world.app.database.transaction() as session:
        [row] = outbox.due(session, world.now, 9)
        outbox.lease(session, row, world.now)
    world.now += outbox.LEASE
    world.bots.answers["zhang-bot"] = [Delivery(Status.RETRY, "忙")]
    world.deliver()

    with world.app.database.transaction() as session:
        row = session.get_one(OutboxRow, row.id)
        row.status = "leased"
        settling.settle(world.app, session, row, 1, Delivery(Status.SENT, "迟到"), world.now)
        assert row.status == "leased"


def test_an_answer_is_stored_although_the_database_fails_for_a_while(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.stations.deliver._DATABASE_PAUSE", 0.01)
    failures = iter([True, True, False])
    settle = settling.settle

    def failing(*args: Any) -> None:
        if next(failures):
            raise OperationalError("locked", {}, Exception())
        settle(*args)

    monkeypatch.setattr(settling, "settle", failing)
    write(world, channels=("zhang-bot",))
    world.deliver()

    assert statuses(world) == {"zhang-bot": ["sent"]}


def test_who_cannot_be_reached_at_all_does_not_cost_the_level_its_time(world: World) -> None:
    world.bots.answers["zhang-bot"] = [Delivery(Status.DEAD, "失效")]
    world.bots.answers["zhang-mail"] = [Delivery(Status.DEAD, "地址不对")]
    world.post(item(1, HARM))
    world.decide()
    world.deliver()
    world.later(seconds=1)

    assert len(world.bots.to("li-bot")) == 1


def test_a_note_that_arrived_elsewhere_is_not_sent_again_when_its_channel_is_back(
    world: World,
) -> None:
    world.bots.answers["zhang-bot"] = [Delivery(Status.RETRY, "限流", "130101", retry_after=600)]
    write(world, kind="notice")
    world.deliver()
    world.later(minutes=11)

    assert statuses(world) == {"zhang-bot": ["superseded"], "zhang-mail": ["sent"]}


def test_a_lease_names_who_holds_it(world: World) -> None:
    write(world, channels=("zhang-bot",))
    with world.app.database.transaction() as session:
        [row] = outbox.due(session, world.now, 9)
        outbox.lease(session, row, world.now)

    assert row.worker.endswith(f":{os.getpid()}")


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


def sends(world: World, tier: Tier, channel: str = "zhang-bot") -> datetime | None:
    """One send on a channel of 15 a minute, if it may be; else when it may."""
    with world.app.database.transaction() as session:
        later = channel_limits.wait_for(session, channel, 15, tier, world.now)
        if later is None:
            row = OutboxRow(
                key=str(next(NUMBERS)),
                kind="page",
                recipient="zhang",
                channel=channel,
                subject="",
                body="正文",
                status="sent",
                created_at=world.now,
                next_at=world.now,
            )
            session.add(row)
            session.flush()
            session.add(
                AttemptRow(message_id=row.id, number=1, channel=channel, started_at=world.now)
            )
    return later


NUMBERS = itertools.count()


def test_the_last_five_of_a_minute_are_kept_for_red(world: World) -> None:
    spent = 0
    while sends(world, Tier.ORANGE) is None:
        spent += 1
    while sends(world, Tier.RED) is None:
        spent += 1
        assert spent <= 15

    assert spent == 15
    assert sends(world, Tier.RED, "li-bot") is None


def test_no_sixty_seconds_ever_see_more_than_fifteen_messages(world: World) -> None:
    sent = []
    for second in range(600):
        world.now = NOON + timedelta(seconds=second)
        while sends(world, Tier.RED) is None:
            sent.append(second)

    assert len(sent) > 120, "nor is the channel left idle"
    assert max(sum(0 <= other - one < 60 for other in sent) for one in sent) == 15


def test_what_was_sent_counts_after_a_restart_too(world: World) -> None:
    while sends(world, Tier.RED) is None:
        pass
    world.restart()

    assert sends(world, Tier.RED) == world.now + channel_limits.WINDOW


def test_a_clock_set_back_does_not_lock_a_channel_for_hours(world: World) -> None:
    while sends(world, Tier.RED) is None:
        pass
    with world.app.database.transaction() as session:
        channel_limits.block(session, "zhang-bot", world.now + timedelta(minutes=10), world.now)
    world.now -= timedelta(hours=6)

    assert sends(world, Tier.RED) is None


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
