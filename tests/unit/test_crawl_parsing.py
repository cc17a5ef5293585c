"""Addresses and text out of HTML."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawlers.parsing import canonical_url, html_to_text, shown


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
