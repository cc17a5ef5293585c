"""Charsets of pages, honest and lying."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.charset import decode_body

CHINESE = "清河互联网医院的患者说，挂号处排队两个小时，没有人解释原因。"

TRADITIONAL = "這家醫院的患者說，他們在掛號處等了兩個小時，沒有人來解釋原因。"


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


@pytest.mark.parametrize("claimed", ["utf-8", "gbk", "big5", "shift_jis", "euc-kr", "x-no"])
@pytest.mark.parametrize("real", ["utf-8", "gb18030", "big5"])
@pytest.mark.parametrize("cut", [0, 1])
def test_neither_page_nor_header_can_lie_about_chinese(claimed: str, real: str, cut: int) -> None:
    text = TRADITIONAL if real == "big5" else CHINESE
    page = f"<meta charset='{claimed}'><p>{text}"
    found = decode_body(page.encode(real)[: -cut or None], f"text/html; charset={claimed}")
    assert found.startswith(page[:-1])


def test_an_advertisement_in_another_charset_spoils_only_itself() -> None:
    page = (CHINESE * 10).encode() + "广告".encode("gbk") + (CHINESE * 10).encode()
    assert decode_body(page).count(CHINESE) == 20


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_become_text(body: bytes, content_type: str) -> None:
    assert isinstance(decode_body(body, content_type), str)
