"""What a source is worth, from its runs alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.source_health import Goal, Health, Run, Seen, SourceState, assess, clock
from monitor.domain.source_pace import Budget, allowance, pace, tightest, wait

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EVERY = 5 * MINUTE
FEED = Goal(EVERY, 6 * HOUR)
SEARCH = Goal(EVERY, 6 * HOUR, quiet=True)
LONG_AGO = NOW - 30 * DAY


def run(status: str = "ok", *kinds: str, rows: int = 10, parsed: int | None = None) -> Run:
    return Run(NOW, status, frozenset(kinds), rows, rows if parsed is None else parsed)


def failed(*kinds: str) -> Run:
    return run("failed", *kinds, rows=0)


def seen(read: timedelta = EVERY, item: timedelta = HOUR) -> Seen:
    return Seen(LONG_AGO, NOW - read, NOW - item, had_rows=True)


def state(*runs: Run, goal: Goal = FEED, known: Seen | None = None) -> Health:
    return assess(runs, goal, known or seen(), NOW)


@pytest.mark.parametrize(
    ("runs", "expected", "confirmed"),
    [
        ([run()], "ok", False),
        ([run("not_modified", rows=0)], "ok", False),
        ([run(parsed=7)], "degraded", False),
        ([run("ok", "rate_limited")], "degraded", False),
        ([run("ok", "no_link")], "ok", False),
        ([run(), failed("timeout")], "degraded", False),
        ([run(), failed("timeout"), failed("server_error")], "silent", True),
        ([run(), failed("login_page")], "soft_blocked", False),
        ([run(), failed("login_page"), failed("login_page")], "soft_blocked", True),
        ([run(), failed("captcha"), failed("timeout")], "silent", True),
        ([run(), failed("schema")], "soft_blocked", False),
        ([failed("forbidden"), failed("forbidden")], "blocked", True),
        ([failed("robots")], "blocked", False),
        ([failed("forbidden"), run()], "ok", False),
        ([run(), run("empty", rows=0), run("empty", rows=0)], "silent", True),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_the_last_runs_decide_the_state(runs: list[Run], expected: str, confirmed: bool) -> None:
    health = state(*runs)
    assert (health.state, health.confirmed) == (expected, confirmed)


def test_a_list_that_was_always_empty_is_not_being_withheld() -> None:
    known = Seen(NOW - HOUR, NOW - EVERY, None, had_rows=False)
    assert state(run("empty", rows=0), run("empty", rows=0), known=known).state == "ok"


def test_a_feed_without_news_falls_silent_but_a_quiet_search_does_not() -> None:
    known = seen(item=7 * HOUR)
    assert state(run("not_modified"), known=known) == Health(
        SourceState.SILENT, NOW - 7 * HOUR, confirmed=True
    )
    assert state(run("empty", rows=0), goal=SEARCH, known=Seen(LONG_AGO, NOW)).state == "ok"


def test_blindness_began_with_the_last_good_reading() -> None:
    health = state(failed("login_page"), failed("login_page"), known=seen(read=25 * MINUTE))
    assert health.blind_since == NOW - 25 * MINUTE


def test_a_source_that_is_never_asked_is_silent_too() -> None:
    assert assess([], FEED, Seen(NOW - 7 * HOUR), NOW).state == "silent"
    assert assess([], FEED, Seen(NOW - HOUR), NOW).state == "new"


@given(
    st.lists(
        st.builds(
            failed,
            st.sampled_from(["timeout", "login_page", "forbidden", "schema", "crashed", "captcha"]),
        ),
        min_size=2,
    )
)
def test_two_bad_runs_are_always_a_confirmed_blindness(runs: list[Run]) -> None:
    health = state(*runs)
    assert health.state.blind
    assert health.confirmed
    assert health.blind_since is not None


def test_a_moment_is_said_with_its_day_only_when_that_is_another() -> None:
    assert clock(NOW - HOUR, NOW) == "13:00"
    assert clock(NOW - DAY, NOW) == "11-21 14:00"


@pytest.mark.parametrize(
    ("budget", "used", "expected"),
    [
        (None, 5_000, 100),
        (Budget(5_000, DAY), 0, 17),
        (Budget(5_000, DAY), 4_990, 10),
        (Budget(5_000, DAY), 6_000, 0),
        (Budget(100, DAY), 0, 1),
    ],
)
def test_a_budget_is_spread_over_the_day(budget: Any, used: int, expected: int) -> None:
    assert allowance(budget, EVERY, used, 100) == expected


def test_a_small_quota_slows_the_source_down() -> None:
    assert pace(EVERY, Budget(96, DAY)) == 15 * MINUTE
    assert pace(EVERY, Budget(5_000, DAY)) == EVERY
    assert tightest(Budget(3_500, HOUR), Budget(100, DAY), None) == Budget(100, DAY)
    assert tightest(None) is None


@pytest.mark.parametrize(
    ("failures", "wish", "expected"),
    [
        (0, 0 * MINUTE, 5 * MINUTE),
        (1, 0 * MINUTE, 5 * MINUTE),
        (2, 0 * MINUTE, 10 * MINUTE),
        (4, 0 * MINUTE, 40 * MINUTE),
        (9, 0 * MINUTE, 60 * MINUTE),
        (1, 2 * HOUR, 2 * HOUR),
        (9, 90 * DAY, DAY),
    ],
)
def test_a_failing_source_is_asked_less_and_less_often(
    failures: int, wish: timedelta, expected: timedelta
) -> None:
    assert wait(EVERY, failures, wish) == expected
