"""Charsets of pages, honest and lying."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.charset import decode_body

CHINESE = "清河互联网医院的患者说，挂号处排队两个小时，没有人解释原因。"


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
