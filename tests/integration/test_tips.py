"""What colleagues saw in closed groups: from a mailbox, a folder or this machine to a candidate."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import cli_world
import pytest
from cli_world import CONFIG
from cli_world import World as Desk
from imap_server import ImapServer, Mailbox
from world import World, base

from monitor.evidence.sealing import new_key
from monitor.pipeline import DECIDING, tick
from monitor.stations.collect import collect
from monitor.store.evidence_schema import EvidenceRow
from monitor.store.private_schema import TipRow
from monitor.store.response_schema import IncidentRow, OutboxRow
from monitor.store.schema import MentionRow, SourceRow

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
NAME = "员工上报"


def a_mail(
    text: str, *, sender: str = "li@example.cn", subject: str = "微信群", seal: bytes = PNG
) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = f"李某 <{sender}>", subject
    mail.set_content(text)
    mail.add_attachment(seal, maintype="image", subtype="png", filename="../截图.png")
    return mail.as_bytes().replace(b"\n", b"\r\n")


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(tmp_path: Path, box: Mailbox) -> Iterator[ImapServer]:
    running = ImapServer(tmp_path, box)
    yield running
    running.close()


def people() -> list[dict[str, Any]]:
    known = [dict(one) for one in base()["people"]]
    known[1]["mail"] = "li@example.cn"
    return known


@pytest.fixture
def world(tmp_path: Path, server: ImapServer) -> Iterator[World]:
    source = {
        "name": NAME,
        "kind": "staff_mail",
        "credentials": {"user": "report", "password": "right-password", "word": "烽火"},
        "options": {
            "host": "127.0.0.1",
            "port": str(server.port),
            "ca": str(server.ca),
            "allow": ["@hospital.example.cn"],
        },
    }
    private, public = new_key()
    (tmp_path / "legal.key").write_text(private, "ascii")
    made = World(
        tmp_path / "data", sources=[source], people=people(), evidence={"recipients": [public]}
    )
    yield made
    made.app.database.close()


def look(world: World) -> SourceRow:
    world.now += timedelta(minutes=1)
    tick(world.app, (collect, *DECIDING), world.now)
    with world.app.database.reading() as session:
        return session.get_one(SourceRow, NAME)


def tips(world: World) -> list[TipRow]:
    with world.app.database.reading() as session:
        assert session.query(MentionRow).count() == 0
        return session.query(TipRow).order_by(TipRow.id).all()


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_report_by_mail_is_sealed_and_opens_a_candidate_without_a_public_clock(
    world: World, box: Mailbox
) -> None:
    box.put(
        a_mail(
            "病人家属在群里说输错液 电话13812345678 https://forum.example.cn/1",
            subject="烽火 微信群",
        )
    )
    row = look(world)
    assert (row.status, row.problem) == ("ok", "")
    (tip,) = tips(world)
    assert (tip.actor, tip.files, tip.links, tip.evidence) == ("li", 1, 1, "E0001")
    with world.app.database.reading() as session:
        (incident,) = session.query(IncidentRow)
        assert (incident.lifecycle, incident.first_public_at) == ("candidate", None)
        notice = session.query(OutboxRow).one()
        assert (notice.recipient, notice.kind) == ("zhang", "notice")
        assert "fengsui tip show R1" in notice.body
        assert "输错液" not in notice.body
        assert session.query(EvidenceRow).one().incident == incident.code
    disk = on_disk(world.app.settings.data_dir)
    assert PNG not in disk
    for word in ("输错液", "13812345678", "烽火", "li@example.cn", "forum.example.cn"):
        assert word.encode() not in disk, word
    assert "烽火" not in world.app.vault.open(tip.content)["subject"]


def test_mails_are_read_once_and_the_mailbox_is_left_as_it_was(world: World, box: Mailbox) -> None:
    box.put(a_mail("第一封", subject="烽火"))
    look(world)
    box.put(a_mail("第二封 https://forum.example.cn/2", subject="烽火", seal=PNG + b"2"))
    look(world)
    look(world)
    assert len(tips(world)) == 2
    assert {one.split()[0] for one in box.asked} <= {
        "CAPABILITY",
        "LOGIN",
        "EXAMINE",
        "UID",
        "LOGOUT",
    }
    assert not any("STORE" in one or "BODY[]" in one for one in box.asked)
    box.version = 8  # the server counts its mails anew: all are read again, and none is kept twice
    look(world)
    assert len(tips(world)) == 2


def test_a_mail_at_which_the_line_always_breaks_does_not_keep_the_others(
    world: World, box: Mailbox
) -> None:
    box.put(a_mail("第一封", subject="烽火 院长的秘密"))
    box.put(a_mail("第二封", subject="烽火"))
    box.dropped = {1}
    assert look(world).problem
    assert tips(world) == []
    for _ in range(40):
        look(world)

    assert len(tips(world)) == 1
    with world.app.database.reading() as session:
        told = [one.body for one in session.query(OutboxRow) if "UID 1" in one.body]
    assert len(told) == 1
    assert "院长" not in told[0]


def test_strangers_and_mails_without_the_word_are_counted_and_not_kept(
    world: World, box: Mailbox
) -> None:
    box.put(a_mail("广告", sender="spam@elsewhere.cn", subject="烽火"))
    box.put(a_mail("没有口令"))
    box.put(a_mail("同院的人", sender="Nurse@Hospital.example.cn", subject="【烽火】视频号"))
    row = look(world)
    assert len(tips(world)) == 1
    assert "2 封" in row.problem


def test_the_same_picture_from_two_people_is_one_candidate(world: World, box: Mailbox) -> None:
    box.put(a_mail("我也看到了", subject="烽火"))
    box.put(a_mail("群里在传", sender="a@hospital.example.cn", subject="烽火"))
    look(world)
    assert len({one.incident for one in tips(world)}) == 1
    box.put(a_mail("另一件事", subject="烽火", seal=PNG + b"other"))
    look(world)
    assert len({one.incident for one in tips(world)}) == 2


def test_a_huge_mail_costs_its_content_but_not_its_sender(world: World, box: Mailbox) -> None:
    box.put(b"X-Huge: yes\r\n" + a_mail("看不到的正文", subject="烽火 视频"))
    look(world)
    (tip,) = tips(world)
    said = world.app.vault.open(tip.content)
    assert (said["subject"], tip.files, "只读了标题" in said["left_out"][0]) == ("视频", 0, True)


@pytest.mark.parametrize(
    ("mode", "words"),
    [("hang_up", "邮箱"), ("garbage", "邮箱"), ("password", "密码不对"), ("gone", "连不上")],
)
def test_a_mailbox_that_cannot_be_read_is_told_and_loses_nothing(
    world: World, box: Mailbox, server: ImapServer, mode: str, words: str
) -> None:
    box.put(a_mail("报告", subject="烽火"))
    if mode == "password":
        box.password = "another"
    elif mode == "gone":
        server.close()
    else:
        box.mode = mode
    look(world)
    row = look(world)
    assert words in row.problem
    assert row.failures >= 1
    assert "right-password" not in row.problem
    if mode != "gone":
        box.mode, box.password = "ok", "right-password"
        world.now += timedelta(minutes=5)
        look(world)
        assert len(tips(world)) == 1


def test_an_untrusted_certificate_gets_no_password(tmp_path: Path, server: ImapServer) -> None:
    source = {
        "name": NAME,
        "kind": "staff_mail",
        "credentials": {"user": "report", "password": "right-password"},
        "options": {"host": "127.0.0.1", "port": str(server.port)},
    }
    made = World(tmp_path / "data", sources=[source])
    assert "证书" in look(made).problem
    assert "LOGIN" not in server.box.asked
    made.app.database.close()


@pytest.mark.parametrize("maildir", [False, True])
def test_a_folder_of_mails_does_the_same(tmp_path: Path, *, maildir: bool) -> None:
    folder = tmp_path / "drop"
    place = folder / "new" if maildir else folder
    place.mkdir(parents=True)
    source = {"name": NAME, "kind": "staff_folder", "options": {"folder": str(folder)}}
    made = World(tmp_path / "data", sources=[source], people=people())
    file = place / ("1700.host" if maildir else "一.eml")
    file.write_bytes(a_mail("报告"))
    os.utime(file, (made.now.timestamp() - 60,) * 2)
    look(made)
    look(made)
    (tip,) = tips(made)
    assert (tip.actor, tip.evidence) == ("li", None), "nobody to seal evidence to"
    made.app.database.close()


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    made = cli_world.build(tmp_path, monkeypatch, capsys)
    outsider = "  - {id: qian, name: 钱某, os_user: qian, roles: [spokesperson]}\n"
    made.config.write_text(CONFIG.replace("channels:\n", outsider + "channels:\n", 1), "utf-8")
    return made


def test_a_colleague_reports_on_this_machine_and_those_on_duty_look_at_it(desk: Desk) -> None:
    picture = desk.folder / "截图.png"
    picture.write_bytes(PNG)
    report = ("tip", "add", str(picture), "https://forum.example.cn/9", "--note", "群里说输错液")
    told = desk.run(*report, "--where", "微信群", "--json", who="qian").json()
    assert (told["id"], bool(told["incident"])) == ("R1", True)
    assert desk.run(*report, "--where", "微信群", who="qian").code == 2, "the very same again"
    listed = desk.run("tip", "list").out
    assert "R1" in listed
    assert "输错液" not in listed
    assert desk.run("tip", "show", "R1", who="qian").code == 2
    out = desk.folder / "out"
    shown = desk.run("tip", "show", "r1", "--save", str(out), who="zhang")
    assert "群里说输错液" in shown.out
    (saved,) = out.iterdir()
    assert (saved.name, saved.read_bytes()) == ("R1-1.png", PNG)
    assert saved.stat().st_mode & 0o777 == 0o600
    assert desk.run("tip", "show", "R1", "--save", str(out), who="zhang").code == 2
    page = desk.run("incidents", "show", told["incident"]).out
    assert "tip show R1" in page.replace("\n", "")
    assert "输错液" not in page


def test_a_report_may_come_from_standard_input(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("群友说 https://forum.example.cn/3 有视频"))
    assert desk.run("tip", "add", "-", "--json", who="zhang").json()["id"] == "R1"
    (one,) = desk.run("tip", "list", "--json").json()
    assert (one["links"], one["by"]) == (1, "zhang")


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("tip", "add"), "没有内容"),
        (("tip", "add", "没有的.png"), "读不了"),
        (("tip", "add", "fengsui.yaml"), "不是图片"),
        (("tip", "show", "R9"), "没有上报"),
        (("tip", "show", "x"), "不是编号"),
    ],
)
def test_a_wish_that_makes_no_sense_gets_a_sentence(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, argv: tuple[str, ...], words: str
) -> None:
    monkeypatch.chdir(desk.folder)
    answer = desk.run(*argv, who="zhang")
    assert (answer.code, words in answer.err) == (2, True), answer.err


def test_reports_go_with_retention_and_their_files_with_them(desk: Desk) -> None:
    picture = desk.folder / "a.png"
    picture.write_bytes(PNG)
    code = desk.run("tip", "add", str(picture), "--json", who="zhang").json()["incident"]
    desk.later(days=91)
    assert desk.run("db", "purge", "--yes", "--json").json()["tips"] == 0, "it waits for a judge"
    desk.run("incidents", "dismiss", code, "--reason", "旧图", who="zhang")
    assert desk.run("db", "purge", "--yes", "--json").json()["tips"] == 1
    assert list((desk.folder / "data" / "tips").iterdir()) == []
    assert desk.run("tip", "list").out.startswith("还没有上报")


def test_a_change_of_keys_takes_reports_along(desk: Desk) -> None:
    picture = desk.folder / "a.png"
    picture.write_bytes(PNG)
    desk.run("tip", "add", str(picture), "--note", "话", who="zhang")
    assert "重封 1 条" in desk.run("private", "rekey", who="zhao").out
    out = desk.folder / "out"
    assert "已存到" in desk.run("tip", "show", "R1", "--save", str(out), who="zhang").out
