"""What we forget and whom we never collect: by author, by day, by source, by their own wish."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import cli_world
import pytest
from cli_world import CLAIM, CONFIG, World, post

from crawlers.items import Item
from monitor.stations.take_in import Intake, take_in
from monitor.store.schema import BrandMentionRow, CorrectionRow, MentionRow, PredictionRow, TopicRow

CALM = "今天去清河医院体检，环境不错，排队也快。"


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    return cli_world.build(tmp_path, monkeypatch, capsys)


def ids(world: World) -> list[str]:
    with world.stored() as session:
        return sorted(row.native_id for row in session.query(MentionRow))


def purge(world: World, *more: str) -> dict[str, int]:
    found: dict[str, int] = world.run("db", "purge", "--json", *more).json()
    return found


def collect(world: World, *items: Item, source: str = "测试来源") -> Intake:
    app = world.app()
    with app.database.transaction() as session:
        intake = take_in(app, session, items, world.now, source=source)
    app.database.close()
    return intake


def by(number: str, author: str, text: str = CALM, **more: Any) -> Item:
    at = more.pop("at", None) or cli_world.START - timedelta(minutes=5)
    return post(number, text, at, author=author, **more)


def test_one_authors_words_go_from_every_place(world: World) -> None:
    world.tell(by("1", "路人甲", "清河医院的绿萝养得很好，路人甲独有的话"), by("2", "路人乙"))
    world.run("mentions", "label", "1", "--polarity", "positive", who="zhang")
    assert purge(world, "--author", "路人甲", "--dry-run")["mentions"] == 1
    assert ids(world) == ["1", "2"]
    assert purge(world, "--author", " 路人甲 ", "--yes")["mentions"] == 1
    assert ids(world) == ["2"]
    with world.stored() as session:
        texts = [row.text for row in session.query(MentionRow)]
        texts += [row.own_words for row in session.query(BrandMentionRow)]
        texts += [row.text for row in session.query(CorrectionRow)]
        texts += [row.name for row in session.query(TopicRow)]
        assert session.query(PredictionRow).count() == 1
    assert not any("绿萝" in one for one in texts)


def test_an_author_may_be_forgotten_on_one_platform_or_before_a_day(world: World) -> None:
    old = cli_world.START - timedelta(days=40)
    world.tell(by("1", "路人甲", at=old), by("2", "路人甲"))
    assert purge(world, "--author", "路人甲", "--platform", "weibo", "--yes")["mentions"] == 0
    wish = ("--author", "路人甲", "--platform", "forum", "--before", "2026-11-01", "--yes")
    assert purge(world, *wish)["mentions"] == 1
    assert ids(world) == ["2"]


def test_an_incident_in_work_and_a_hold_beat_the_wish_and_say_so(world: World) -> None:
    world.tell(by("1", "路人甲", CLAIM, views=12_000), by("2", "路人甲"), by("3", "路人甲"))
    with world.stored() as session:
        numbers = {row.native_id: row.id for row in session.query(MentionRow)}
    world.run("evidence", "hold", f"#{numbers['2']}", "--reason", "诉讼", who="zhang")
    answer = world.run("db", "purge", "--author", "路人甲", "--yes")
    assert "提及 1 条" in answer.out
    assert "1 条属于处理中的事件" in answer.out
    assert "1 条在保全令下" in answer.out
    assert ids(world) == ["1", "2"]


def test_everything_before_a_day_goes_whatever_retention_says(world: World) -> None:
    world.tell(by("1", "甲"))
    world.later(days=10)
    world.tell(by("2", "乙", at=world.now))
    assert purge(world, "--before", "2026-11-25", "--yes")["mentions"] == 1
    assert ids(world) == ["2"]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (("--before", "2027-01-01"), "还没到"),
        (("--before", "昨天"), "看不懂"),
        (("--platform", "weibo"), "--author"),
        (("--author", "  "), "空的"),
    ],
)
def test_a_purge_that_makes_no_sense_is_refused(
    world: World, wish: tuple[str, ...], words: str
) -> None:
    answer = world.run("db", "purge", *wish, "--yes")
    assert (answer.code, words in answer.err) == (2, True), answer.err


def test_retention_may_differ_by_source(world: World) -> None:
    world.config.write_text(
        CONFIG + "sources:\n  - {name: 微博, url: 'http://127.0.0.1:9/feed'}\n"
        "retention:\n  sources: {微博: 30}\n",
        encoding="utf-8",
    )
    collect(world, by("1", "甲"), source="微博")
    collect(world, by("2", "乙"), source="别处")
    world.later(days=31)
    assert purge(world, "--yes")["mentions"] == 1
    assert ids(world) == ["2"]


def test_retention_for_an_unknown_source_is_refused(world: World) -> None:
    world.config.write_text(CONFIG + "retention:\n  sources: {微博: 30}\n", encoding="utf-8")
    answer = world.run("check")
    assert (answer.code, "sources 里没有这个来源" in answer.err) == (2, True)


def test_a_deleted_post_goes_some_days_later_unless_it_is_there_again(world: World) -> None:
    world.tell(by("1", "甲"), by("2", "乙"))
    with world.stored() as session:
        for row in session.query(MentionRow):
            row.gone_at = world.now
    world.later(days=1)
    collect(world, by("2", "乙", observed_at=world.now))
    world.later(days=30)
    assert purge(world, "--yes")["mentions"] == 1
    assert ids(world) == ["2"]


def test_who_is_on_the_refusal_list_is_never_stored(world: World) -> None:
    said = world.run("db", "refuse", "路人甲", "--reason", "本人来函").out
    assert "不再收集" in said
    intake = collect(world, by("1", "路人甲"), by("2", "路人乙"), by("3", ""))
    assert (intake.new, intake.refused, intake.total) == (2, 1, 3)
    assert ids(world) == ["2", "3"]
    assert "路人甲" not in world.database.read_bytes().decode("utf-8", "ignore")


def test_a_refusal_may_hold_for_one_platform_and_be_taken_back(world: World) -> None:
    world.run("db", "refuse", "路人甲", "--platform", "weibo", "--reason", "本人来函")
    assert collect(world, by("1", "路人甲")).refused == 0
    world.run("db", "refuse", "路人甲", "--platform", "forum", "--reason", "本人来函")
    assert collect(world, by("2", "路人甲")).refused == 1
    assert (
        "不用再加"
        in world.run("db", "refuse", "路人甲", "--platform", "forum", "--reason", "又来函").out
    )
    listed = world.run("db", "refusals", "--json").json()
    assert [one["platform"] for one in listed] == ["weibo", "forum"]
    world.run("db", "unrefuse", "2")
    assert collect(world, by("2", "路人甲")).new == 1
    assert world.run("db", "unrefuse", "9").code == 2


def test_an_address_keeps_no_telephone_field(world: World) -> None:
    item = Item(
        platform="forum",
        id="1",
        text=CALM,
        url="https://forum.example.cn/1?phone=13800138000",
        published_at=world.now,
    )
    collect(world, item)
    with world.stored() as session:
        assert session.query(MentionRow).one().url == "https://forum.example.cn/1?phone=〔已隐去〕"
