"""Evidence on loopback: captured, sealed, stamped, held, exported, verified; every tampering."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import cli_world
import pytest
from cli_world import CONFIG, World, post
from crawl_site import Page, Site
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tsa import Authority
from warcio.archiveiterator import ArchiveIterator

from monitor.evidence.sealing import new_key, unseal
from monitor.evidence.stamping import stamp_due

POST = "<html><title>就诊经历</title><body>我在清河医院就诊，电话13800138000</body></html>"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        running.pages["/post"] = Page(POST, headers={"Content-Type": "text/html; charset=utf-8"})
        yield running


class House:
    """A world whose configuration names a key, an authority and the loopback site."""

    def __init__(self, world: World, site: Site) -> None:
        self.world, self.site = world, site
        self.folder = world.folder
        self.authority = Authority(world.now + timedelta(seconds=3))
        self.private, public = new_key()
        self.key = self.folder / "legal.key"
        self.key.write_text(self.private + "\n", encoding="ascii")
        self.roots = self.folder / "roots.pem"
        self.roots.write_bytes(self.authority.root_pem())
        self.answers(self.authority.answer)
        self.configure(
            f"  recipients: [{public}]\n  timestamp: {site.url}/tsa\n  timestamp_roots: roots.pem\n"
        )

    def configure(self, evidence: str) -> None:
        sources = f"sources:\n  - {{name: 站, url: '{self.site.url}/feed.xml'}}\n"
        self.world.config.write_text(CONFIG + sources + "evidence:\n" + evidence, encoding="utf-8")

    def answers(self, reply: Callable[[bytes], bytes]) -> None:
        """What the authority says to the next requests."""

        def page(handler: Any) -> Page:
            return Page(reply(handler.body))

        self.site.pages["/tsa"] = page

    def capture(self, *more: str, who: str = "zhang") -> str:
        answer = self.world.run(
            "evidence", "capture", f"{self.site.url}/post", "--no-screenshot", *more, who=who
        )
        assert answer.code == 0, answer.err
        return answer.out

    def shelf(self, code: str = "E0001") -> Path:
        return self.folder / "data" / "evidence" / code

    def verify(self, *more: str) -> tuple[int, str]:
        answer = self.world.run("evidence", "verify", *more)
        return answer.code, answer.out + answer.err

    def listed(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.world.run("evidence", "list", "--json").json()
        return found


@pytest.fixture
def house(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    site: Site,
) -> House:
    return House(cli_world.build(tmp_path, monkeypatch, capsys), site)


def opened(house: House, code: str = "E0001") -> dict[str, bytes]:
    from monitor.evidence.manifest import unbundle

    return unbundle(unseal((house.shelf(code) / "content.age").read_bytes(), house.private))


def test_a_page_is_captured_sealed_stamped_and_logged(house: House) -> None:
    out = house.capture("--account", "路人甲", "--note", "法务要求")
    assert "已固定为 E0001" in out
    assert "已取得" in out
    assert {one.name for one in house.shelf().iterdir()} == {
        "manifest.json",
        "content.age",
        "manifest.tsr",
    }
    code, said = house.verify("E0001", "--identity", str(house.key))
    assert code == 0, said
    assert "签名追到配置的根证书" in said
    assert "page.warc.gz 的哈希和清单一致" in said


def test_the_page_lies_in_the_warc_as_the_site_sent_it(house: House) -> None:
    house.site.pages["/old"] = Page(status=302, headers={"Location": "/post"})
    house.world.run("evidence", "capture", f"{house.site.url}/old", "--no-screenshot", who="zhang")
    warc = house.folder / "page.warc.gz"
    warc.write_bytes(opened(house)["page.warc.gz"])
    with warc.open("rb") as file:
        found = [
            (one.rec_type, one.rec_headers["WARC-Target-URI"], one.content_stream().read())
            for one in ArchiveIterator(file)
        ]
    kinds = [(kind, (url or "").rpartition("/")[2]) for kind, url, _ in found[1:]]
    assert kinds == [
        ("response", "old"),
        ("request", "old"),
        ("response", "post"),
        ("request", "post"),
    ]
    assert found[3][2].decode() == POST


def test_nothing_personal_lies_outside_of_the_seal(house: House) -> None:
    house.capture("--account", "路人甲", "--note", "找张某丙谈过")
    outside = (house.shelf() / "manifest.json").read_text(encoding="utf-8")
    outside += house.world.database.read_bytes().decode("utf-8", "ignore")
    for word in ("路人甲", "张某丙", "13800138000"):
        assert word not in outside
    record = json.loads(opened(house)["record.json"])
    assert (record["account"], record["note"]) == ("路人甲", "找张某丙谈过")
    assert all(one.stat().st_mode & 0o077 == 0 for one in house.shelf().iterdir())


def test_without_a_key_of_the_legal_department_nothing_is_captured(house: House) -> None:
    house.configure(f"  timestamp: {house.site.url}/tsa\n")
    answer = house.world.run("evidence", "capture", f"{house.site.url}/post", who="zhang")
    assert answer.code == 2
    assert "fengsui evidence key" in answer.err


def test_a_key_is_written_once_and_opens_what_is_sealed_to_it(house: House) -> None:
    file = house.folder / "mine.key"
    said = house.world.run("evidence", "key", str(file)).out
    assert "age1" in said
    assert file.stat().st_mode & 0o077 == 0
    assert house.world.run("evidence", "key", str(file)).code == 2


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (Page("没有了", status=404), "页面已经不在了（404）"),
        (Page("<html>Sina Visitor System</html>"), "看起来不是帖子本身"),
        (Page("坏了", status=500), "网站回答的是 500"),
    ],
)
def test_what_is_not_the_post_is_captured_with_a_warning(
    house: House, page: Page, words: str
) -> None:
    house.site.pages["/post"] = page
    assert words in house.capture()


@pytest.mark.parametrize(
    ("url", "words", "code"),
    [
        ("http://127.0.0.2:9/x", "内部网络地址", 1),
        ("http://10.0.0.8/x", "内部网络地址", 1),
        ("http://intranet/x", "内部网络地址", 1),
        ("file:///etc/passwd", "不是网页地址", 1),
        ("javascript:alert(1)", "不是网页地址", 1),
        ("http://user:pw@127.0.0.1/x", "用户名或密码", 1),
        ("77", "没有编号 77 的提及", 2),
    ],
)
def test_what_may_not_be_read_is_refused_in_words(
    house: House, url: str, words: str, code: int
) -> None:
    answer = house.world.run("evidence", "capture", url, who="zhang")
    assert (answer.code, words in answer.err) == (code, True), answer.err
    assert house.listed() == []
    assert "pw@" not in answer.err


def test_a_redirect_into_the_house_is_not_followed(house: House) -> None:
    house.site.pages["/post"] = Page(status=302, headers={"Location": "http://10.0.0.8/admin"})
    answer = house.world.run("evidence", "capture", f"{house.site.url}/post", who="zhang")
    assert (answer.code, "内部网络地址" in answer.err) == (1, True)


def test_an_endless_redirect_and_half_a_page_are_refused(house: House) -> None:
    house.site.pages["/post"] = Page(status=302, headers={"Location": "/post"})
    url = f"{house.site.url}/post"
    assert "反复跳转" in house.world.run("evidence", "capture", url, who="zhang").err
    house.site.pages["/post"] = Page("半", headers={"Content-Length": "999", "Connection": "close"})
    house.site.pages["/post"].headers["Connection"] = "close"
    answer = house.world.run("evidence", "capture", url, who="zhang")
    assert answer.code == 1


def test_a_mention_that_its_author_deleted_is_marked_and_purged_unless_held(house: House) -> None:
    world = house.world
    url = f"{house.site.url}/post"
    for number in ("a", "b"):
        item = post(number, f"今天去清河医院体检，环境不错{number}", world.now)
        world.tell(type(item)(**{**_fields(item), "url": url}))
    house.site.pages["/post"] = Page("", status=404)
    for number in ("1", "2"):
        world.run("evidence", "capture", number, "--no-screenshot", who="zhang")
    world.run("evidence", "hold", "#2", "--reason", "要起诉", who="zhang")
    world.later(days=29)
    assert world.run("db", "purge", "--yes", "--json").json()["mentions"] == 0
    world.later(days=2)
    assert world.run("db", "purge", "--yes", "--json").json()["mentions"] == 1
    assert [one["id"] for one in world.run("mentions", "list", "--json").json()] == ["b"]


def _fields(item: Any) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__slots__}


def test_a_stamp_waits_while_the_authority_is_out_of_reach(house: House) -> None:
    del house.site.pages["/tsa"]
    assert "排队中" in house.capture()
    assert "还没有时间戳" in house.verify("E0001")[1]
    house.answers(lambda _: house.authority.refusal())
    house.world.later(minutes=6)
    app = house.world.app()
    assert stamp_due(app, house.world.now) == 1
    assert "拒绝" in house.listed()[0]["stamp_problem"]
    house.answers(house.authority.answer)
    house.authority.at = house.world.now + timedelta(minutes=31)
    assert stamp_due(app, house.world.now) == 0, "not before the wait is over"
    house.world.later(minutes=31)
    assert stamp_due(app, house.world.now) == 1
    app.database.close()
    assert house.listed()[0]["stamp"] == "done"
    assert house.verify("E0001")[0] == 0


def test_a_stamp_for_another_request_or_by_a_stranger_is_not_taken(house: House) -> None:
    from monitor.evidence.timestamp import question

    old = house.authority.answer(question(b"x").as_bytes())
    house.answers(lambda _: old)
    assert "排队中" in house.capture()
    stranger = Authority(house.authority.at)
    house.answers(stranger.answer)
    house.capture()
    assert [one["stamp"] for one in house.listed()] == ["pending", "pending"]
    assert not (house.shelf() / "manifest.tsr").exists()


def test_a_capture_goes_when_its_time_is_over_and_a_hold_keeps_it(house: House) -> None:
    house.capture()
    house.capture()
    world = house.world
    world.run("evidence", "hold", "E0002", "--reason", "诉讼", who="zhang")
    world.later(days=1096)
    assert world.run("db", "purge", "--dry-run", "--json").json()["evidence"] == 1
    assert world.run("db", "purge", "--yes", "--json").json()["evidence"] == 1
    assert (house.shelf().exists(), house.shelf("E0002").exists()) == (False, True)
    assert "到期清除" in house.verify("E0001")[1]
    assert house.verify()[0] == 0, "the chain holds over the purge"
    assert world.run("evidence", "release", "E0002", "--reason", "结案", who="zhang").code == 2
    assert world.run("evidence", "release", "E0002", "--reason", "结案", who="zhao").code == 0
    assert world.run("db", "purge", "--yes", "--json").json()["evidence"] == 1


def test_a_hold_on_an_incident_keeps_its_mentions_and_captures(house: House) -> None:
    world = house.world
    code = world.crisis()
    house.capture("--incident", code)
    world.run("evidence", "hold", code, "--reason", "诉讼", who="zhang")
    world.run("incidents", "dismiss", code, "--reason", "不是我们", who="zhang")
    world.later(days=1096)
    done = world.run("db", "purge", "--yes", "--json").json()
    assert (done["mentions"], done["evidence"]) == (0, 0)
    world.run("evidence", "release", code, "--reason", "结案", who="zhao")
    done = world.run("db", "purge", "--yes", "--json").json()
    assert (done["mentions"], done["evidence"]) == (1, 1)


def test_an_export_stands_alone_and_is_verified_elsewhere(house: House, tmp_path: Path) -> None:
    house.capture("--account", "路人甲")
    house.capture()
    for name in ("out", "out.zip"):
        out = tmp_path / name
        answer = house.world.run(
            "evidence", "export", "E0001", str(out), "--identity", str(house.key), who="zhao"
        )
        assert answer.code == 0, answer.err
        code, said = house.verify("--folder", str(out), "--roots", str(house.roots))
        assert code == 0, said
        assert "签名追到配置的根证书" in said
    cover = (tmp_path / "out" / "封面.html").read_text(encoding="utf-8")
    for word in ("目录与哈希", "保管记录", "路人甲", "机构的时间", "打开的内容", house.site.url):
        assert word in cover
    log = (tmp_path / "out" / "custody.jsonl").read_text(encoding="utf-8").splitlines()
    assert "E0002" not in "".join(log), "other evidence is nobody's business"
    with zipfile.ZipFile(tmp_path / "out.zip") as whole:
        assert "内容/page.warc.gz" in whole.namelist()


def test_a_sealed_export_shows_nothing_of_the_page(house: House, tmp_path: Path) -> None:
    house.capture("--account", "路人甲")
    out = tmp_path / "out"
    assert house.world.run("evidence", "export", "E0001", str(out), who="zhao").code == 0
    whole = b"".join(one.read_bytes() for one in out.rglob("*") if one.is_file())
    assert "路人甲".encode() not in whole
    assert house.verify("--folder", str(out), "--identity", str(house.key))[0] == 0
    again = house.world.run("evidence", "export", "E0001", str(out), who="zhao")
    assert (again.code, "不覆盖" in again.err) == (2, True)


def test_an_export_that_could_not_be_written_is_told_apart_in_the_log(
    house: House, tmp_path: Path, full_disk: Callable[[Path], None]
) -> None:
    house.capture()
    disk = tmp_path / "disk"
    disk.mkdir()
    full_disk(disk)
    for name in ("out", "out.zip"):
        answer = house.world.run("evidence", "export", "E0001", str(disk / name), who="zhao")
        assert (answer.code, "磁盘满了" in answer.err) == (1, True)
    assert list(disk.iterdir()) == []
    out = tmp_path / "out"
    assert house.world.run("evidence", "export", "E0001", str(out), who="zhao").code == 0

    log = (out / "custody.jsonl").read_text(encoding="utf-8").splitlines()
    actions = [json.loads(line)["action"] for line in log]
    assert actions[-5:] == ["exported", "export_failed", "exported", "export_failed", "exported"]
    assert "上一条导出没有写成" in (out / "封面.html").read_text(encoding="utf-8")
    assert house.verify("--folder", str(out))[0] == 0


def change(path: Path, old: bytes = b"", new: bytes = b"") -> None:
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new) if old else content[:-1] + b"?")


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (lambda f: change(f / "content.age"), "content.age 和清单里的哈希对不上"),
        (lambda f: (f / "content.age").unlink(), "content.age 不在"),
        (lambda f: change(f / "manifest.json", b"zhang", b"zhong"), "清单被改动过"),
        (lambda f: (f / "manifest.json").write_bytes(b"{}"), "清单文件读不懂"),
        (lambda f: (f / "manifest.json").unlink(), "manifest.json 不见了"),
        (lambda f: change(f / "manifest.tsr"), "时间戳"),
        (lambda f: (f / "manifest.tsr").unlink(), "取得过的时间戳不见了"),
    ],
)
def test_every_tampering_on_the_shelf_is_named(
    house: House, tmp_path: Path, tamper: Callable[[Path], None], words: str
) -> None:
    house.capture()
    tamper(house.shelf())
    code, said = house.verify("E0001")
    assert (code, words in said) == (1, True), said
    out = house.world.run("evidence", "export", "E0001", str(tmp_path / "o"), who="zhao")
    assert out.code == 2, "what does not hold is not handed over"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("manifest.json", "manifest.json 和哈希清单对不上"),
        ("custody.jsonl", "custody.jsonl 和哈希清单对不上"),
        ("封面.html", "封面.html 和哈希清单对不上"),
        ("内容/page.warc.gz", "page.warc.gz 和哈希清单对不上"),
    ],
)
def test_every_tampering_in_an_export_is_named(
    house: House, tmp_path: Path, name: str, words: str
) -> None:
    house.capture()
    out = tmp_path / "out"
    house.world.run(
        "evidence", "export", "E0001", str(out), "--identity", str(house.key), who="zhao"
    )
    change(out / name)
    code, said = house.verify("--folder", str(out))
    assert (code, words in said) == (1, True), said


def test_the_wrong_key_and_no_key_file_are_refused_in_words(house: House, tmp_path: Path) -> None:
    house.capture()
    other = tmp_path / "other.key"
    other.write_text(new_key()[0], encoding="ascii")
    code, said = house.verify("E0001", "--identity", str(other))
    assert (code, "不是封存时用的那一把" in said) == (1, True)
    assert house.verify("E0001", "--identity", str(tmp_path / "none"))[0] == 2


def test_the_custody_log_refuses_changes_and_shows_them(house: House) -> None:
    house.capture()
    for wish in ("UPDATE custody SET actor = 'li'", "DELETE FROM custody"):
        with pytest.raises(DBAPIError, match="append-only"), house.world.stored() as session:
            session.execute(text(wish))
    with house.world.stored() as session:
        session.execute(text("DROP TRIGGER custody_no_update"))
        session.execute(text("UPDATE custody SET actor = 'li' WHERE id = 1"))
    code, said = house.verify("E0001")
    assert (code, "第 1 条的内容和它的哈希对不上" in said) == (1, True)


def test_a_folder_left_by_a_crash_is_kept_aside(house: House) -> None:
    house.shelf().mkdir(parents=True)
    (house.shelf() / "manifest.json").write_text("旧", encoding="utf-8")
    house.capture()
    assert house.verify()[0] == 0
    aside = [one.name for one in house.shelf().parent.iterdir() if "unfinished" in one.name]
    assert len(aside) == 1


def test_evidence_needs_a_known_person_and_a_known_incident(house: House) -> None:
    url = f"{house.site.url}/post"
    assert house.world.run("evidence", "capture", url, who="nobody").code == 2
    answer = house.world.run("evidence", "capture", url, "--incident", "ZZZ", who="zhang")
    assert (answer.code, "没有事件" in answer.err) == (2, True)
