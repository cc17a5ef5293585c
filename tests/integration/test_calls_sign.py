"""Private records beside what is public: shown, and a candidate at most; never a tier or clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import cli_world
import pytest
from cli_world import CLAIM, CONFIG, START, World, post

from crawlers.items import Item
from monitor import pipeline
from monitor.app import App
from monitor.stations.take_in import take_in
from monitor.store.private_schema import PrivateRow
from monitor.store.response_schema import OutboxRow
from monitor.store.schema import TopicRow

SAID = "我在清河医院看病，医生误诊，孩子住进病房"
SERVICE = "  - {id: zhou, name: 周某, os_user: zhou, roles: [service], channels: [李某邮箱]}\n"


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


def calls(app: App, *texts: str, caller: str = "") -> None:
    """Take calls in, each by its own caller unless one is named, and let the engine look."""
    with app.database.transaction() as session:
        known = session.query(PrivateRow).count()
        items = [
            Item(
                platform="hotline",
                id=str(known + number),
                text=text,
                author=caller or f"caller-{known + number}",
                private=True,
                published_at=app.clock() - timedelta(minutes=5),
            )
            for number, text in enumerate(texts)
        ]
        take_in(app, session, items, app.clock(), source="热线")
    pipeline.tick(app, pipeline.DECIDING, app.clock())


def listed(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.run("incidents", "list", "--json").json()
    return found


def page(world: World, code: str) -> dict[str, Any]:
    found: dict[str, Any] = world.run("incidents", "show", code, "--json").json()
    return found


def test_three_callers_with_one_grave_matter_open_a_candidate_without_a_public_clock(
    world: World, app: App
) -> None:
    calls(app, SAID, SAID)
    assert listed(world) == []
    world.later(minutes=2)
    calls(app, SAID)
    (one,) = listed(world)
    assert (one["lifecycle"], one["tier"], one["first_public_at"]) == ("candidate", "yellow", None)
    assert (one["sources"], one["mentions"], one["risk"]) == (0, 0, "patient_safety")
    shown = page(world, one["code"])
    assert shown["private_signs"] == {"same": 3, "alike": 0}
    assert [clock["clock"] for clock in shown["clocks"]] == ["响应时钟"]
    words = world.run("incidents", "show", one["code"]).out
    assert "3 条在说同一件事" in words.replace("\n  ", "")
    assert "误诊" not in words
    with app.database.reading() as session:
        told = [(row.kind, row.recipient) for row in session.query(OutboxRow)]
        assert told == [("notice", "zhang"), ("notice", "zhou")]
        assert all("误诊" not in row.body for row in session.query(OutboxRow))


def test_one_caller_three_times_or_grumbling_opens_nothing(world: World, app: App) -> None:
    calls(app, SAID, SAID, SAID, caller="同一个人")
    world.later(minutes=2)
    calls(app, "排队太久", "排队太久", "排队太久")
    assert listed(world) == []


def test_more_calls_join_their_candidate_and_open_no_other(world: World, app: App) -> None:
    calls(app, SAID, SAID, SAID)
    world.later(minutes=2)
    calls(app, SAID, SAID, SAID)
    (one,) = listed(world)
    assert page(world, one["code"])["private_signs"]["same"] == 6


def test_calls_raise_no_tier_and_count_as_no_source_of_a_public_incident(
    world: World, app: App
) -> None:
    world.tell(post("p1", CLAIM, START - timedelta(minutes=20)))
    (before,) = listed(world)
    world.later(minutes=2)
    calls(app, CLAIM, CLAIM, SAID, SAID)
    after = [one for one in listed(world) if one["code"] == before["code"]]
    same = {name: before[name] for name in ("tier", "sources", "mentions", "first_public_at")}
    assert same.items() <= after[0].items()
    signs = page(world, before["code"])["private_signs"]
    assert (signs["same"] + signs["alike"], signs["same"] >= 2) == (4, True)


def test_the_engine_leaves_what_a_candidate_hangs_on_alone(world: World, app: App) -> None:
    calls(app, SAID, SAID, SAID)
    (one,) = listed(world)
    world.run("incidents", "confirm", one["code"], "--tier", "orange", who="zhang")
    world.later(hours=20)
    pipeline.tick(app, pipeline.DECIDING, world.now)
    (later,) = listed(world)
    assert (later["tier"], later["lifecycle"] != "candidate") == ("orange", True)
    with app.database.reading() as session:
        assert [row.check_at for row in session.query(TopicRow)] == [None]


def test_nobody_judged_it_and_it_goes_away_by_itself(world: World, app: App) -> None:
    calls(app, SAID, SAID, SAID)
    world.later(hours=25)
    pipeline.tick(app, pipeline.DECIDING, world.now)
    assert listed(world) == []


def test_a_person_enters_the_first_public_post_and_the_clock_starts_there(
    world: World, app: App
) -> None:
    calls(app, SAID, SAID, SAID)
    code = listed(world)[0]["code"]
    refused = world.run("incidents", "first-post", code, "--at", "08:00", who="zhang")
    assert (refused.code, "理由" in refused.err) == (2, True)
    done = world.run(
        "incidents", "first-post", code, "--at", "2026-11-22 08:30", "--url", "https://forum.example.cn/1",
        who="zhang",
    )  # fmt: skip
    assert "首帖记为" in done.out
    assert page(world, code)["clocks"][0]["clock"] == "舆情时钟"
    later = world.run(
        "incidents", "first-post", code, "--at", "09:00", "--reason", "另一条", who="zhang"
    )
    assert (later.code, "只往前推" in later.err) == (2, True)
    wrong = world.run(
        "incidents", "first-post", code, "--at", "2027-01-01", "--reason", "x", who="zhang"
    )
    assert (wrong.code, "还没到" in wrong.err) == (2, True)


def test_a_person_opens_an_incident_from_a_call_in_their_own_name(world: World, app: App) -> None:
    calls(app, SAID)
    answer = world.run(
        "incidents", "open", "--from-call", "P1", "--tier", "orange", "--reason", "家属已到院办",
        "--json", who="zhang",
    )  # fmt: skip
    code = answer.json()["code"]
    shown = page(world, code)
    assert (shown["tier"], shown["lifecycle"], shown["confirmed_by"]) == ("orange", "open", "zhang")
    assert (shown["first_public_at"], shown["risk"]) == (None, "patient_safety")
    assert shown["private_signs"]["same"] == 1
    assert shown["steps"] > 0, "the playbook begins"
    assert "家属已到院办（起因 P1）" in world.run("incidents", "history", code).out.replace(
        "\n", ""
    )
    assert world.run("report", "weekly", "--out", str(world.folder / "out")).code == 0


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("--tier", "blue", "--reason", "x"), "yellow"),
        ((), "理由"),
        (("--reason", "x", "--risk", "nothing"), "没有类别"),
        (("--reason", "x", "--from-call", "P7"), "没有非公开记录"),
        (("--reason", "x", "--first-post", "2027-01-01"), "还没到"),
        (("--reason", "x", "--brand", "别家"), "没有品牌"),
    ],
)
def test_an_opening_that_makes_no_sense_is_refused(
    world: World, argv: tuple[str, ...], words: str
) -> None:
    answer = world.run("incidents", "open", *argv, who="zhang")
    assert (answer.code, words in answer.err) == (2, True), answer.err
    assert listed(world) == []
