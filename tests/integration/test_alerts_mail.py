"""Mail for real to a server on loopback that refuses, defers and drops."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from alerts.channels import parse_channel, send
from alerts.message import Message, Status
from alerts.sinks import MailSink

if TYPE_CHECKING:
    from collections.abc import Iterator

MESSAGE = Message(key="7K2-1-zhang", subject="橙色·待核", body="网帖 3 条\n编号 7K2", code="7K2")


@pytest.fixture
def server() -> Iterator[MailSink]:
    with MailSink() as sink:
        yield sink


def deliver(server: MailSink, to: str, message: Message = MESSAGE, timeout: float = 5) -> object:
    return send(parse_channel("张某的邮箱", server.url(to)), message, timeout).status


def test_a_mail_arrives_with_its_chinese_subject_and_text(server: MailSink) -> None:
    assert deliver(server, "zhang@example.org") is Status.SENT
    (mail,) = server.mails
    assert (mail.to, mail.subject, mail.text.strip()) == (
        "zhang@example.org",
        MESSAGE.subject,
        MESSAGE.body,
    )


@pytest.mark.parametrize(
    ("mode", "status"),
    [
        ("550", Status.DEAD),
        ("451", Status.RETRY),
        ("552", Status.TOO_LONG),
        ("drop", Status.UNKNOWN),
    ],
)
def test_each_refusal_of_a_mail_server_is_told_apart(
    mode: str, status: Status, server: MailSink
) -> None:
    server.script("zhang@example.org", [mode])
    assert deliver(server, "zhang@example.org") is status
    assert deliver(server, "zhang@example.org") is Status.SENT


def test_a_server_that_stays_silent_after_the_text_leaves_the_mail_unknown(
    server: MailSink,
) -> None:
    server.script("zhang@example.org", ["hang"])
    assert deliver(server, "zhang@example.org", timeout=0.3) is Status.UNKNOWN


def test_a_mail_server_that_cannot_be_reached_got_nothing() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"mailto://127.0.0.1:{taken.getsockname()[1]}?from=a@example.org&to=b@example.org"
        delivery = send(parse_channel("邮箱", url), MESSAGE)
    assert delivery.status is Status.RETRY
    assert "没有发出" in delivery.detail


def test_the_same_key_gives_the_same_message_id_and_another_key_another(server: MailSink) -> None:
    other = Message(key="7K2-2-zhang", subject="升级", body="升级", code="7K2")
    for message in (MESSAGE, MESSAGE, other):
        deliver(server, "zhang@example.org", message)
    first, again, second = (mail.message["Message-ID"] for mail in server.mails)
    assert first == again != second
    assert first.endswith("@fengsui>")


def test_mails_of_one_incident_form_one_thread(server: MailSink) -> None:
    other = Message(key="7K2-2-zhang", subject="升级", body="升级", code="7K2")
    apart = Message(key="9QX-1-zhang", subject="别的事", body="别的事", code="9QX")
    for message in (MESSAGE, other, apart):
        deliver(server, "zhang@example.org", message)
    one, two, three = (mail.message["In-Reply-To"] for mail in server.mails)
    assert one == two != three
    assert server.mails[0].message["References"] == one


def test_a_second_copy_says_so_in_the_subject_and_in_the_text(server: MailSink) -> None:
    copy = Message(key="k", subject="橙色", body="正文", maybe_duplicate=True)
    deliver(server, "zhang@example.org", copy)
    (mail,) = server.mails
    assert mail.subject == "【可能重复】橙色"
    assert mail.text.strip() == "【可能重复】正文"


def test_a_subject_cannot_smuggle_a_header(server: MailSink) -> None:
    evil = Message(key="k", subject="橙色\r\nBcc: all@example.org", body="正文")
    deliver(server, "zhang@example.org", evil)
    (mail,) = server.mails
    assert mail.message["Bcc"] is None


def test_a_mail_that_may_be_answered_says_how_and_carries_its_token(server: MailSink) -> None:
    token = "abcdefghijklmnop"
    one = Message(key="k", subject="橙色", body="第一行\n第二行", code="7K2", token=token)
    assert deliver(server, "zhang@example.org", one) is Status.SENT
    (mail,) = server.mails
    first, how, rest = mail.text.strip().splitlines()
    assert (first, rest) == ("第一行", "第二行")
    assert "直接回复这封邮件" in how
    assert mail.subject.endswith(f"〔{token}〕")
    assert mail.message["Message-ID"] == f"<{token}@fengsui>"
    assert mail.message["Auto-Submitted"] == "auto-generated", "so that no absence note answers"
