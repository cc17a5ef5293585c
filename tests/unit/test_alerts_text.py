"""Cutting by bytes between visible characters, Chinese numbers and times, and tame foreign text."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.graphemes import graphemes
from alerts.text import LIMITS, clock, count, cut_bytes, safe_link, tame

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
CLUSTERS = st.sampled_from(
    ["好", "a", FAMILY, "👍🏽", "e\u0301", "🇨🇳", "❤️", "1️⃣", "한", "\r\n", "𠮷"]
)
NOISE = st.text(st.characters(codec="utf-8"))


@given(st.one_of(NOISE, st.lists(CLUSTERS).map("".join)), st.integers(0, 200), st.text("7K2"))
def test_a_cut_text_never_exceeds_the_limit_and_is_valid_utf_8(
    text: str, limit: int, code: str
) -> None:
    cut = cut_bytes(text, limit, code)
    assert len(cut.encode()) <= limit


@given(st.lists(CLUSTERS), st.integers(3, 60))
def test_a_cut_never_lands_inside_a_visible_character(clusters: list[str], limit: int) -> None:
    text = "".join(clusters)
    cut = cut_bytes(text, limit)
    if cut == text:
        return
    head = cut.removesuffix("…")
    starts = {"".join(clusters[:n]).rstrip() for n in range(len(clusters) + 1)}
    assert head in starts


@given(st.lists(CLUSTERS, min_size=1), st.integers(10, 100))
def test_a_cut_keeps_as_much_as_fits(clusters: list[str], limit: int) -> None:
    text = "".join(clusters) * 120
    cut = cut_bytes(text, limit)
    longest = max(len(cluster.encode()) for cluster in clusters)
    # The dots take three bytes, the next character would not fit, trailing space is dropped.
    assert len(cut.encode()) > limit - 3 - longest - 2 or "\r\n" in text


@given(NOISE)
def test_a_text_within_the_limit_is_left_as_it_is(text: str) -> None:
    assert cut_bytes(text, len(text.encode())) == text


def test_a_cut_text_tells_where_the_whole_text_is() -> None:
    cut = cut_bytes("烽" * 100, 100, "7K2")
    assert cut.endswith("…（全文见 fengsui incidents show 7K2）")
    assert cut.startswith("烽")


def test_a_limit_too_small_for_the_pointer_still_holds() -> None:
    assert cut_bytes("烽火" * 10, 9, "7K2") == "烽火…"
    assert cut_bytes("烽火", 2, "7K2") == ""


def test_a_lone_surrogate_does_not_break_the_cut() -> None:
    assert len(cut_bytes("\ud83d好" * 50, 40).encode(errors="replace")) <= 40


@given(NOISE)
def test_graphemes_lose_nothing(text: str) -> None:
    assert "".join(graphemes(text)) == text


@pytest.mark.parametrize("one", [FAMILY, "👍🏽", "e\u0301", "🇨🇳", "1️⃣", "\r\n", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
def test_what_is_seen_as_one_character_is_one(one: str) -> None:
    assert list(graphemes(f"好{one}好")) == ["好", one, "好"]


def test_two_flags_are_two_characters() -> None:
    assert list(graphemes("🇨🇳🇨🇳")) == ["🇨🇳", "🇨🇳"]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (9999, "9999"),
        (10_000, "1万"),
        (12_345, "1.2万"),
        (19_999, "1.9万"),
        (99_999_999, "9999.9万"),
        (120_000_000, "1.2亿"),
    ],
)
def test_numbers_read_as_chinese_readers_write_them(number: int, text: str) -> None:
    assert count(number) == text


def test_times_are_shown_in_shanghai() -> None:
    first = datetime(2026, 5, 1, 18, 41, tzinfo=UTC)
    now = datetime(2026, 5, 1, 20, 0, tzinfo=UTC)
    assert clock(first, now) == "02:41"
    assert clock(first, datetime(2026, 5, 3, tzinfo=UTC)) == "5月2日02:41"


def test_foreign_text_cannot_call_anybody_or_carry_markup() -> None:
    evil = "@all <@zhang> [点我](http://evil.example) **急** `x`\n\u200b\u202e＠所有人 &lt;at&gt;"
    tamed = tame(evil)
    assert not set("@<>[]()*`&\n\u200b\u202e") & set(tamed)
    assert "evil.example" not in tamed


@given(NOISE, st.integers(1, 80))
def test_tame_text_is_one_short_visible_line(text: str, limit: int) -> None:
    tamed = tame(text, limit)
    assert len(list(graphemes(tamed))) <= limit
    assert not any(unicodedata.category(c)[0] in "CZ" and c != " " for c in tamed)
    assert not set("@<>[]()*_`#|~\\") & set(tamed)


def test_a_long_quote_ends_in_dots_at_sixty_characters() -> None:
    assert tame("医" * 100) == "医" * 59 + "…"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x", "", "file:///etc/passwd", " x"])
def test_only_web_addresses_become_links(url: str) -> None:
    assert safe_link(url) == ""


def test_a_link_cannot_leave_its_line_or_open_markup() -> None:
    link = safe_link("https://weibo.example/1?a=b&c=d) [x](\n<@all> 医")
    assert link.startswith("https://weibo.example/1?a=b&c=d")
    assert not set(" \n<>()[]@") & set(link)


def test_every_platform_has_a_limit_that_leaves_room_below_its_own() -> None:
    assert LIMITS["wecombot"] < 2048
    # Apprise escapes to ASCII: four bytes of UTF-8 become twelve.
    assert LIMITS["dingtalk"] * 3 < 20_000
    assert LIMITS["feishu"] * 3 < 20 * 1024


def test_chinese_marks_are_shown_as_they_were_written() -> None:
    assert tame("输错药,今天!谁负责?24:30,ok") == "输错药，今天！谁负责？24:30,ok"
