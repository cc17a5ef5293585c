"""Replies as mail programs write them, and mails that no person wrote."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from crawlers.receivers.replies import read_reply

TOKEN = "abcdefghijklmnop"


def a_reply(text: str = "1\n\n> 【橙色·待核】", **headers: str) -> bytes:
    mail = EmailMessage()
    given = {
        "From": "张某 <Zhang@Example.cn>",
        "Subject": "Re: 橙色",
        "Message-ID": "<1@example.cn>",
    }
    for name, value in (given | headers).items():
        mail[name] = value
    mail.set_content(text)
    return mail.as_bytes()


def test_the_token_comes_from_the_reference_or_from_the_subject() -> None:
    referred = read_reply(a_reply(**{"In-Reply-To": f"<{TOKEN}@fengsui>"}))
    named = read_reply(a_reply(Subject=f"回复：【橙色】编号 7K2〔{TOKEN}〕"))

    assert referred.tokens == named.tokens == (TOKEN,)
    assert (referred.sender, referred.line) == ("zhang@example.cn", "1")
    assert read_reply(a_reply()).tokens == ()


@pytest.mark.parametrize(
    "quote",
    [
        "> 1",
        "------------------ 原始邮件 ------------------\n1",
        "发件人：烽燧\n1",
        "在 2026年11月18日 12:00，烽燧 写道：\n1",
        "On Wed, 18 Nov 2026 Fengsui wrote:\n> 1",
        "________________________________\nFrom: Fengsui\n1",
        "",
    ],
)
def test_what_is_quoted_is_no_line_of_the_sender(quote: str) -> None:
    assert read_reply(a_reply(f"\n{quote}\n")).line == ""


def test_what_a_forwarded_mail_says_is_no_line_of_the_sender() -> None:
    mail = message_from_bytes(a_reply(), policy=default)
    around = EmailMessage()
    around["From"] = "张某 <Zhang@Example.cn>"
    around.add_attachment(mail)

    assert read_reply(around.as_bytes()).line == ""


def test_marks_that_nobody_sees_are_no_part_of_the_line() -> None:
    assert read_reply(a_reply("\u200b\u202a1\u202c\ufeff\n")).line == "1"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_mail_nested_beyond_reading_still_says_who_sent_it(end: str) -> None:
    head = a_reply().decode().partition("\n\n")[0].replace("Content-Type: text/plain", "X-Type: ")
    deep = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(5000))
    reply = read_reply(f"{head}\n{deep}Content-Type: text/plain\n\n1\n".replace("\n", end).encode())

    assert (reply.sender, reply.line) == ("zhang@example.cn", "")


def test_a_page_without_plain_text_is_read_as_text() -> None:
    raw = a_reply().replace(b"text/plain", b"text/html").replace(b"1\n\n>", b"<p>2</p>")
    assert read_reply(raw).line == "2"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X-Autoreply": "yes"},
        {"List-Id": "<all.example.cn>"},
        {"Return-Path": "<>"},
        {"From": "Mailer-Daemon@example.cn"},
    ],
)
def test_a_mail_that_a_machine_wrote_is_marked(headers: dict[str, str]) -> None:
    assert read_reply(a_reply(**headers)).automatic
    assert not read_reply(a_reply()).automatic


def test_only_the_receiving_servers_own_verdict_counts() -> None:
    failed = "mx.example.cn; spf=fail; dmarc=fail"
    passed = "mx.example.cn; dmarc=pass"
    assert read_reply(a_reply(**{"Authentication-Results": failed})).refused
    assert not read_reply(a_reply(**{"Authentication-Results": passed})).refused


def test_the_same_mail_is_known_again_and_another_is_not() -> None:
    assert read_reply(a_reply()).key == read_reply(a_reply()).key
    assert read_reply(a_reply()).key != read_reply(a_reply(**{"Message-ID": "<2@example.cn>"})).key


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b"From: x\nSubject: =?gbk?B?//8=?=\n\n\xd6"])
def test_a_broken_mail_is_no_error(raw: bytes) -> None:
    assert read_reply(raw).tokens == ()
