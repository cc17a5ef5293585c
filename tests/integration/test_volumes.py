"""A brand's volume from the store: the same whoever looks when, in whatever order things come."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from world import BRAND, HARM, NOON, World, item

from monitor.stations.grouping import LATENESS
from monitor.stations.volumes import SIGNALS, Volumes, volumes
from monitor.store.baseline_schema import BaselineRow
from monitor.store.schema import BrandMentionRow, MentionRow, SourceRow, TopicRow

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def fill(
    session: Session, times: Iterable[datetime], *, source: str = "旧档", risk: str | None = None
) -> None:
    """Store mentions of the brand as if they had been taken in and judged."""
    for at in times:
        row = MentionRow(
            platform="weibo",
            native_id=f"{source}-{at.isoformat()}-{random.random()}",  # noqa: S311 - a name
            source=source,
            text="清河医院",
            signature="",
            published_at=at,
            observed_at=at,
            stored_at=at,
            state="done",
        )
        session.add(row)
        session.flush()
        session.add(
            BrandMentionRow(
                mention_id=row.id,
                brand=BRAND,
                hits=[],
                own_words="",
                words_hash="",
                published_at=at,
                attention=10.0,
                negative=risk is not None,
                risk=risk,
            )
        )


def posts(start: datetime, hours: int, an_hour: int = 2) -> list[datetime]:
    step = HOUR / an_hour
    return [start + step * n + timedelta(minutes=3) for n in range(hours * an_hour)]


def look(world: World, now: datetime) -> Volumes:
    with world.app.database.transaction() as session:
        return volumes(session, BRAND, now)


def states(world: World) -> dict[str, tuple[datetime, datetime, object]]:
    with world.app.database.reading() as session:
        rows = session.scalars(select(BaselineRow).order_by(BaselineRow.code))
        return {row.code: (row.since, row.until, row.streams) for row in rows}


def test_a_brand_nobody_wrote_about_has_no_volume(world: World) -> None:
    assert look(world, NOON) == {}
    assert states(world) == {}


def test_a_burst_is_surprising_in_every_signal_and_in_its_risk_code(world: World) -> None:
    with world.app.database.transaction() as session:
        fill(session, posts(NOON - 5 * DAY, 5 * 24))
        fill(session, [NOON - timedelta(minutes=n) for n in range(14)], risk="privacy_leak")

    found = look(world, NOON)

    assert [one.signal for one in found[""]] == list(SIGNALS)
    assert all(one.surprise_15m > 4 and one.alarmed for one in found[""])
    assert found["privacy_leak"][0].surprise_60m > found[""][0].surprise_60m
    assert 1 < found[""][0].usual_60m < 3
    assert found[""][0].count_60m == 14 + 1  # bins end at 12:05, so the post of 11:03 has left


def test_an_ordinary_hour_is_no_alarm(world: World) -> None:
    with world.app.database.transaction() as session:
        fill(session, posts(NOON - 5 * DAY, 5 * 24))

    found = look(world, NOON)[""]

    assert not any(one.alarmed for one in found)
    assert all(one.score < 1 for one in found)


def test_it_does_not_matter_who_looked_in_between(tmp_path: Path) -> None:
    """A look at every hour with a restart before it, against one look at the end."""
    often, once = World(tmp_path / "often"), World(tmp_path / "once")
    start = NOON - 12 * HOUR
    for hour in range(12):
        for one in (often, once):
            with one.app.database.transaction() as session:
                fill(session, posts(start + hour * HOUR, 1, 1 + hour % 5))
        often.restart()
        look(often, start + (hour + 1) * HOUR + timedelta(minutes=20))

    assert look(often, NOON) == look(once, NOON)
    assert states(often) == states(once)


def test_any_order_of_arrival_gives_the_same_once_the_lateness_window_has_closed(
    tmp_path: Path,
) -> None:
    in_order, shuffled = World(tmp_path / "a"), World(tmp_path / "b")
    first, told = NOON - DAY, posts(NOON - 4 * HOUR, 3, 3)
    for one in (in_order, shuffled):
        with one.app.database.transaction() as session:
            fill(session, posts(first, 20))
    for at in told:
        with in_order.app.database.transaction() as session:
            fill(session, [at])
        look(in_order, at)
    late = [at + random.Random(3).random() * LATENESS for at in told]  # noqa: S311 - repeatable
    for arrived, at in sorted(zip(late, told, strict=True)):
        with shuffled.app.database.transaction() as session:
            fill(session, [at])
        look(shuffled, arrived)

    after = NOON + LATENESS + HOUR
    assert look(in_order, after) == look(shuffled, after)
    assert states(in_order) == states(shuffled)


@pytest.mark.parametrize("jump", [timedelta(hours=6), timedelta(hours=-6)])
def test_a_clock_that_jumps_does_no_harm(tmp_path: Path, jump: timedelta) -> None:
    steady, jumping = World(tmp_path / "a"), World(tmp_path / "b")
    for one in (steady, jumping):
        with one.app.database.transaction() as session:
            fill(session, posts(NOON - DAY, 24))
        look(one, NOON)

    look(jumping, NOON + jump)
    for one in (steady, jumping):
        with one.app.database.transaction() as session:
            fill(session, posts(NOON, 4, 5))

    later = NOON + 4 * HOUR
    assert look(steady, later) == look(jumping, later)
    assert states(steady) == states(jumping)


def test_history_that_comes_in_later_is_learnt_from(world: World) -> None:
    with world.app.database.transaction() as session:
        fill(session, posts(NOON - DAY, 24))
    before = look(world, NOON)[""][0]
    with world.app.database.transaction() as session:
        fill(session, posts(NOON - 5 * DAY, 4 * 24, 6), source="旧档.jsonl")

    after = look(world, NOON)[""][0]

    assert before.usual_60m < 4 < after.usual_60m
    assert states(world)[""][0] == NOON - 5 * DAY


def source(session: Session, since: datetime, **fields: object) -> None:
    given = {"due_at": NOON, "last_ok_at": NOON, **fields}
    session.add(SourceRow(name="新闻网", since=since, **given))  # type: ignore[arg-type]


def test_an_old_post_that_a_source_brings_up_is_no_month_of_silence(world: World) -> None:
    with world.app.database.transaction() as session:
        source(session, NOON - DAY)
        fill(session, [NOON - 30 * DAY, *posts(NOON - DAY, 24)], source="新闻网")

    look(world, NOON)

    assert states(world)[""][0] == NOON - DAY


def test_hours_that_no_source_has_read_are_missing_and_not_quiet(world: World) -> None:
    """A source that fails for ten hours must not lower the usual count."""
    with world.app.database.transaction() as session:
        source(session, NOON - 5 * DAY)
        fill(session, posts(NOON - 5 * DAY, 5 * 24), source="新闻网")
    look(world, NOON)
    known = states(world)[""][2]
    with world.app.database.transaction() as session:
        row = session.scalars(select(SourceRow)).one()
        row.failures, row.blind_since = 7, NOON

    found = look(world, NOON + 10 * HOUR)[""][0]

    assert found.usual_60m == 0
    assert found.score < 1
    levels = [one["mentions"]["level"][0] for one in (known, states(world)[""][2])]  # type: ignore[index]
    # The two hours that were still to be learnt from before it went blind may move it a little.
    assert levels[1] == pytest.approx(levels[0], rel=0.05)


def test_every_look_stores_its_numbers(world: World) -> None:
    world.post(item(1, HARM))
    world.decide()

    with world.app.database.reading() as session:
        stored = session.scalars(select(TopicRow)).one().metrics

    assert stored["surprise_60m"] > 0
    assert stored["surprise"] == max(stored["surprise_15m"], stored["surprise_60m"])
    assert {(one["code"], one["signal"]) for one in stored["volumes"]} == {
        (code, signal) for code in ("", "patient_safety") for signal in SIGNALS
    }
    assert {"cusum", "volume_score"} <= stored.keys()


def test_a_baseline_of_an_older_version_is_learnt_anew_from_the_counts(world: World) -> None:
    with world.app.database.transaction() as session:
        fill(session, [NOON - DAY + HOUR * n for n in range(20)])
    before = look(world, NOON)
    with world.app.database.transaction() as session:
        for row in session.scalars(select(BaselineRow)):
            row.streams = {name: {"level": [9.0, 0.1, None]} for name in SIGNALS}

    assert look(world, NOON) == before
