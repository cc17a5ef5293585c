"""Dates as Chinese pages write them, read on Sunday 22 November 2026 at 10:00 in Shanghai."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.dates import AHEAD, SHANGHAI, parse_time, parse_when, read_when

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI)
ALPHABET = "0123456789:-/.年月日时分秒点半刚昨今前天周上下午早晚凌晨小个发布于编辑IP属地 上海T+Z"


def shanghai(text: str, now: datetime = NOW) -> str | None:
    found = parse_when(text, now)
    return found.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if found else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("刚刚", "2026-11-22 10:00"),
        ("3分钟前", "2026-11-22 09:57"),
        ("3 分钟前", "2026-11-22 09:57"),
        ("1个小时前", "2026-11-22 09:00"),
        ("半小时前", "2026-11-22 09:30"),
        ("半个小时前", "2026-11-22 09:30"),
        ("一个半小时前", "2026-11-22 08:30"),
        ("十二小时前", "2026-11-21 22:00"),
        ("两天前", "2026-11-20 10:00"),
        ("an hour ago", "2026-11-22 09:00"),
    ],
)
def test_spans_count_back_from_now(text: str, expected: str) -> None:
    assert shanghai(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今天 09:05", "2026-11-22 09:05"),
        ("今日08:30", "2026-11-22 08:30"),
        ("08:05", "2026-11-22 08:05"),
        ("昨天 12:30", "2026-11-21 12:30"),
        ("昨天下午3点", "2026-11-21 15:00"),
        ("昨天下午三点半", "2026-11-21 15:30"),
        ("今天凌晨2点10分", "2026-11-22 02:10"),
        ("昨天中午12点", "2026-11-21 12:00"),
        ("昨晚8点", "2026-11-21 20:00"),
        ("昨晚12点", "2026-11-22 00:00"),
        ("昨天 24:00", "2026-11-22 00:00"),
        ("前天", "2026-11-20 00:00"),
        ("大前天 8:00", "2026-11-19 08:00"),
        ("周五 12:30", "2026-11-20 12:30"),
        ("周日 12:00", "2026-11-15 12:00"),
        ("上周五", "2026-11-13 00:00"),
    ],
)
def test_days_are_counted_from_today(text: str, expected: str) -> None:
    assert shanghai(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("11-20 18:05", "2026-11-20 18:05"),
        ("11/20 18:05", "2026-11-20 18:05"),
        ("11月20日", "2026-11-20 00:00"),
        ("11月20日 18:05", "2026-11-20 18:05"),
        ("2026年11月20日 18时05分", "2026-11-20 18:05"),
        ("2026年11月20日 星期五 18:05", "2026-11-20 18:05"),
        ("2026-11-20(周五) 18:05", "2026-11-20 18:05"),
        ("2026.11.20 下午6:05", "2026-11-20 18:05"),
        ("26-11-20 18:05", "2026-11-20 18:05"),
        ("２０２６－１１－２０　１８：０５", "2026-11-20 18:05"),
        ("二〇二六年十一月二十日", "2026-11-20 00:00"),
        ("去年12月3日", "2025-12-03 00:00"),
        ("202611201805", "2026-11-20 18:05"),
        ("20261120", "2026-11-20 00:00"),
        ("1795169100", "2026-11-20 18:05"),
        ("1795169100000", "2026-11-20 18:05"),
        ("2026-11-20T18:05:33.000+08:00", "2026-11-20 18:05"),
        ("2026-11-20T10:05:33Z", "2026-11-20 18:05"),
        ("2026-11-20 18:05:33 +0800", "2026-11-20 18:05"),
        ("Fri Nov 20 18:05:00 +0800 2026", "2026-11-20 18:05"),
    ],
)
def test_dates_are_read_in_all_their_shapes(text: str, expected: str) -> None:
    assert shanghai(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("编辑于 昨天 12:30", "2026-11-21 12:30"),
        ("最后编辑于2026-11-20 18:05:33", "2026-11-20 18:05"),
        ("发布时间：2026-11-20 18:05 来源：清河新闻网", "2026-11-20 18:05"),
        ("来源：清河新闻网 2026/11/20 18:05", "2026-11-20 18:05"),
        ("3分钟前 IP属地：上海", "2026-11-22 09:57"),
        ("昨天 12:30 广东", "2026-11-21 12:30"),
        ("11-20 · 上海", "2026-11-20 00:00"),
        ("发布于 11-20 18:05 来自 微博网页版", "2026-11-20 18:05"),
        ("3分钟前 已编辑", "2026-11-22 09:57"),
    ],
)
def test_labels_places_and_devices_are_left_aside(text: str, expected: str) -> None:
    assert shanghai(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "发布于 上海",
        "IP属地：上海",
        "今天的天气真好",
        "2026-13-20",
        "2026-11-20 25:00",
        "0000000001",
        "3.5",
        "昨天" * 200,
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_when(text, NOW) is None


@pytest.mark.parametrize(
    "text", ["今天 18:05", "2027-01-01", "11-22 18:05", "11-23", "1895169100", "18:05"]
)
def test_a_date_in_the_future_is_refused(text: str) -> None:
    assert parse_when(text, NOW) is None


def test_clocks_may_differ_by_minutes() -> None:
    assert shanghai("今天 10:05") == "2026-11-22 10:05"


def test_a_missing_year_is_last_year_after_new_year() -> None:
    new_year = datetime(2027, 1, 1, 0, 10, tzinfo=SHANGHAI)
    assert shanghai("12-31 23:50", new_year) == "2026-12-31 23:50"
    assert shanghai("01-01 00:05", new_year) == "2027-01-01 00:05"
    assert shanghai("昨天 23:50", new_year) == "2026-12-31 23:50"


def test_29_february_without_year_is_the_last_one() -> None:
    assert shanghai("2-29") == "2024-02-29 00:00"


@pytest.mark.parametrize("text", ["11月20日", "前天", "上周五", "两天前", "20261120", "2026-11-20"])
def test_a_day_without_hour_says_so(text: str) -> None:
    found = read_when(text, NOW)
    assert found is not None
    assert found.day_only


@pytest.mark.parametrize("text", ["刚刚", "昨天下午3点", "11-20 18:05", "1795169100"])
def test_an_hour_is_more_than_a_day(text: str) -> None:
    found = read_when(text, NOW)
    assert found is not None
    assert not found.day_only


def test_the_zone_decides_what_today_is() -> None:
    tokyo = parse_when("今天 00:30", NOW, ZoneInfo("Asia/Tokyo"))
    assert tokyo == datetime(2026, 11, 21, 15, 30, tzinfo=UTC)


@given(
    st.text(max_size=60) | st.text(ALPHABET, max_size=25),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_any_text_gives_the_past_or_none(text: str, now: datetime) -> None:
    found = parse_when(text, now)
    assert found is None or (found <= now + AHEAD and found.tzinfo is UTC)


@given(st.datetimes(datetime(1991, 1, 1), datetime(2026, 11, 21)))  # noqa: DTZ001 (naive bounds)
def test_a_full_date_comes_back_whatever_its_shape(moment: datetime) -> None:
    expected = moment.replace(second=0, microsecond=0, tzinfo=timezone(timedelta(hours=8)))
    for shape in ("%Y-%m-%d %H:%M", "%Y年%m月%d日 %H时%M分", "%Y/%m/%dT%H:%M:00", "%Y%m%d%H%M"):
        assert parse_when(moment.strftime(shape), NOW, timezone(timedelta(hours=8))) == expected


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-11-22T10:00:00", 2),
        ("2026-11-22 10:00", 2),
        ("2026-11-22T10:00:00Z", 10),
        ("2026-11-22T10:00:00+08:00", 2),
        ("Sun, 22 Nov 2026 10:00:00 GMT", 10),
        ("Sun, 22 Nov 2026 10:00:00", 2),
        ("Sun, 22 Nov 2026 10:00:00 CST", 2),
        ("2026年11月22日 10:00", 2),
        ("发布于 2026/11/22 10:00", 2),
    ],
)
def test_times_without_offset_are_shanghai(text: str, hour: int) -> None:
    assert parse_time(text) == datetime(2026, 11, 22, hour, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "昨天", "2026-13-40", "0001-01-01T00:00:00+14:00", "9" * 30])
def test_a_time_that_cannot_be_read_is_none(text: str) -> None:
    assert parse_time(text) is None
