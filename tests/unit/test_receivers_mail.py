"""Mails as colleagues, and people who are none, send them."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from crawlers.receivers.mail import MOST_FILES, file_of, harmless, links_of, read_mail

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
EXE = b"MZ" + b"0" * 40


def a_mail(
    text: str = "群里在传这张图 https://forum.example.cn/1。", **headers: str
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = headers.pop("sender", "张某 <Zhang@Example.cn>")
    mail["Subject"] = headers.pop("subject", "微信群里看到的")
    mail["Date"] = "Wed, 18 Nov 2026 12:00:00 +0800"
    mail.set_content(text)
    return mail


def attach(mail: EmailMessage, name: str, content: bytes, kind: str = "image/png") -> None:
    main, _, sub = kind.partition("/")
    mail.add_attachment(content, maintype=main, subtype=sub, filename=name)


def test_a_mail_gives_note_sender_link_and_picture() -> None:
    mail = a_mail()
    attach(mail, "截图.png", PNG)
    letter = read_mail(mail.as_bytes())
    assert (letter.sender, letter.subject) == ("zhang@example.cn", "微信群里看到的")
    assert letter.links == ("https://forum.example.cn/1",)
    assert [(one.name, one.suffix, one.content) for one in letter.files] == [
        ("截图.png", "png", PNG)
    ]
    assert (letter.left_out, letter.sent_at is not None) == ((), True)


def test_a_mail_of_html_alone_reads_as_its_words_without_script() -> None:
    mail = a_mail()
    mail.set_content(
        "<p>群里<b>在传</b></p><script>steal()</script><style>p{}</style>", subtype="html"
    )
    assert read_mail(mail.as_bytes()).text == "群里在传"


def test_a_forwarded_mail_is_read_to_its_bottom() -> None:
    inner = a_mail("最里面的话")
    attach(inner, "a.png", PNG)
    outer = a_mail("看这个")
    outer.add_attachment(inner)
    letter = read_mail(outer.as_bytes())
    assert "最里面的话" in letter.text
    assert len(letter.files) == 1


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../etc/cron.d/evil.png", "evil.png"),
        ("C:\\Windows\\evil.png", "evil.png"),
        ("a\x00\u202egnp.png", "agnp.png"),
        (".hidden.png", "hidden.png"),
        ("x" * 500 + ".png", "x" * 76 + ".png"),
        ("..", ""),
    ],
)
def test_a_name_is_a_label_and_never_a_path(name: str, label: str) -> None:
    assert harmless(name) == label


def test_what_is_no_picture_is_named_and_left_out_whatever_it_calls_itself() -> None:
    mail = a_mail()
    attach(mail, "发票.png", EXE)
    attach(mail, "bomb.zip", b"PK\x03\x04" + b"0" * 40, "application/zip")
    letter = read_mail(mail.as_bytes())
    assert letter.files == ()
    assert ["发票.png" in letter.left_out[0], "bomb.zip" in letter.left_out[1]] == [True, True]
    assert file_of("a.txt", b"hello") is None
    assert file_of("", PNG) is not None


def test_too_many_parts_and_files_end_in_a_sentence() -> None:
    many = a_mail()
    for number in range(MOST_FILES + 5):
        attach(many, f"{number}.png", PNG + bytes([number]))
    letter = read_mail(many.as_bytes())
    assert (len(letter.files), "超过" in letter.left_out[0]) == (MOST_FILES, True)
    deep = b"From: a@b.cn\nSubject: x\n"
    for number in range(900):
        deep += f'Content-Type: multipart/mixed; boundary="b{number}"\n\n--b{number}\n'.encode()
    assert read_mail(deep + b"\nhi").sender == "a@b.cn"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00" * 50,
        b"Subject: =?no-such-charset?B?5Zu+?=\nFrom: <<>>\n\nx",
        b"Subject: =?utf-8?B?@@@@?=\nContent-Transfer-Encoding: base64\n\n@@@@",
        b"Content-Type: text/plain; charset=idna\n\n\xd6\xd0\xce\xc4",
        b"Content-Type: text/plain; charset=\"x\"; filename*=bad''%zz\nDate: yesterday\n\nx",
        b"Content-Type: multipart/mixed\n\nno boundary",
        b"From: " + b"a" * 200_000 + b"\n\nx",
    ],
)
def test_a_broken_mail_is_read_as_far_as_it_goes(raw: bytes) -> None:
    assert len(read_mail(raw).sender) >= 0


def test_words_in_gbk_are_read_whatever_they_claim() -> None:
    said = "群里说医院输错液了，家属在门口".encode("gb18030")
    for charset in ("gb2312", "iso-8859-1", "utf-8", "x-unknown"):
        raw = (
            b"From: a@b.cn\nContent-Type: text/plain; charset=" + charset.encode() + b"\n\n" + said
        )
        assert "输错液" in read_mail(raw).text, charset


def test_links_are_web_addresses_each_once() -> None:
    said = (
        "见 https://a.example.cn/1，还有 https://a.example.cn/1 和 javascript:alert(1) file:///etc"
    )
    assert links_of(said) == ("https://a.example.cn/1",)
