"""A reply to an alert mail: read over real IMAP on loopback, carried out as its sender, once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from imap_server import ImapServer, Mailbox
from world import HARM, World, base, item

from alerts.ears.ear import Ear, EarError
from alerts.message import Message
from crawlers.receivers.mailbox import MOST_TRIES
from crawlers.receivers.replies import read_reply
from monitor.domain.command import Command, Kind
from monitor.domain.incident import Incident, Lifecycle
from monitor.pipeline import tick
from monitor.stations import mail_replies, obey
from monitor.stations.listening import MAIL, tend_listening
from monitor.stations.watchdog import watch_self
from monitor.store import incidents
from monitor.store.response_schema import CommandRow, TransitionRow

MINUTE = timedelta(minutes=1)


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(tmp_path: Path, box: Mailbox) -> Iterator[ImapServer]:
    running = ImapServer(tmp_path, box)
    yield running
    running.close()


def mail_settings(server: ImapServer, **given: Any) -> dict[str, Any]:
    return {
        "host": "127.0.0.1",
        "port": server.port,
        "user": "fengsui",
        "password": "right-password",
        "ca": server.ca,
        **given,
    }


def parts(**zhang: Any) -> dict[str, Any]:
    """People with addresses; 张某 is called by mail alone."""
    first, second, third = base()["people"]
    called = {**first, "mail": "zhang@example.cn", "channels": ["zhang-mail"], **zhang}
    url = "mailto://127.0.0.1:9?from=fengsui@example.cn&to=zhang@example.cn"
    others = [one for one in base()["channels"] if one["name"] != "zhang-mail"]
    channels = [*others, {"name": "zhang-mail", "url": url, "per_minute": 60}]
    people = [called, {**second, "mail": "li@example.cn"}, third]
    return {"people": people, "channels": channels}


@pytest.fixture
def world(tmp_path: Path, server: ImapServer) -> Iterator[World]:
    one = World(tmp_path / "data", answers={"mail": mail_settings(server)}, **parts())
    yield one
    one.app.listening.close()
    one.app.database.close()


def crisis(world: World) -> Message:
    """One ORANGE; returns the mail that 张某 got."""
    world.post(item(1, HARM))
    world.decide()
    world.deliver()
    return world.bots.to("zhang-mail")[-1]


def answered(token: str, text: str = "1", **headers: str) -> bytes:
    mail = EmailMessage()
    given = {
        "From": "张某 <zhang@example.cn>",
        "Subject": "回复：告警",
        "Message-ID": "<reply-1@example.cn>",
        "In-Reply-To": f"<{token}@fengsui>",
    }
    for name, value in (given | headers).items():
        mail[name] = value
    mail.set_content(text)
    return mail.as_bytes()


def take(world: World, raw: bytes) -> list[Message]:
    """Let one mail be taken; returns what was written back."""
    before = len(world.bots.to("zhang-mail"))
    mail_replies.take(world.app, read_reply(raw))
    world.deliver()
    return world.bots.to("zhang-mail")[before:]


def incident(world: World) -> Incident:
    with world.app.database.reading() as session:
        return incidents.load(session, 1)


def test_a_reply_that_lies_in_the_mailbox_takes_it_up_and_is_confirmed(
    world: World, box: Mailbox
) -> None:
    message = crisis(world)
    assert re.fullmatch(r"[a-z2-7]{16}", message.token)
    box.put(answered(message.token))
    settings = world.settings.answers.mail
    assert settings is not None

    mail_replies._visit(world.app, settings)
    world.deliver()

    assert incident(world).acked_by == "zhang"
    told = world.bots.to("zhang-mail")[-1]
    assert "已记下：我来处理" in told.body
    assert "张某已接手" in told.body
    with world.app.database.reading() as session:
        reasons = [row.reason for row in session.query(TransitionRow)]
    assert "邮件：我来处理" in reasons


def test_the_same_mail_read_again_changes_nothing_and_is_confirmed_once(world: World) -> None:
    raw = answered(crisis(world).token)
    assert len(take(world, raw)) == 1
    assert take(world, raw) == []
    with world.app.database.reading() as session:
        assert session.query(CommandRow).count() == 1


def test_passing_on_by_mail_calls_the_next_person(world: World) -> None:
    take(world, answered(crisis(world).token, "转备班"))
    world.later(seconds=2)
    assert world.bots.to("li-bot")


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"From": "stranger@example.org"}, "nobody of ours"),
        ({"From": "li@example.cn"}, "another person's token"),
        ({"Authentication-Results": "mx; dmarc=fail"}, "a domain that did not send it"),
        ({"Auto-Submitted": "auto-replied"}, "a note of absence"),
    ],
)
def test_what_a_machine_or_a_stranger_sends_is_no_answer_and_gets_none(
    world: World, headers: dict[str, str], why: str
) -> None:
    told = take(world, answered(crisis(world).token, **headers))
    assert incident(world).lifecycle is Lifecycle.OPEN, why
    assert told == []


def test_an_answer_without_the_token_is_explained_once_an_hour(world: World) -> None:
    crisis(world)
    first = take(world, answered("a" * 16, **{"Message-ID": "<a@example.cn>"}))
    again = take(world, answered("a" * 16, **{"Message-ID": "<b@example.cn>"}))
    assert "没有回执号" in first[0].body
    assert again == []
    assert incident(world).lifecycle is Lifecycle.OPEN


def test_a_forged_address_makes_no_telephone_ring(tmp_path: Path, server: ImapServer) -> None:
    given = parts(channels=["zhang-phone", "zhang-mail"])
    phone = {"name": "zhang-phone", "url": "json://127.0.0.1:9/phone", "wakes": "call"}
    given["channels"].append(phone)
    one = World(tmp_path / "data", answers={"mail": mail_settings(server)}, **given)
    mail_replies.take(one.app, read_reply(answered("a" * 16)))
    one.deliver()

    assert one.bots.to("zhang-phone") == []
    assert len(one.bots.to("zhang-mail")) == 1
    one.app.database.close()


def test_a_reply_that_is_too_large_to_read_is_told_so(world: World, box: Mailbox) -> None:
    message = crisis(world)
    raw = answered(message.token, "1", **{"X-Huge": "30 MB"})
    box.put(raw.replace(b"\n", b"\r\n"))
    settings = world.settings.answers.mail
    assert settings is not None
    mail_replies._visit(world.app, settings)
    world.deliver()

    assert incident(world).lifecycle is Lifecycle.OPEN
    assert "没有看懂" in world.bots.to("zhang-mail")[-1].body


@pytest.mark.parametrize("text", ["收到，谢谢", "我来处理不了", "> 1"])
def test_other_words_are_answered_with_how_to_answer(world: World, text: str) -> None:
    (told,) = take(world, answered(crisis(world).token, text))
    assert "没有看懂" in told.body
    assert "1 我来处理" in told.body
    assert incident(world).lifecycle is Lifecycle.OPEN


def test_a_code_of_another_incident_is_not_taken_for_this_one(world: World) -> None:
    (told,) = take(world, answered(crisis(world).token, "1 ZZZ"))
    assert "这封邮件说的是事件" in told.body
    assert incident(world).lifecycle is Lifecycle.OPEN


def test_a_reply_to_orange_does_not_silence_the_red_after_it(world: World) -> None:
    token = crisis(world).token
    world.now += MINUTE
    louder = Command("c1", Kind.CONFIRM_TIER, "wang", world.now, args={"tier": "red"})
    obey.command(world.app, incident(world).code, louder)
    world.deliver()

    (told,) = take(world, answered(token))
    assert "又升级" in told.body
    assert incident(world).acked_by is None


def test_a_token_ends_with_the_night(world: World) -> None:
    token = crisis(world).token
    world.now += timedelta(hours=12)
    take(world, answered(token))
    assert incident(world).acked_by is None


def test_no_token_goes_to_a_mailbox_that_others_read_nor_to_people_without_an_address(
    tmp_path: Path, server: ImapServer
) -> None:
    for number, zhang in enumerate(({"channels": ["zhang-mail", "group"]}, {"mail": None})):
        one = World(
            tmp_path / str(number), answers={"mail": mail_settings(server)}, **parts(**zhang)
        )
        assert crisis(one).token == ""
        one.app.database.close()


def test_during_a_trial_nobody_answers_in_anothers_name(tmp_path: Path, server: ImapServer) -> None:
    one = World(tmp_path / "data", answers={"mail": mail_settings(server)}, **parts())
    from monitor.bootstrap import trial_plan
    from monitor.config import TrialConfig
    from monitor.store import trials

    trial = TrialConfig.model_validate({"owner": "zhang", "until": "2026-12-31"})
    settings = one.settings.model_copy(update={"trial": trial})
    trials.follow(one.app.database, trial_plan(settings), one.now)
    assert crisis(one).token == ""
    one.app.database.close()


def test_the_daemon_reads_the_mailbox_in_a_thread_of_its_own(world: World, box: Mailbox) -> None:
    message = crisis(world)
    box.put(answered(message.token))
    tick(world.app, (tend_listening,), world.now)
    _, ear = world.app.listening.ears[MAIL]
    _wait_for(lambda: ear.down_for() is None)
    assert incident(world).acked_by == "zhang"

    assert tend_listening(world.app, world.now) == 0
    world.app.settings = world.settings.model_copy(
        update={"answers": world.settings.answers.model_copy(update={"mail": None})}
    )
    assert tend_listening(world.app, world.now) == 1
    assert ear.stopped
    assert world.app.listening.ears == {}


def test_a_mailbox_that_cannot_be_read_is_told_to_the_operator(
    world: World, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.password = "changed"
    tick(world.app, (tend_listening,), world.now)
    _, ear = world.app.listening.ears[MAIL]
    _wait_for(lambda: "密码" in ear.trouble)
    monkeypatch.setattr(Ear, "down_for", lambda _: timedelta(minutes=11))

    (found,) = [one for one in watch_self(world.app, {}, {}, world.now) if "ear" in one.key]
    assert "回信邮箱" in found.text
    assert "11 分钟" in found.text
    assert not found.grave


def test_a_mail_that_cannot_be_taken_does_not_keep_the_next_from_being_read(
    world: World, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = crisis(world)
    taken: list[str] = []

    def stumbling(_app: Any, reply: Any) -> None:
        taken.append(reply.line)
        raise ValueError(reply.line)

    monkeypatch.setattr(mail_replies, "take", stumbling)
    box.put(answered(message.token, "1"))
    box.put(answered(message.token, "2"))
    settings = world.settings.answers.mail
    assert settings is not None
    mail_replies._visit(world.app, settings)
    mail_replies._visit(world.app, settings)
    assert taken == ["1", "2"]


def test_a_mail_at_which_the_line_always_breaks_is_passed_over_and_named(
    world: World, box: Mailbox
) -> None:
    message = crisis(world)
    box.put(answered("nobody", "1", Subject="院长的秘密"))
    box.put(answered(message.token, "1"))
    box.dropped = {1}
    settings = world.settings.answers.mail
    assert settings is not None
    for _ in range(MOST_TRIES):
        with pytest.raises(EarError, match="断线"):
            mail_replies._visit(world.app, settings)
        world.now += timedelta(minutes=2)
    assert incident(world).acked_by is None
    mail_replies._visit(world.app, settings)
    mail_replies._visit(world.app, settings)
    world.deliver()

    assert incident(world).acked_by == "zhang"
    told = [one.body for one in world.bots.to("ops") if "UID 1" in one.body]
    assert len(told) == 1
    assert "院长" not in told[0]


def test_a_line_that_breaks_for_a_short_while_costs_no_mail(world: World, box: Mailbox) -> None:
    message = crisis(world)
    box.put(answered(message.token, "1"))
    box.dropped = {1}
    settings = world.settings.answers.mail
    assert settings is not None
    for _ in range(MOST_TRIES + 2):
        with pytest.raises(EarError, match="断线"):
            mail_replies._visit(world.app, settings)
        world.now += timedelta(seconds=30)
    box.dropped = set()
    mail_replies._visit(world.app, settings)

    assert incident(world).acked_by == "zhang"


def _wait_for(ready: Any) -> None:
    """Wait for a thread; the time limit of the whole test is the only one."""
    import time

    while not ready():
        time.sleep(0.02)
