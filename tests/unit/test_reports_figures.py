"""Counts with evidence, shares with intervals, and when nothing may be concluded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.reports.figures import Figure, Rate, compared, wilson
from monitor.reports.words import duration, rate


def _rate(part: int, whole: int) -> Rate:
    return Rate(Figure("提及", "", tuple(range(part))), Figure("提及", "", tuple(range(whole))))


# Worked by hand from the score interval with z² = 3.8415: none of ten is 0 to z² / (10 + z²),
# five of ten lies evenly around one half.
@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (1, 10, 0.0179, 0.4042)],
)
def test_the_interval_is_wilsons(part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole) == pytest.approx((low, high), abs=5e-5)


def test_fewer_than_ten_give_no_share_and_no_interval() -> None:
    assert (_rate(3, 9).share, _rate(3, 9).interval) == (None, None)
    assert _rate(3, 10).share == 0.3


def test_overlapping_intervals_allow_no_conclusion() -> None:
    assert compared(_rate(5, 20), _rate(20, 100)).startswith("不能下结论")


def test_intervals_apart_are_named_higher_or_lower() -> None:
    assert compared(_rate(18, 20), _rate(10, 100)).startswith("高于前 28 天")
    assert compared(_rate(0, 40), _rate(60, 100)).startswith("低于前 28 天")


def test_too_small_a_week_or_baseline_is_said_and_not_compared() -> None:
    assert compared(_rate(9, 9), _rate(0, 100)) == "本周可判读的提及只有 9 条，样本太少，不作结论"
    assert compared(_rate(18, 20), _rate(0, 9)).endswith("样本太少，不能比较")


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0.5, "不到 1 分钟"), (59.9, "59 分钟"), (112, "1 小时 52 分"), (4500, "3 天 3 小时")],
)
def test_lengths_of_time_read_as_people_say_them(minutes: float, words: str) -> None:
    assert duration(timedelta(minutes=minutes)) == words


def test_a_share_of_too_few_shows_bare_counts() -> None:
    assert rate(_rate(2, 5)) == "2 / 5（样本太少，不算百分比）"
    assert rate(_rate(5, 10)) == "50.0%（95% 区间 23.7%–76.3%）"
