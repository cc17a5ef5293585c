"""Where the marks of the charts stand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.domain.tier import Tier
from monitor.reports import charts
from monitor.reports.figures import Figure, Rate
from monitor.reports.sections import Bar
from monitor.reports.timeline import Segment, Track
from monitor.reports.week import Week

WEEK = Week(2026, 47)


def _figure(count: int) -> Figure:
    return Figure("提及", "", tuple(range(count)))


def test_the_highest_bar_fills_the_plot_and_its_negative_part_is_to_scale() -> None:
    bars = [Bar("周一", _figure(40), _figure(10)), Bar("周二", _figure(20), _figure(0))]

    high, low = charts.columns(bars)

    assert high.y == charts.TOP
    assert charts.FLOOR - high.negative_y == pytest.approx((charts.FLOOR - charts.TOP) / 4, abs=0.1)
    assert charts.FLOOR - low.y == pytest.approx((charts.FLOOR - charts.TOP) / 2, abs=0.1)


def test_bars_of_nothing_divide_by_nothing() -> None:
    assert all(one.y == charts.FLOOR for one in charts.columns([Bar("", _figure(0), _figure(0))]))


def test_a_share_of_too_few_is_not_drawn() -> None:
    enough, few = Rate(_figure(5), _figure(20)), Rate(_figure(2), _figure(3))

    assert [one.label for one in charts.whiskers(few, enough)] == ["前28天"]


def test_a_tier_is_as_high_as_it_is_loud_and_never_too_thin_to_see() -> None:
    noon = WEEK.start + timedelta(days=3, hours=12)
    segments = tuple(
        Segment(noon, noon + timedelta(seconds=1), tier, ()) for tier in list(Tier)[1:]
    )

    lane = charts.time_line([Track("7K2", segments)], WEEK.start, WEEK.end).lanes[0]

    heights = [block.height for block in lane.blocks]
    assert heights == sorted(set(heights))
    assert all(block.width >= 2 for block in lane.blocks)
    assert lane.blocks[0].x == pytest.approx((charts.LEFT + charts.WIDTH - 8) / 2, abs=0.1)


@pytest.mark.parametrize("hours", [0, 0.2, 1, 5, 30, 168])
def test_a_time_line_of_any_length_has_a_few_marks_and_not_a_crowd(hours: float) -> None:
    chart = charts.time_line((), WEEK.start, WEEK.start + timedelta(hours=hours))

    assert 1 <= len(chart.ticks) <= 9


def test_a_whole_week_is_marked_by_its_days_at_midnight_in_shanghai() -> None:
    ticks = charts.time_line((), WEEK.start, WEEK.end).ticks

    assert [tick.label for tick in ticks] == [f"11/{day}" for day in range(16, 23)]
    assert ticks[0].x == charts.LEFT
