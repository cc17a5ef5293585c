"""ISO weeks by the calendar in Shanghai."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.domain.mention import SHANGHAI
from monitor.reports.week import Week, parse_week, week_of


def test_a_week_runs_from_monday_midnight_in_shanghai_to_the_next() -> None:
    week = parse_week("2026-W47")

    assert week.start == datetime(2026, 11, 15, 16, tzinfo=UTC)
    assert week.end == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert week.days[0] == date(2026, 11, 16)
    assert week.days[-1] == date(2026, 11, 22)


def test_sunday_a_minute_before_midnight_in_shanghai_is_the_old_week_and_midnight_the_new() -> None:
    assert week_of(datetime(2026, 11, 22, 23, 59, tzinfo=SHANGHAI)).label == "2026-W47"
    assert week_of(datetime(2026, 11, 23, 0, 0, tzinfo=SHANGHAI)).label == "2026-W48"
    assert week_of(datetime(2026, 11, 22, 16, 0, tzinfo=UTC)).label == "2026-W48"


def test_the_first_days_of_january_may_belong_to_the_year_before() -> None:
    assert week_of(datetime(2027, 1, 3, 12, tzinfo=SHANGHAI)) == Week(2026, 53)


@pytest.mark.parametrize(
    "text",
    ["", "47", "2026-47", "2026W47", "2026-W7", "W47", "2026-W47; --", "二〇二六-W47"],
)
def test_what_does_not_read_as_a_week_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="请写成 2026-W47"):
        parse_week(text)


@pytest.mark.parametrize("text", ["2026-W00", "2026-W54", "2025-W53", "0000-W01", "9999-W52"])
def test_a_week_that_no_calendar_has_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"没有「{text}」这一周"):
        parse_week(text)
