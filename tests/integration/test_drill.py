"""Drills: invented posts, a fast clock, the house's own rota, a score, and nothing real touched."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import cli_world
import pytest
from cli_world import World
from rich.console import Console

from alerts.message import Delivery, Message, Status
from monitor.cli import drill as command
from monitor.domain.drill_score import Played, score
from monitor.domain.incident import short_code
from monitor.domain.mention import SHANGHAI
from monitor.drill.clock import DrillClock
from monitor.drill.folder import bannered, enter
from monitor.drill.run import Play
from monitor.drill.scenario import ScenarioError, load_scenario, names
from monitor.store.first_week_schema import DrillRow
from monitor.store.incidents import next_incident_id

T0 = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture
def house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    return cli_world.build(tmp_path, monkeypatch, capsys)


def drilled(house: World) -> DrillRow:
    with house.stored() as session:
        return session.query(DrillRow).one()


def counts(house: World) -> dict[str, int]:
    """How many rows each table of the real store holds."""
    with sqlite3.connect(house.database) as store:
        tables = store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: store.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0]  # noqa: S608
            for (name,) in tables
            if name != "drills"
        }


def test_a_drill_has_codes_of_its_own_and_begins_beside_what_a_cut_off_one_left(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (house.folder / "data" / "drills" / "1").mkdir(parents=True)
    monkeypatch.setattr(command, "_play", lambda *_: None)
    begun = house.run("drill", "--scenario", "misdiagnosis", "--auto", who="zhang")
    assert begun.code == 0, begun.err

    row = drilled(house)
    assert Path(row.folder).name == "1-2"
    scenario = load_scenario("misdiagnosis", T0.date())
    stage = enter(Path(row.folder) / "fengsui.yaml", scenario, live=False)
    with stage.app.database.reading() as session:
        number = next_incident_id(session)
    stage.app.database.close()
    real = {short_code(one) for one in range(1, 10_000)}
    assert short_code(number) not in real


def test_an_unattended_drill_plays_to_its_end_and_keeps_its_score(house: World) -> None:
    played = house.run("drill", "--scenario", "misdiagnosis", "--auto", who="zhang")

    assert played.code == 0, played.err
    assert "升到红色" in played.out
    kept = house.run("drill", "show", "1", "--json").json()
    assert kept["status"] == "done"
    assert kept["score"]["total"] == 100
    assert kept["score"]["acked_by"]
    assert set(kept["score"]["approved_by"]) == {"wang", "zhao"}


def test_a_drill_sends_nothing_and_leaves_the_real_store_as_it_was(house: World) -> None:
    house.run("incidents", "list")
    before = counts(house)

    house.run("drill", "--scenario", "misdiagnosis", "--auto")

    assert house.sent == []
    assert counts(house) == before
    assert house.run("incidents", "list", "--all", "--json").json() == []


def test_what_the_houses_roles_do_not_allow_is_told(house: World) -> None:
    text = house.config.read_text("utf-8").replace("roles: [legal]", "roles: []")
    house.config.write_text(text, "utf-8")

    played = house.run("drill", "--scenario", "misdiagnosis", "--auto")

    assert "担任 medical（医务）和 legal（法务）" in played.out
    assert drilled(house).score["total"] < 100


def test_a_live_drill_marks_every_message(house: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_play", lambda *_: None)
    monkeypatch.setattr(command, "utc_now", lambda: T0)  # whose week it is decides who is called
    house.run("drill", "--scenario", "misdiagnosis", "--live", "--yes")
    row = drilled(house)
    scenario = load_scenario("misdiagnosis", row.started_at.astimezone(SHANGHAI).date())
    stage = enter(Path(row.folder) / "fengsui.yaml", scenario, live=True)

    Play(Console(quiet=True), stage, auto=True, speed=1).run()
    stage.app.database.close()

    assert {name for name, _ in house.sent} >= {"公关群", "张某邮箱"}
    assert all(one.subject.startswith("【演练】") for _, one in house.sent)
    assert all(one.body.startswith("【演练】") for _, one in house.sent)
    assert all(one.short.startswith("【演练】") for _, one in house.sent if one.short)


def test_a_live_drill_is_confirmed_first(house: World) -> None:
    asked = house.run("drill", "--scenario", "misdiagnosis", "--live")

    assert asked.code == 2
    assert "--live 要人确认" in asked.err
    with house.stored() as session:
        assert session.query(DrillRow).count() == 0


def test_the_short_text_carries_the_banner_as_well() -> None:
    told: list[Message] = []

    def send(_channel: object, message: Message) -> Delivery:
        told.append(message)
        return Delivery(Status.SENT, "")

    bannered(send)(None, Message(key="k", subject="红色", body="全文", short="短"))

    assert told[0].short == "【演练】短"
    assert told[0].key == "k"


def test_colleagues_answer_in_the_drill_with_the_commands_of_the_night(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_play", lambda *_: None)
    house.run("drill", "--scenario", "misdiagnosis", who="zhang")
    row = drilled(house)
    scenario = load_scenario("misdiagnosis", row.started_at.astimezone(SHANGHAI).date())
    stage = enter(Path(row.folder) / "fengsui.yaml", scenario, live=False)
    play = Play(Console(quiet=True), stage, auto=False, speed=1)
    stage.clock.jump(scenario.story.begins + timedelta(minutes=30))
    play.run(after(1))
    monkeypatch.setenv("FENGSUI_CONFIG", str(stage.config))
    code = house.run("incidents", "list", "--json").json()[0]["code"]

    answered = house.run("incidents", "ack", code, who="zhang")
    play.run(after(1))
    stage.app.database.close()

    assert answered.code == 0
    assert "这是演练" in answered.err
    assert "19:3" in answered.err  # the drill's clock, not ours
    assert "由张某接手" in answered.out


def after(rounds: int):  # noqa: ANN201 - a question that is answered yes from the n-th time on
    asked = iter([*[False] * rounds, *[True] * 1000])
    return lambda: next(asked)


def test_ctrl_c_stops_a_drill_where_it_stands_and_it_goes_on_from_there(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from monitor.drill import run

    def pressed(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "sleep", pressed)
    stopped = house.run("drill", "--scenario", "misdiagnosis", who="zhang")
    assert stopped.code == 130
    assert drilled(house).status == "paused"
    again = house.run("drill", "--scenario", "assault")
    assert again.code == 2
    assert "停在半路" in again.err

    row = drilled(house)
    stands = DrillClock(Path(row.folder))()
    resumed = house.run("drill", "--resume", who="zhang")
    assert resumed.code == 130
    assert DrillClock(Path(row.folder))() == stands

    assert house.run("drill", "abort").code == 0
    assert drilled(house).status == "aborted"
    assert house.run("drill", "--resume").code == 2


def test_a_real_orange_comes_before_any_drill(house: World) -> None:
    code = house.crisis()

    refused = house.run("drill", "--scenario", "misdiagnosis", "--auto")

    assert refused.code == 2
    assert code in refused.err


def test_a_real_orange_stops_a_drill_that_runs(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    troubles = iter(["", "", "7K2", "7K2", "7K2"])
    monkeypatch.setattr(command, "_real_trouble", lambda _app: next(troubles))

    stopped = house.run("drill", "--scenario", "misdiagnosis", "--auto")

    assert stopped.code == 2
    assert "真的事件 7K2 来了" in stopped.err
    assert drilled(house).status == "paused"


def test_the_daemon_never_runs_on_a_drill(house: World, monkeypatch: pytest.MonkeyPatch) -> None:
    house.run("drill", "--scenario", "misdiagnosis", "--auto")
    monkeypatch.setenv("FENGSUI_CONFIG", str(Path(drilled(house).folder) / "fengsui.yaml"))

    refused = house.run("alerts", "test")

    assert refused.code == 2
    assert "这是演练的配置" in refused.err


def test_drills_stand_in_the_weekly_report_apart_from_its_figures(house: World) -> None:
    house.run("drill", "--scenario", "misdiagnosis", "--auto")
    with house.stored() as session:
        row = session.query(DrillRow).one()
        row.ended_at = house.now - timedelta(hours=1)

    made = house.run("report", "weekly", "--json").json()

    assert [one["title"] for one in made["drills"]] == ["误诊，家属发帖"]
    assert made["response"]["incidents"] == []
    assert "误诊，家属发帖" in Path(made["path"]).read_text("utf-8")


@pytest.mark.parametrize("name", names())
def test_every_shipped_scenario_is_whole(name: str) -> None:
    scenario = load_scenario(name, date(2026, 11, 22))

    assert scenario.why
    assert scenario.story.ends - scenario.story.begins > timedelta(hours=4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: [", "不是正确的 YAML"),
        ("- 1", "要写成 title"),
        ("title: 一", "缺少 why"),
    ],
)
def test_a_scenario_that_cannot_be_played_is_refused_in_words(
    tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(text, "utf-8")

    with pytest.raises(ScenarioError, match=said):
        load_scenario(str(file), date(2026, 11, 22))


def test_an_unknown_scenario_names_those_there_are() -> None:
    with pytest.raises(ScenarioError, match="misdiagnosis"):
        load_scenario("fire", date(2026, 11, 22))


def test_nothing_done_is_no_point() -> None:
    assert score(Played(limit=timedelta(minutes=5))).total == 0


@pytest.mark.parametrize(("minutes", "points"), [(5, 25), (10, 17), (20, 0), (60, 0)])
def test_a_late_answer_costs_points(minutes: int, points: int) -> None:
    played = Played(
        limit=timedelta(minutes=5), called_at=T0, acked_at=T0 + timedelta(minutes=minutes), levels=1
    )

    assert score(played).acknowledge == points


def test_every_further_level_and_a_late_statement_cost_points() -> None:
    played = Played(
        limit=timedelta(minutes=5),
        called_at=T0,
        acked_at=T0,
        levels=3,
        drafted=True,
        submitted=True,
        approved=True,
        published_at=T0 + timedelta(hours=3),
        publish_due=T0 + timedelta(hours=1),
    )

    assert score(played).levels == 5
    assert score(played).statement == 20
