"""Durations, clock times, days, zones and addresses of the configuration."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config_types import (
    check_zone,
    format_duration,
    is_loopback,
    parse_clock_time,
    parse_day,
    parse_duration,
    parse_moment,
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("90s", timedelta(seconds=90)),
        ("5m", timedelta(minutes=5)),
        ("6h", timedelta(hours=6)),
        ("2d", timedelta(days=2)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(written: str, meant: timedelta) -> None:
    assert parse_duration(written) == meant


@pytest.mark.parametrize("written", ["5", "5 分钟", "m", "-5m", "1.5h", "0s", "367d", "1h30m", ""])
def test_another_duration_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ValueError, match="90s"):
        parse_duration(written)


@given(st.integers(1, 366 * 86_400))
def test_a_duration_reads_back_as_it_is_written(seconds: int) -> None:
    length = timedelta(seconds=seconds)

    assert parse_duration(format_duration(length)) == length


def test_a_clock_time_needs_no_leading_zero() -> None:
    assert parse_clock_time("9:05") == time(9, 5)


@pytest.mark.parametrize("written", ["24:00", "22", "22:60", "1320", "十点"])
def test_another_clock_time_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ValueError, match="09:00"):
        parse_clock_time(written)


def test_days_and_moments_read_with_dashes() -> None:
    assert parse_day("2026-01-05") == date(2026, 1, 5)
    assert parse_moment("2026-01-05 09:00") == datetime(2026, 1, 5, 9)  # noqa: DTZ001 - local


@pytest.mark.parametrize("written", ["20260105", "2026-02-30", "1767600000", "明天"])
def test_another_day_is_refused_and_not_read_as_seconds(written: str) -> None:
    with pytest.raises(ValueError, match="2026-01-05"):
        parse_day(written)
    with pytest.raises(ValueError, match="2026-01-05 09:00"):
        parse_moment(written)


@pytest.mark.parametrize("name", ["Asia/Beijing", "Asia", "../etc/passwd", "", "+8"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="Asia/Shanghai"):
        check_zone(name)


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8080/feed", True),
        ("http://[::1]/feed", True),
        ("http://localhost/feed", True),
        ("http://localhost.example.cn/", False),
        ("http://127.0.0.1@example.cn/", False),
        ("http://example.cn/?x=127.0.0.1", False),
        ("http://[::1/feed", False),
        ("http://127.0.0.1:99999/", False),
    ],
)
def test_only_this_machine_is_loopback(url: str, here: bool) -> None:
    assert is_loopback(url) is here
