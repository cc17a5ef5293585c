"""Counts as platforms write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.counts import MAX_COUNT, parse_count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1.2万", 12_000),
        ("10万+", 100_000),
        ("1亿", 100_000_000),
        ("1.5千万", 15_000_000),
        ("3.5w", 35_000),
        ("1.2W", 12_000),
        ("2k", 2000),
        ("1,234", 1234),
        ("1，234，567", 1_234_567),
        ("999+", 999),
        ("１２３４", 1234),
        ("１．２万", 12_000),
        (" 7 ", 7),
        ("\u200b7\u00a0", 7),
        (7, 7),
        (12.0, 12),
        ("0", 0),
    ],
)
def test_counts_are_read_as_platforms_write_them(text: object, count: int) -> None:
    assert parse_count(text) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("赞 1.2万", 12_000),
        ("评论(23)", 23),
        ("评论（23）", 23),
        ("阅读数：10万+", 100_000),
        ("1.2万次观看", 12_000),
        ("23条评论", 23),
        ("约3万人关注", 30_000),
    ],
)
def test_a_label_beside_the_number_does_no_harm(text: str, count: int) -> None:
    assert parse_count(text) == count


@pytest.mark.parametrize(
    "text",
    [
        "",
        "赞",
        "评论",
        "转发",
        "-3",
        "1,23",
        "1.2.3万",
        "12 3",
        "2026-11-20",
        "9" * 40,
        "万",
        "第3页",
    ],
)
def test_what_is_no_number_is_unknown_and_not_zero(text: str) -> None:
    assert parse_count(text) is None


@pytest.mark.parametrize("value", [None, True, [], float("nan"), float("inf"), 1e300, -1])
def test_values_of_other_kinds_are_no_counts(value: object) -> None:
    assert parse_count(value) is None


@given(st.text(max_size=60) | st.floats() | st.integers())
def test_any_value_gives_a_sane_count_or_none(value: object) -> None:
    count = parse_count(value)
    assert count is None or 0 <= count <= MAX_COUNT


@given(st.integers(0, 10**9))
def test_a_plain_number_is_itself_with_and_without_commas(number: int) -> None:
    assert parse_count(str(number)) == parse_count(f"{number:,}") == number
