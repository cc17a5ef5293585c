"""The volume detector: its tail, its calendar, what it learns, and what holds for any counts."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.baseline.burst import (
    BLOCKS,
    GROWTHS,
    LOWEST,
    MOST_ODDS,
    REARM,
    Watch,
    own_limits,
    step,
)
from monitor.baseline.codec import of_json, to_json
from monitor.baseline.days import SUNDAY, WEDNESDAY, hour_of_week, is_known, kind_of_day
from monitor.baseline.season import DAILY, Season, Usual, learn, usual
from monitor.baseline.stream import HOUR, HourOfCounts, Stream, advance, judge, over
from monitor.baseline.tail import surprise

MONDAY = datetime(2026, 3, 2, tzinfo=UTC) - timedelta(hours=8)  # midnight in Shanghai
PLAIN = Usual(mean=3.0, doubt=0.1, quarters=0.3, hours=0.2)
bins = st.lists(st.integers(0, 40) | st.none(), min_size=12, max_size=12)
days = st.lists(bins, min_size=1, max_size=30)


def hours(rows: list[list[int | None]], start: datetime = MONDAY) -> list[HourOfCounts]:
    return [HourOfCounts(start + HOUR * n, tuple(row)) for n, row in enumerate(rows)]


def even(count: float, number: int, start: datetime = MONDAY) -> list[HourOfCounts]:
    """Hours that all have the same count, spread over their bins."""
    whole, rest = divmod(int(count), 12)
    row = tuple(float(whole + (n < rest)) for n in range(12))
    return [HourOfCounts(start + HOUR * n, row) for n in range(number)]


def summed_tail(count: int, mean: float, dispersion: float) -> float:
    """The same tail by adding up the probabilities below it."""
    size = 1 / dispersion
    chance = size / (size + mean)
    below = sum(
        math.exp(
            math.lgamma(n + size)
            - math.lgamma(size)
            - math.lgamma(n + 1)
            + size * math.log(chance)
            + n * math.log1p(-chance)
        )
        for n in range(count)
    )
    return -math.log10(1 - below)


@pytest.mark.parametrize(
    ("count", "mean", "dispersion"),
    [(1, 0.1, 0.5), (5, 3.0, 0.5), (20, 30.0, 0.1), (12, 3.0, 0.5), (3, 3.0, 1e-6)],
)
def test_the_tail_is_what_adding_up_the_distribution_gives(
    count: int, mean: float, dispersion: float
) -> None:
    expected = summed_tail(count, mean, max(dispersion, 1e-4))

    assert surprise(count, mean, dispersion) == pytest.approx(expected, rel=1e-3)


@given(st.integers(0, 5000), st.floats(0.001, 2000), st.floats(0, 5))
def test_one_mention_more_never_surprises_less(count: int, mean: float, dispersion: float) -> None:
    less, more = surprise(count, mean, dispersion), surprise(count + 1, mean, dispersion)

    assert 0 <= less <= more + 1e-9
    assert math.isfinite(more)


def test_a_holiday_is_a_sunday_and_a_weekend_worked_in_exchange_is_a_weekday() -> None:
    assert kind_of_day(date(2026, 10, 1)) == SUNDAY  # a Thursday, 国庆
    assert kind_of_day(date(2026, 10, 10)) == WEDNESDAY  # a Saturday worked for it
    assert kind_of_day(date(2026, 3, 2)) == 0
    assert hour_of_week(datetime(2026, 3, 1, 17, tzinfo=UTC)) == (0, 1)  # Monday in Shanghai


def test_a_year_without_a_notice_has_plain_weeks() -> None:
    assert not is_known(2099)
    assert kind_of_day(date(2099, 10, 1)) == 3


def test_the_daily_prior_is_a_curve_with_mean_one() -> None:
    assert sum(DAILY) / 24 == pytest.approx(1.0, abs=0.005)


@pytest.mark.parametrize("rate", [0.3, 3.0, 60.0, 900.0])
def test_four_weeks_teach_the_usual_count_of_any_brand(rate: float) -> None:
    # 0.3 an hour: seven hours in ten are empty, three have one.
    row = [round(rate * (n + 1)) - round(rate * n) for n in range(24 * 28)]
    stream = over(Stream(), [even(count, 1, MONDAY + HOUR * n)[0] for n, count in enumerate(row)])
    now = MONDAY + HOUR * len(row)

    means = [
        usual(stream.season, hour_of_week(now + HOUR * n), HourOfCounts(now, ()).number).mean
        for n in range(24)
    ]

    assert sum(means) / 24 == pytest.approx(rate, rel=0.15)


def test_what_was_not_seen_teaches_nothing() -> None:
    learnt = over(Stream(), even(6, 48)).season
    blind = HourOfCounts(MONDAY + HOUR * 48, (0.0,) * 12, exposure=0.0)

    assert learn(learnt, (2, 0), blind.number, blind.bins, 0.0) == learnt
    assert learn(learnt, (2, 0), blind.number, (None,) * 12) == learnt


def test_a_failed_crawl_is_no_quiet_hour_to_the_tests() -> None:
    watch = Watch(odds=(5.0, 2.0), quiet=3)

    after, burst = step(watch, 0.0, PLAIN, exposure=0.0)

    assert (after.odds, after.quiet) == ((5.0, 2.0), 3)
    assert burst.count_60 == burst.usual_60 == 0.0


def test_evidence_adds_up_while_mentions_are_many_and_fades_while_they_are_few() -> None:
    busy = even(9, 12)
    quiet = even(0, 24, MONDAY + HOUR * 12)
    stream, sums = over(Stream(), even(3, 24 * 14, MONDAY - HOUR * 24 * 14)), []
    for hour in (*busy, *quiet):
        sums.append(judge(stream, hour)[1][-1].values[2])
        stream = advance(stream, hour)

    assert sums[0] < sums[5] < sums[11] <= math.log1p(MOST_ODDS)
    assert sums[11] > sums[20] > sums[35]


def test_a_quarter_is_judged_at_every_bin_and_remembered_once() -> None:
    watch = Watch()
    values = []
    for count in (2.0, 2.0, 2.0):
        watch, burst = step(watch, count, PLAIN)
        values.append(burst.values[2])
        remembered = watch.odds != (0.0,) * len(GROWTHS)
        assert remembered == (len(values) == 3)

    assert 0 < values[0] < values[1] < values[2]


def test_half_a_view_expects_half_the_mentions() -> None:
    _, whole = step(Watch(), 4.0, PLAIN)
    _, half = step(Watch(), 4.0, PLAIN, exposure=0.5)

    assert half.usual_60 == pytest.approx(whole.usual_60 / 2)
    assert half.values[1] > whole.values[1]


def test_a_crisis_does_not_become_normal() -> None:
    """Three days at twenty times the usual move the next day's usual by less than a half."""
    before = over(Stream(), even(6, 24 * 28))
    start = MONDAY + HOUR * 24 * 28
    after = over(before, even(120, 72, start))
    then = start + HOUR * 72
    number, cell = HourOfCounts(then, ()).number, hour_of_week(then + HOUR * 12)

    assert usual(after.season, cell, number).mean < 1.5 * usual(before.season, cell, number).mean


