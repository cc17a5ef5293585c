"""What customers told us in private: sealed on disk, counted for all, read by service alone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import cli_world
import pytest
from cli_world import CONFIG, START, World

from crawlers.items import Item
from monitor import pipeline
from monitor.app import App
from monitor.stations.take_in import Intake, take_in
from monitor.store.private_schema import PrivateRow
from monitor.store.response_schema import CommandRow
from monitor.store.schema import MentionRow, PredictionRow, RejectRow, TopicRow
from monitor.vault import VaultError

SAID = "我在清河医院住院号12345678，医生误诊开错药，孩子住进重症病房，回我电话13812345678。"
SERVICE = "  - {id: zhou, name: 周某, os_user: zhou, roles: [service]}\n"


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    made = cli_world.build(tmp_path, monkeypatch, capsys)
    made.config.write_text(CONFIG.replace("channels:\n", SERVICE + "channels:\n", 1), "utf-8")
    return made


@pytest.fixture
def app(world: World) -> Iterator[App]:
    opened = world.app()
    yield opened
    opened.database.close()


def call(number: str, text: str = SAID, **more: Any) -> Item:
    given = {"author": f"caller-{number}", "published_at": START - timedelta(minutes=9), **more}
    return Item(
        platform="hotline", id=number, text=text, private=True, raw={"kind": "call"}, **given
    )


def keep(app: App, *items: Item) -> Intake:
    with app.database.transaction() as session:
        return take_in(app, session, items, app.clock(), source="客服热线")


def on_disk(world: World) -> str:
    files = [path for path in world.folder.rglob("*") if path.is_file() and path != world.config]
    return "".join(path.read_bytes().decode("utf-8", "ignore") for path in files)


def rows(app: App) -> list[PrivateRow]:
    with app.database.reading() as session:
        return session.query(PrivateRow).order_by(PrivateRow.id).all()


def test_words_of_a_caller_lie_on_disk_sealed_and_masked(world: World, app: App) -> None:
    intake = keep(app, call("c1"))
    assert (intake.private, intake.new, intake.total) == (1, 0, 1)
    disk = on_disk(world)
    assert not any(word in disk for word in ("误诊", "重症病房", "13812345678", "caller-c1"))
    (row,) = rows(app)
    text = app.vault.open(row.content)["text"]
    assert "误诊" in text
    assert not any(number in text for number in ("13812345678", "12345678"))
    assert (row.brand, row.kind, row.code) == ("清河互联网医院", "call", "P1")


def test_the_key_is_made_once_and_readable_by_its_owner_alone(world: World, app: App) -> None:
    keep(app, call("c1"))
    key = world.folder / "data" / "private.key"
    assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_text("ascii")
    keep(app, call("c2"))
    assert key.read_text("ascii") == before


def test_a_call_makes_no_mention_no_topic_no_incident_and_no_cached_answer(
    world: World, app: App
) -> None:
    keep(app, *(call(f"c{number}") for number in range(2)))
    pipeline.tick(app, pipeline.DECIDING, world.now)
    with app.database.reading() as session:
        for table in (MentionRow, TopicRow, PredictionRow):
            assert session.query(table).count() == 0
    assert [(row.risk, row.negative, row.state) for row in rows(app)] == [
        ("patient_safety", True, "done")
    ] * 2


def test_the_same_call_again_is_one_and_a_changed_text_is_read_again(app: App) -> None:
    keep(app, call("c1"))
    pipeline.tick(app, pipeline.DECIDING, app.clock())
    assert keep(app, call("c1")).private_again == 1
    assert rows(app)[0].state == "done"
    keep(app, call("c1", "清河医院的护士很耐心"))
    pipeline.tick(app, pipeline.DECIDING, app.clock())
    (row,) = rows(app)
    assert (row.risk, row.negative) == (None, False)


def test_a_refused_private_item_leaves_no_word_behind(world: World, app: App) -> None:
    intake = keep(app, call("c1", published_at=START + timedelta(days=2)), call(" "))
    assert [bool(reason) for _, reason in intake.rejected] == [True, True]
    with app.database.reading() as session:
        assert [row.text for row in session.query(RejectRow)] == ["", ""]
    assert "误诊" not in on_disk(world)


def test_rejected_rows_of_an_imported_private_file_leave_no_word_behind(world: World) -> None:
    good = {"platform": "客服电话", "id": "1", "text": "清河医院排队太久", "private": True}
    bad = [
        {**good, "id": "2", "text": "独有的秘密甲", "published_at": "某天"},
        {**good, "id": "3", "text": "独有的秘密乙", "views": -1},
    ]
    lines = [json.dumps(one, ensure_ascii=False) for one in [good, *bad]]
    file = world.folder / "calls.jsonl"
    file.write_text("\n".join([*lines, lines[1][:-4]]), "utf-8")
    (report,) = world.run("ingest", str(file), "--json").json()
    assert (report["private"], len(report["rejected"])) == (1, 3)
    file.unlink()
    assert "独有的秘密" not in on_disk(world)


def test_an_export_of_mentions_knows_nothing_of_private_records(world: World, app: App) -> None:
    keep(app, call("c1"))
    for command in (("mentions", "list", "--json"), ("mentions", "export", "-")):
        answer = world.run(*command)
        assert "误诊" not in answer.out, command
    assert world.run("mentions", "show", "1").code == 2


def test_everybody_may_count_but_only_service_may_read_and_both_are_recorded(
    world: World, app: App
) -> None:
    keep(app, call("c1"), call("c2", "清河医院的护士很耐心"))
    pipeline.tick(app, pipeline.DECIDING, world.now)
    counted = world.run("private", "count", "--json").json()
    assert (counted["total"], counted["complaints"], counted["rate"]) == (2, 1, 0.5)
    assert "误诊" not in world.run("private", "count").out
    refused = world.run("private", "show", "P1", who="zhang")
    assert (refused.code, "只有客服" in refused.err, "误诊" in refused.out) == (2, True, False)
    assert "误诊" in world.run("private", "show", "p1", who="zhou").out
    listed = world.run("private", "list", "--json", who="zhou").json()
    assert {one["id"] for one in listed} == {"P1", "P2"}
    with app.database.reading() as session:
        log = [(row.kind, row.actor, bool(row.refused)) for row in session.query(CommandRow)]
    assert set(log) >= {("private.show", "zhang", True), ("private.show", "zhou", False)}
    assert ("private.list", "zhou", False) in log


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("private", "show", "P9"), "没有非公开记录"),
        (("private", "show", "abc"), "不是编号"),
        (("private", "purge", "--before", "2026-11-01"), "--yes"),
        (("private", "purge", "--yes"), "两个写一个"),
    ],
)
def test_a_question_that_makes_no_sense_gets_a_sentence(
    world: World, argv: tuple[str, ...], words: str
) -> None:
    answer = world.run(*argv, who="zhou")
    assert (answer.code, words in answer.err) == (2, True), answer.err


def test_nothing_kept_reads_as_nothing_kept(world: World) -> None:
    assert "没有非公开记录" in world.run("private", "count").out
    assert world.run("private", "list", who="zhou").out.strip() == "没有非公开记录。"
    assert world.run("private", "count", "--json").json()["rate"] is None


def test_retention_author_day_and_record_take_private_records_too(world: World, app: App) -> None:
    keep(app, call("c1"), call("c2"), call("c3"), call("c4"))
    assert (
        world.run("db", "purge", "--author", "caller-c1", "--yes", "--json").json()["private"] == 1
    )
    purged = world.run("private", "purge", "--record", "P2", "--yes", "--json", who="zhou").json()
    assert (purged, [row.code for row in rows(app)]) == (
        {"dry_run": False, "private": 1},
        ["P3", "P4"],
    )
    assert world.run("private", "purge", "--record", "P3", "--yes", who="zhang").code == 2
    world.later(days=91)
    assert world.run("db", "purge", "--yes", "--json").json()["private"] == 2


def test_who_is_on_the_refusal_list_is_not_kept(world: World, app: App) -> None:
    world.run("db", "refuse", "caller-c1", "--reason", "本人来函")
    assert keep(app, call("c1")).refused == 1
    assert rows(app) == []


def test_a_missing_key_stops_nothing_public_and_says_what_to_do(world: World, app: App) -> None:
    keep(app, call("c1"))
    key = world.folder / "data" / "private.key"
    key.rename(key.with_name("lost"))
    world.tell(cli_world.post("p1", cli_world.CLAIM, START))
    fresh = world.app()
    with pytest.raises(VaultError, match="从备份恢复"):
        keep(fresh, call("c2"))
    pipeline.tick(fresh, pipeline.DECIDING, world.now)
    fresh.database.close()
    assert len(world.run("incidents", "list", "--json").json()) == 1
    assert "从备份恢复" in str(world.run("status", "--json").json()["troubles"])
    assert not key.exists(), "a second key would split the store in two"


def test_a_broken_or_foreign_key_is_named_by_check_and_by_status(world: World, app: App) -> None:
    keep(app, call("c1"))
    key = world.folder / "data" / "private.key"
    mine = key.read_text("ascii")
    key.write_text("半截", "utf-8")
    answer = world.run("check")
    assert (answer.code, "private.key" in answer.err) == (2, True)
    key.unlink()
    foreign = world.app().vault
    foreign.make()
    assert "不是这个数据库的钥匙" in str(world.run("status", "--json").json()["troubles"])
    key.write_text(mine, "ascii")
    assert "误诊" in world.run("private", "show", "P1", who="zhou").out


def test_a_record_that_was_tampered_with_costs_only_itself(world: World, app: App) -> None:
    keep(app, call("c1"), call("c2"))
    with app.database.transaction() as session:
        session.get_one(PrivateRow, 1).content = "gAAAAA-nothing"
    pipeline.tick(app, pipeline.DECIDING, world.now)
    assert [(row.state, row.risk) for row in rows(app)] == [
        ("done", None),
        ("done", "patient_safety"),
    ]
    assert "打不开" in world.run("private", "show", "P1", who="zhou").out


def test_a_new_key_opens_everything_and_the_old_one_nothing(world: World, app: App) -> None:
    keep(app, call("c1"), call("c2"))
    key = world.folder / "data" / "private.key"
    old = key.read_text("ascii")
    world.config.write_text(
        world.config.read_text("utf-8").replace("roles: [legal]", "roles: [legal, operator]"),
        "utf-8",
    )
    assert world.run("private", "rekey", who="zhou").code == 2
    assert "重封 2 条" in world.run("private", "rekey", who="zhao").out
    assert old.strip() not in key.read_text("ascii")
    assert "误诊" in world.run("private", "show", "P2", who="zhou").out
    assert keep(app, call("c3")).private == 1, (
        "a daemon that knows the old key reads the file again"
    )
    app.vault.open(rows(app)[-1].content)
    key.write_text(old, "ascii")
    assert "打不开" in world.run("private", "show", "P1", who="zhou").out


def test_with_the_key_lost_for_good_an_emptied_store_begins_anew(world: World, app: App) -> None:
    keep(app, call("c1"))
    (world.folder / "data" / "private.key").unlink()
    purged = world.run("private", "purge", "--before", "2026-11-23", "--yes", "--json", who="zhou")
    assert purged.json()["private"] == 1
    fresh = world.app()
    assert keep(fresh, call("c2")).private == 1
    fresh.database.close()
    assert "误诊" in world.run("private", "show", "P1", who="zhou").out


def test_a_change_of_keys_that_broke_off_is_taken_up_again(world: World, app: App) -> None:
    keep(app, call("c1"))
    app.vault.add_key()  # and here the machine went down
    assert keep(app, call("c2")).private == 1
    assert "重封 2 条" in world.run("private", "rekey", who="zhao").out
    key = world.folder / "data" / "private.key"
    assert len(key.read_text("ascii").split()) == 1
    assert "误诊" in world.run("private", "show", "P1", who="zhou").out


def test_two_processes_that_make_the_key_at_once_agree_on_one(tmp_path: Path) -> None:
    from monitor.vault import Vault

    first, second = Vault(tmp_path), Vault(tmp_path)
    first.make()
    second.make()
    assert second.open(first.seal({"text": "话"})) == {"text": "话"}
    assert [path.name for path in tmp_path.iterdir()] == ["private.key"]


def test_a_key_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    from monitor.vault import Vault

    if os.geteuid() == 0:
        (tmp_path / "private.key").mkdir()
    else:
        (tmp_path / "private.key").touch(0o000)
    with pytest.raises(VaultError, match="读不了"):
        Vault(tmp_path).seal({})
