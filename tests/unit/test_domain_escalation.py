"""Who is called when, in tables and properties."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.escalation import (
    Event,
    Gap,
    GapKind,
    Page,
    Quiet,
    Run,
    Sla,
    Who,
    advance,
    begun,
    grown_from,
    promote,
    stop,
    waiting,
)
from monitor.domain.tier import Tier

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
MIDNIGHT = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)  # 00:00 in Shanghai
MINUTE = timedelta(minutes=1)


def start(
    number: int,
    tier: Tier,
    levels: int,
    now: datetime,
    who: Who,
    sla: Sla | None = None,
    **how: Any,
) -> tuple[Run, tuple[Event, ...]]:
    """Begin a run and make the first call if it is due."""
    confirmed = how.pop("confirmed", False)
    quiet = how.pop("quiet", Quiet())
    run = begun(number, tier, levels, now, quiet, **how)
    return advance(run, now, who, sla or Sla(), quiet, confirmed=confirmed)


def everybody(level: int, at: datetime) -> tuple[str, ...]:
    assert at.tzinfo is not None
    return (f"p{level}",)


class Rota:
    """A rota with empty levels."""

    def __init__(self, *empty: int) -> None:
        self.empty = empty

    def __call__(self, level: int, at: datetime) -> tuple[str, ...]:
        return () if level in self.empty else everybody(level, at)


def shown(now: datetime, events: tuple[Event, ...]) -> list[str]:
    """Write each event as minute, level, and x for a gap, ! for an exhausted chain."""
    signs = {GapKind.EMPTY: "x", GapKind.EXHAUSTED: "!"}
    minute = (now - NOON) // MINUTE
    return [
        f"{minute}:L{event.level}{signs[event.kind] if isinstance(event, Gap) else ''}"
        for event in events
    ]


def story(tier: Tier, levels: int, steps: int, *empty: int, confirmed: bool = False) -> str:
    """Let the deadlines pass unanswered, one after the other."""
    who, now = Rota(*empty), NOON
    run, events = start(1, tier, levels, now, who, confirmed=confirmed)
    lines = shown(now, events)
    for _ in range(steps):
        if run.next_deadline is None:
            break
        now = run.next_deadline
        run, events = advance(run, now, who, confirmed=confirmed)
        lines += shown(now, events)
    return " ".join(lines)


@pytest.mark.parametrize(
    ("called", "expected"),
    [
        pytest.param(
            story(Tier.RED, 4, 8),
            "0:L1 5:L2 10:L3 20:L1 25:L2 30:L3 35:L4 45:L1 50:L2",
            id="an unconfirmed red calls the leadership once, after two whole loops",
        ),
        pytest.param(
            story(Tier.RED, 4, 8, confirmed=True),
            "0:L1 5:L2 10:L3 15:L4 25:L1 30:L2 35:L3 45:L1 50:L2",
            id="a confirmed red calls the leadership once, after the first loop",
        ),
        pytest.param(
            story(Tier.RED, 2, 4, confirmed=True),
            "0:L1 5:L2 15:L1 20:L2 30:L1",
            id="a short rota loops over what it has",
        ),
        pytest.param(
            story(Tier.RED, 4, 2, 1, 2),
            "0:L1x 0:L2x 0:L3 10:L1x 10:L2x 10:L3 15:L4",
            id="an empty level is skipped at once and told",
        ),
        pytest.param(
            story(Tier.RED, 4, 1, 1, 2, 3, 4, confirmed=True),
            "0:L1x 0:L2x 0:L3x 0:L4x 10:L1x 10:L2x 10:L3x 10:L4x",
            id="an empty rota is told level by level and tried again",
        ),
        pytest.param(
            story(Tier.RED, 4, 2, 4, confirmed=True)
            + " / "
            + story(Tier.RED, 4, 3, 4, confirmed=True),
            "0:L1 5:L2 10:L3 / 0:L1 5:L2 10:L3 15:L4x 15:L1",
            id="an empty leadership does not delay the next loop",
        ),
        pytest.param(
            story(Tier.RED, 0, 1, 1),
            "0:L1x 10:L1x",
            id="a rota without levels is one gap",
        ),
        pytest.param(
            story(Tier.ORANGE, 4, 5),
            "0:L1 15:L2 30:L3 45:L3! 45:L1 105:L1 165:L1",
            id="orange leaves the leadership alone and calls the first level every hour",
        ),
        pytest.param(
            story(Tier.ORANGE, 3, 3, 1),
            "0:L1x 0:L2 15:L3 30:L3! 30:L1x 30:L2 90:L1x 90:L2",
            id="the hourly orange call goes to whoever is there",
        ),
        pytest.param(
            story(Tier.YELLOW, 3, 9),
            "0:L1 60:L2 120:L3 180:L3!",
            id="yellow stops after its last level and tells the operator",
        ),
    ],
)
def test_unanswered_calls_follow_the_chain(called: str, expected: str) -> None:
    assert called == expected


def test_nobody_is_called_before_the_deadline() -> None:
    run, _ = start(1, Tier.RED, 3, NOON, everybody)
    assert advance(run, NOON + 5 * MINUTE - timedelta(seconds=1), everybody) == (run, ())


def test_a_page_says_until_when_to_answer() -> None:
    _, (page,) = start(7, Tier.RED, 3, NOON, everybody)
    assert page == Page(7, Tier.RED, 1, 1, ("p1",), NOON, NOON + 5 * MINUTE)


def test_the_minutes_come_from_the_arguments() -> None:
    run, _ = start(1, Tier.ORANGE, 3, NOON, everybody, Sla(orange=3))
    assert run.next_deadline == NOON + 3 * MINUTE


def test_a_stopped_run_calls_nobody() -> None:
    run, _ = start(1, Tier.RED, 3, NOON, everybody)
    assert advance(stop(run), NOON + timedelta(days=1), everybody) == (stop(run), ())
    assert advance(replace(run, active=False), NOON + timedelta(days=1), everybody)[1] == ()


def test_no_tier_no_call() -> None:
    run, events = start(1, Tier.NONE, 3, NOON, everybody)
    assert (run.active, events) == (False, ())


def test_a_lost_lease_begins_at_the_next_level() -> None:
    assert start(1, Tier.RED, 4, NOON, everybody, first_level=2)[1][0].level == 2
    assert start(1, Tier.RED, 4, NOON, everybody, first_level=4)[1][0].level == 3


def test_after_a_stall_one_call_goes_out_for_now() -> None:
    run, _ = start(1, Tier.RED, 4, NOON, everybody)
    later = NOON + timedelta(hours=3)
    run, events = advance(run, later, everybody)
    assert [(event.level, event.at) for event in events] == [(2, later)]
    assert run.next_deadline == later + 5 * MINUTE


def test_yellow_waits_at_night_and_calls_at_eight() -> None:
    run, events = start(1, Tier.YELLOW, 3, MIDNIGHT, everybody)
    assert events == ()
    assert run.next_deadline == MIDNIGHT + timedelta(hours=8)
    run, events = advance(run, MIDNIGHT + timedelta(hours=8), everybody)
    assert [event.level for event in events] == [1]


def test_a_yellow_deadline_at_night_moves_to_the_morning() -> None:
    run, _ = start(1, Tier.YELLOW, 3, MIDNIGHT - timedelta(hours=2, minutes=30), everybody)
    assert run.next_deadline == MIDNIGHT + timedelta(hours=8)


def test_a_yellow_deadline_that_a_clock_jump_moved_into_the_night_waits() -> None:
    run, _ = start(1, Tier.YELLOW, 3, MIDNIGHT - timedelta(hours=4), everybody)
    run, events = advance(run, MIDNIGHT, everybody)
    assert (run.next_deadline, events) == (MIDNIGHT + timedelta(hours=8), ())


def test_yellow_waiting_for_the_morning_keeps_waiting_when_the_clock_goes_back() -> None:
    run, _ = start(1, Tier.YELLOW, 3, MIDNIGHT, everybody)
    run, events = advance(run, MIDNIGHT - timedelta(hours=1), everybody)
    assert (run.next_deadline, events) == (MIDNIGHT + timedelta(hours=8), ())


@pytest.mark.parametrize(
    ("mentions", "needed"), [(0, 6), (1, 6), (2, 6), (3, 9), (4, 12), (100, 300)]
)
def test_a_yellow_is_called_at_night_from_three_times_its_mentions_on(
    mentions: int, needed: int
) -> None:
    assert grown_from(mentions, 3.0, 6) == needed


def test_a_yellow_that_has_grown_is_called_at_once_and_its_next_level_in_the_morning() -> None:
    run, _ = start(1, Tier.YELLOW, 3, MIDNIGHT, everybody)
    waits = waiting(waiting(run, 9), 30)
    assert waits.grows_at == 9

    called, (page,) = promote(waits, MIDNIGHT + timedelta(hours=3), everybody)

    assert (page.level, called.grows_at) == (1, None)
    assert called.next_deadline == MIDNIGHT + timedelta(hours=8)
    assert waiting(stop(run), 9).grows_at is None


def test_orange_does_not_wait_at_night() -> None:
    assert start(1, Tier.ORANGE, 3, MIDNIGHT, everybody)[1] != ()


@pytest.mark.parametrize(
    ("quiet", "hour", "ends"),
    [
        pytest.param(Quiet(), 22, 32, id="the evening waits for the next day"),
        pytest.param(Quiet(), 7, 8, id="the morning waits for the same day"),
        pytest.param(Quiet(), 8, 8, id="the end itself is not quiet"),
        pytest.param(Quiet(time(13), time(14)), 13, 14, id="quiet hours within a day"),
        pytest.param(Quiet(time(13), time(14)), 14, 14, id="after quiet hours within a day"),
        pytest.param(Quiet(time(8), time(8)), 8, 8, id="equal ends are never quiet"),
    ],
)
def test_quiet_hours_end_at_their_time(quiet: Quiet, hour: int, ends: int) -> None:
    at = MIDNIGHT + timedelta(hours=hour)
    assert quiet.ends_after(at) == MIDNIGHT + timedelta(hours=ends)


def test_a_gap_says_what_to_do() -> None:
    _, events = start(1, Tier.RED, 1, NOON, Rota(1))
    assert [gap.text for gap in events if isinstance(gap, Gap)] == [
        "第 1 级此刻没有人值班，已跳过这一级继续叫人：请补排值班表。"
    ]


jumps = st.lists(st.integers(-6 * 60, 6 * 60).map(lambda minutes: minutes * MINUTE), max_size=30)
tiers = st.sampled_from([Tier.YELLOW, Tier.ORANGE, Tier.RED])


@given(jumps, tiers, st.integers(1, 4), st.booleans())
def test_clock_jumps_neither_lose_nor_double_a_level(
    moves: list[timedelta], tier: Tier, levels: int, confirmed: bool
) -> None:
    now = NOON
    run, events = start(1, tier, levels, now, everybody, confirmed=confirmed)
    pages = [event for event in events if isinstance(event, Page)]
    for move in moves:
        now += move
        run, events = advance(run, now, everybody, confirmed=confirmed)
        again, more = advance(run, now, everybody, confirmed=confirmed)
        assert (again, more) == (run, ())
        pages += [event for event in events if isinstance(event, Page)]
    assert [page.level for page in pages] == undisturbed(tier, levels, len(pages), confirmed)


def undisturbed(tier: Tier, levels: int, count: int, confirmed: bool) -> list[int]:
    """List the levels that a good clock calls."""
    run, events = start(1, tier, levels, NOON, everybody, confirmed=confirmed)
    called = [event.level for event in events if isinstance(event, Page)]
    while len(called) < count and run.next_deadline:
        run, events = advance(run, run.next_deadline, everybody, confirmed=confirmed)
        called += [event.level for event in events if isinstance(event, Page)]
    return called[:count]


@given(jumps, st.sets(st.integers(1, 4)), st.integers(0, 4), st.booleans())
def test_an_unanswered_red_always_has_a_deadline_close_ahead(
    moves: list[timedelta], empty: set[int], levels: int, confirmed: bool
) -> None:
    now, who = NOON, Rota(*empty)
    run, _ = start(1, Tier.RED, levels, now, who, confirmed=confirmed)
    for move in moves:
        now += move
        run, _ = advance(run, now, who, confirmed=confirmed)
        assert run.next_deadline is not None
        assert now < run.next_deadline <= run.paged_at + 10 * MINUTE
        assert run.paged_at <= now


@given(jumps, tiers)
def test_nobody_is_called_after_the_answer(moves: list[timedelta], tier: Tier) -> None:
    run, now = stop(start(1, tier, 4, NOON, everybody)[0]), NOON
    for move in moves:
        now += move
        run, events = advance(run, now, everybody)
        assert events == ()


@given(st.lists(st.integers(0, 30), max_size=40))
def test_the_leadership_is_called_at_most_once(minutes: list[int]) -> None:
    now = NOON
    run, events = start(1, Tier.RED, 4, now, everybody)
    called: list[int] = [event.level for event in events]
    for step in minutes:
        now += step * MINUTE
        run, events = advance(run, now, everybody, confirmed=step % 2 == 0)
        called += [event.level for event in events]
    assert called.count(4) <= 1


def test_a_run_kept_as_its_fields_goes_on_the_same() -> None:
    run, _ = start(1, Tier.RED, 4, NOON, everybody)
    kept = Run(**{name: getattr(run, name) for name in Run.__slots__})
    later = NOON + 5 * MINUTE
    assert advance(kept, later, everybody) == advance(run, later, everybody)
