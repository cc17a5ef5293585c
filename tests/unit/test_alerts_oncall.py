"""Who is called: fixed people, rotations that change at the hand-over hour, and swaps that end."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.oncall import Level, Override, on_call

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKLY = Level("一线", ("zhang", "li", "wang"), rotation_days=7, start=date(2026, 1, 5))
FIXED = Level("备班", ("zhao", "qian"))
LEVELS = (WEEKLY, FIXED, Level("空缺", ()))


def shanghai(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("at", "person"),
    [
        (shanghai(5, 9), "zhang"),
        (shanghai(12, 8, 59), "zhang"),
        (shanghai(12, 9), "li"),
        (shanghai(19, 9), "wang"),
        (shanghai(26, 9), "zhang"),
        (shanghai(5, 8, 59), "wang"),
    ],
)
def test_a_weekly_rotation_changes_at_the_handover_hour(at: datetime, person: str) -> None:
    assert on_call(LEVELS, (), 0, at) == (person,)


def test_fixed_people_are_called_together() -> None:
    assert on_call(LEVELS, (), 1, shanghai(5, 3)) == ("zhao", "qian")


@pytest.mark.parametrize("index", [2, 3, -1])
def test_an_empty_or_missing_level_is_a_gap(index: int) -> None:
    assert on_call(LEVELS, (), index, shanghai(5, 3)) == ()


def test_a_swap_holds_from_its_begin_until_before_its_end() -> None:
    swap = Override("一线", "sun", shanghai(6, 18), shanghai(7, 9))
    calls = [on_call(LEVELS, (swap,), 0, at) for at in (swap.begin, swap.end - timedelta(0, 1))]
    assert calls == [("sun",), ("sun",)]
    assert on_call(LEVELS, (swap,), 0, swap.end) == ("zhang",)
    assert on_call(LEVELS, (swap,), 0, swap.begin - timedelta(0, 1)) == ("zhang",)


def test_a_swap_touches_only_its_own_level() -> None:
    swap = Override("一线", "sun", shanghai(6, 18), shanghai(7, 9))
    assert on_call(LEVELS, (swap,), 1, shanghai(6, 20)) == ("zhao", "qian")


def test_of_two_swaps_the_later_one_counts() -> None:
    long = Override("一线", "sun", shanghai(6, 0), shanghai(9, 0))
    short = Override("一线", "zhou", shanghai(7, 0), shanghai(8, 0))
    assert on_call(LEVELS, (short, long), 0, shanghai(7, 12)) == ("zhou",)


def test_a_daily_rotation_changes_each_day_at_its_own_hour() -> None:
    daily = Level("夜班", ("a", "b"), rotation_days=1, start=date(2026, 1, 5), handover=time(20))
    at = shanghai(5, 20)
    assert [on_call((daily,), (), 0, at + timedelta(days=n))[0] for n in range(4)] == list("abab")


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(SHANGHAI)))  # noqa: DTZ001 - hypothesis takes naive bounds
def test_a_rota_with_people_never_has_a_gap(at: datetime) -> None:
    assert len(on_call(LEVELS, (), 0, at)) == 1
