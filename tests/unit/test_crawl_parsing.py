"""Counts, times, charsets, addresses and text out of HTML."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.parsing import (
    canonical_url,
    decode_body,
    html_to_text,
    parse_count,
    parse_time,
    shown,
)

CHINESE = "清河互联网医院的患者说，挂号处排队两个小时，没有人解释原因。"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1.2万", 12_000),
        ("10万+", 100_000),
        ("1亿", 100_000_000),
        ("3.5w", 35_000),
        ("1,234", 1234),
        ("999+", 999),
        (" 7 ", 7),
        (7, 7),
        (12.0, 12),
        ("2k", 2000),
        ("赞", None),
        ("", None),
        ("-3", None),
        (None, None),
        (True, None),
        ("9" * 40, None),
        ("1.2.3万", None),
    ],
)
def test_counts_are_read_as_platforms_write_them(text: object, count: int | None) -> None:
    assert parse_count(text) == count


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


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (CHINESE.encode(), ""),
        (CHINESE.encode(), "text/html; charset=gbk"),
        (CHINESE.encode(), "text/html; charset=iso-8859-1"),
        (CHINESE.encode("gbk"), ""),
        (CHINESE.encode("gbk"), "text/html; charset=utf-8"),
        (CHINESE.encode("gb18030"), "text/html; charset=no-such-thing"),
        (CHINESE.encode("utf-16"), "text/html; charset=utf-8"),
        (CHINESE.encode("utf-8-sig"), "text/html; charset=gbk"),
    ],
)
def test_the_charset_is_found_whatever_the_header_claims(body: bytes, content_type: str) -> None:
    assert decode_body(body, content_type).lstrip("\ufeff") == CHINESE


def test_big5_is_read_when_the_page_says_so() -> None:
    page = '<meta charset="big5">排隊兩個小時'
    assert decode_body(page.encode("big5")) == page


def test_one_cut_character_does_not_turn_a_page_into_gbk() -> None:
    cut = (CHINESE * 20).encode()[:-1]
    assert decode_body(cut).startswith(CHINESE)


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_become_text(body: bytes, content_type: str) -> None:
    assert isinstance(decode_body(body, content_type), str)


def test_text_keeps_what_a_reader_sees() -> None:
    html = (
        "<p>第一段 <b>很</b>长</p><script>alert('x')</script><style>p{}</style>"
        "<!-- 注释 -->第二段&amp;<br>第三段<div>尾</div>\x00\x0b"
    )
    assert html_to_text(html) == "第一段 很长\n第二段&\n第三段\n尾"


def test_plain_text_is_left_alone_but_for_blanks() -> None:
    assert html_to_text("  排队   两个\r\n\r\n小时 ") == "排队 两个\n小时"


def test_nesting_without_end_does_not_exhaust_the_stack() -> None:
    assert "底" in html_to_text("<div>" * 200 + "底") + html_to_text("<b>" * 50_000 + "底")


@given(st.text(max_size=200))
def test_any_text_can_be_freed_of_markup(html: str) -> None:
    assert "\x00" not in html_to_text("<p>" + html)


def test_addresses_lose_what_only_tracks_people() -> None:
    url = "HTTPS://News.example.cn/a?utm_source=x&id=3&spm=a1#c2"
    assert canonical_url(url) == "https://news.example.cn/a?id=3"


def test_a_shown_address_hides_keys_and_passwords() -> None:
    assert shown("https://u:geheim@feeds.example.cn/a?key=geheim") == "https://feeds.example.cn/a"
    assert shown("http://[bad") == "（地址有误）"
