"""Upgrading, copying and purging the database, through the program itself."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import cli_world
import pytest
from cli_world import CLAIM, CONFIG, World, post

from monitor.cli import db
from monitor.store.response_schema import AttemptRow, OutboxRow
from monitor.store.schema import (
    BrandMentionRow,
    CrawlRow,
    MentionRow,
    PredictionRow,
    RejectRow,
    SnapshotRow,
    TopicRow,
)

CALM = "今天去清河医院体检，环境不错，排队也快。"


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    return cli_world.build(tmp_path, monkeypatch, capsys)


def test_upgrade_makes_the_database_and_says_so_only_once(world: World) -> None:
    assert "数据库已建好" in world.run("db", "upgrade").out
    assert world.database.is_file()
    again = world.run("db", "upgrade")
    assert (again.code, "已是新版本" in again.out) == (0, True)


def test_upgrade_keeps_what_is_there(world: World) -> None:
    code = world.crisis()
    world.run("db", "upgrade")
    assert world.run("incidents", "list", "--json").json()[0]["code"] == code


def test_a_database_that_does_not_open_fails_in_words_without_its_address(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "database: postgresql+psycopg://fengsui:${DB_PASSWORD}@127.0.0.1:9/fengsui\n"
    world.config.write_text(CONFIG + address, encoding="utf-8")
    monkeypatch.setenv("DB_PASSWORD", "geheim")
    answer = world.run("db", "upgrade")
    assert answer.code == 1
    assert "数据库打不开" in answer.err
    assert "geheim" not in answer.err + answer.out


def test_a_backup_is_whole_and_stands_alone(world: World, tmp_path: Path) -> None:
    world.crisis()
    copy = tmp_path / "copy.db"
    answer = world.run("db", "backup", str(copy))
    assert answer.code == 0, answer.err
    assert "完整性检查通过" in answer.out
    with closing(sqlite3.connect(copy)) as opened:
        assert opened.execute("SELECT count(*) FROM mentions").fetchone() == (1,)
        assert opened.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert copy.stat().st_mode & 0o077 == 0, "others must not read it"
    assert [one.name for one in tmp_path.iterdir() if ".part" in one.name] == []


def test_a_backup_is_made_while_others_write(world: World, tmp_path: Path) -> None:
    world.crisis()
    done = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(world.database, timeout=30)) as busy:
            number = 0
            while not done.is_set():
                busy.execute("UPDATE meta SET value = ? WHERE key = 'x'", (number,))
                busy.execute("INSERT OR REPLACE INTO meta VALUES ('x', ?, ?)", (number, "2026"))
                busy.commit()
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    answer = world.run("db", "backup", str(tmp_path / "copy.db"))
    done.set()
    writer.join()
    assert answer.code == 0, answer.err


def test_a_backup_overwrites_nothing(world: World, tmp_path: Path) -> None:
    world.crisis()
    (tmp_path / "copy.db").write_text("珍贵", encoding="utf-8")
    (tmp_path / "link.db").symlink_to(tmp_path / "nowhere")
    for name in ("copy.db", "link.db", "no/such/folder.db"):
        assert world.run("db", "backup", str(tmp_path / name)).code == 2
    assert (tmp_path / "copy.db").read_text(encoding="utf-8") == "珍贵"


def test_a_broken_backup_is_not_kept(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.crisis()
    real = db._copy

    def damage(source: Path, target: Path) -> None:
        real(source, target)
        size = target.stat().st_size
        with target.open("r+b") as file:
            file.seek(4096)
            file.write(b"\x00" * (size - 4096))

    monkeypatch.setattr(db, "_copy", damage)
    answer = world.run("db", "backup", str(tmp_path / "copy.db"))
    assert answer.code == 1
    assert "文件已损坏" in answer.err
    assert not (tmp_path / "copy.db").exists()
    assert [one.name for one in tmp_path.iterdir() if ".part" in one.name] == []


def test_there_is_nothing_to_back_up_before_the_first_run(world: World, tmp_path: Path) -> None:
    answer = world.run("db", "backup", str(tmp_path / "copy.db"))
    assert answer.code == 2
    assert "还没有数据库" in answer.err
    assert not world.database.exists()


def test_postgresql_has_its_own_tool(world: World, tmp_path: Path) -> None:
    address = "database: postgresql+psycopg://127.0.0.1:9/fengsui\n"
    world.config.write_text(CONFIG + address, encoding="utf-8")
    answer = world.run("db", "backup", str(tmp_path / "copy.db"))
    assert answer.code == 2
    assert "pg_dump" in answer.err


def purge(world: World, *more: str) -> dict[str, int]:
    found: dict[str, int] = world.run("db", "purge", "--json", *more).json()
    return found


def filled(world: World) -> None:
    """A running incident, a calm post, and one old row of everything else."""
    world.crisis()
    world.tell(post("p0", CALM, world.now - timedelta(minutes=5)))
    with world.stored() as session:
        session.add(RejectRow(at=world.now, source="s", place="1", reason="坏", text="x"))
        session.add(crawl(world.now))


def crawl(at: datetime) -> CrawlRow:
    return CrawlRow(
        source="s", at=at, status="ok", items=0, new=0, rejected=0, problems=[], facts={}
    )


def counts(world: World) -> dict[str, int]:
    tables = (MentionRow, SnapshotRow, PredictionRow, TopicRow, RejectRow, CrawlRow, OutboxRow)
    with world.stored() as session:
        return {table.__tablename__: session.query(table).count() for table in tables}


def test_nothing_is_purged_without_a_word(world: World) -> None:
    filled(world)
    world.later(days=400)
    before = counts(world)
    answer = world.run("db", "purge")
    assert answer.code == 2
    assert "--yes" in answer.err
    purge(world, "--dry-run")
    assert counts(world) == before


def test_a_purge_keeps_what_is_young(world: World) -> None:
    filled(world)
    world.later(days=29)
    assert set(purge(world, "--yes").values()) == {False}


def test_a_purge_takes_the_calm_and_spares_a_running_incident(world: World) -> None:
    filled(world)
    world.later(days=181)
    planned = purge(world, "--dry-run")
    assert (planned["mentions"], planned["rejects"], planned["crawls"]) == (1, 1, 1)
    gone = purge(world, "--yes")
    assert (gone["mentions"], gone["predictions"], gone["topics"]) == (1, 1, 1)
    left = counts(world)
    assert (left["mentions"], left["snapshots"], left["topics"]) == (1, 1, 1)
    with world.stored() as session:
        assert session.query(MentionRow).one().native_id == "p1", "people still work on it"
    assert sum(purge(world, "--yes").values()) == 0


def test_a_topic_that_the_incidents_own_was_merged_into_is_spared(world: World) -> None:
    code = world.crisis()
    with world.stored() as session:
        mine = session.query(TopicRow).one()
        other = TopicRow(
            brand=mine.brand,
            key="other",
            name="同一件事",
            first_published_at=world.now,
            last_published_at=world.now,
        )
        session.add(other)
        session.flush()
        mine.merged_into = other.id
        for row in session.query(BrandMentionRow):
            row.topic_id = other.id
    world.later(days=200)
    assert purge(world, "--yes")["mentions"] == 0
    assert world.run("incidents", "show", code).code == 0


def test_mentions_of_a_closed_incident_go_and_its_page_still_opens(world: World) -> None:
    code = world.crisis()
    world.run("incidents", "dismiss", code, "--reason", "不是我们", who="zhang")
    world.later(days=200)
    assert purge(world, "--yes")["mentions"] == 1
    page = world.run("incidents", "show", code)
    assert page.code == 0
    assert "原帖已按保存期限清除" in page.out


def test_old_messages_go_only_when_their_fate_is_settled(world: World) -> None:
    world.crisis()
    with world.stored() as session:
        first = session.get_one(OutboxRow, 1)
        first.status = "sent"
        attempt = AttemptRow(message_id=1, number=1, channel="x", started_at=world.now)
        session.add(attempt)
    world.later(days=1096)
    assert purge(world, "--yes")["messages"] == 1
    assert [one["status"] for one in world.run("alerts", "list", "--json").json()] == ["pending"]


def test_a_large_purge_goes_through_in_small_steps(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from monitor.store import retention

    monkeypatch.setattr(retention, "BATCH", 2)
    world.tell(*(post(f"p{n}", f"{CALM}第{n}天", world.now) for n in range(5)))
    world.later(days=181)
    assert purge(world, "--yes")["mentions"] == 5
    assert counts(world)["mentions"] == 0


def test_the_words_of_a_purge_say_whether_it_was_only_a_count(world: World) -> None:
    world.tell(post("p1", CLAIM, world.now))
    assert "还没有删" in world.run("db", "purge", "--dry-run").out
    assert "已删除" in world.run("db", "purge", "--yes").out