def test_a_lasting_change_becomes_normal_in_some_weeks() -> None:
    before = over(Stream(), even(6, 24 * 28))
    start = MONDAY + HOUR * 24 * 28
    after = over(before, even(18, 24 * 28, start))
    then = start + HOUR * 24 * 28
    number, cell = HourOfCounts(then, ()).number, hour_of_week(then + HOUR * 12)

    assert usual(after.season, cell, number).mean > 12


def test_the_alarm_goes_off_once_and_is_armed_again_after_twelve_quiet_hours() -> None:
    usual_ = replace(PLAIN, mean=0.6)
    watch, risen = Watch(), []
    counts = [9.0] * 3 + [0.0] * (REARM // 2) + [9.0] * 3 + [0.0] * (2 * REARM) + [9.0] * 3
    for count in counts:
        armed = watch.armed
        watch, burst = step(watch, count, usual_)
        risen.append(armed and burst.score >= 1)

    assert sum(risen) == 2


def test_a_wild_stream_gets_limits_of_its_own_and_a_tame_one_those_of_the_model() -> None:
    tame = [(1.0 + 0.01 * n, 1.0, 1.0) for n in range(BLOCKS)]
    wild = [(4.0 + 0.05 * n, 1.0, 1.0) for n in range(BLOCKS)]

    assert own_limits(tame) == LOWEST
    assert own_limits(wild)[0] > 10
    assert own_limits(wild)[1:] == LOWEST[1:]
    assert own_limits(wild[:7]) == LOWEST


def test_one_week_of_crisis_in_the_month_leaves_the_limits_alone() -> None:
    quiet = [(1.0 + 0.01 * (n % 20), 1.0, 1.0) for n in range(BLOCKS)]
    crisis = [*quiet[: BLOCKS - 28], *[(80.0, 80.0, 15.0)] * 28]

    assert own_limits(crisis) == LOWEST


@given(days)
def test_the_same_hours_give_the_same_state_wherever_one_stops_in_between(
    rows: list[list[int | None]],
) -> None:
    told = hours(rows)
    whole = over(Stream(), told)
    stream = Stream()
    for hour in told:
        stream = of_json(to_json(stream))  # a restart between any two hours
        stream = advance(stream, hour)

    assert stream == whole


@given(days, st.integers(0, 11))
def test_more_mentions_now_never_lower_a_value(rows: list[list[int | None]], place: int) -> None:
    stream = over(Stream(), hours(rows))
    start = MONDAY + HOUR * len(rows)
    fewer = HourOfCounts(start, (1.0,) * 12)
    more = HourOfCounts(start, tuple(1.0 + (n == place) for n in range(12)))

    for less, higher in zip(judge(stream, fewer)[1], judge(stream, more)[1], strict=True):
        assert all(a <= b + 1e-9 for a, b in zip(less.values, higher.values, strict=True))


@given(days)
def test_judging_the_running_hour_changes_nothing_and_never_looks_ahead(
    rows: list[list[int | None]],
) -> None:
    *past, last = hours(rows)
    stream = over(Stream(), past)
    whole = judge(stream, last)[1]

    parts = [judge(stream, replace(last, bins=last.bins[:n]))[1][-1] for n in range(1, 13)]

    assert parts == whole
    assert judge(stream, last)[1] == whole


@given(days)
def test_values_are_finite_and_means_stay_positive(rows: list[list[int | None]]) -> None:
    stream = Stream()
    for hour in hours(rows):
        _, bursts = judge(stream, hour)
        stream = advance(stream, hour)
        assert all(math.isfinite(one) and one >= 0 for burst in bursts for one in burst.values)
    number = HourOfCounts(MONDAY + HOUR * len(rows), ()).number
    means = [usual(stream.season, (day, hour), number) for day in range(7) for hour in range(24)]
    assert all(0 < one.mean < math.inf and one.doubt > 0 for one in means)


def test_a_season_without_history_is_the_prior_with_a_wide_margin() -> None:
    first = usual(Season(), (0, 12), 0)

    assert first.mean == pytest.approx(DAILY[12])
    assert first.doubt > 3


def test_an_hour_ten_times_the_usual_is_loud_and_a_slow_build_is_seen_by_the_cusum() -> None:
    stream = over(Stream(), even(6, 24 * 28))
    start = MONDAY + HOUR * 24 * 28
    jump = judge(stream, even(60, 1, start)[0])[1]
    build = stream
    cusum = []
    for hour in even(18, 6, start):
        cusum.append(judge(build, hour)[1][-1].values[2])
        build = advance(build, hour)

    assert max(one.score for one in jump) > 1
    assert all(a < b for a, b in pairwise(cusum[:3]))


def test_the_worked_example_of_the_manual_comes_out_as_it_says() -> None:
    text = (Path(__file__).parents[2] / "docs" / "detection.md").read_text(encoding="utf-8")
    example = text[text.index("**算一遍。** 清河医院平时") :].splitlines()[0]
    seven, ten = (surprise(count, 1.0, 0.2 + 0.1) for count in (7, 10))

    assert f"检验是 {seven:.1f}，门槛 {LOWEST[1]:g}" in example
    assert f"检验是 {ten:.1f}" in example
    assert 10**-ten < 1 / 30_000
