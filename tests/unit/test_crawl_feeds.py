"""Feeds of every kind, and what is none."""

from __future__ import annotations

import json

import feedparser
import pytest

from crawlers.feeds import MAX_ENTRIES, Feed, NotAFeedError, parse_feed

URL = "https://forum.example.cn/feed"


def rss(items: str) -> str:
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'


def read(text: str | bytes, content_type: str = "") -> Feed:
    return parse_feed(text.encode() if isinstance(text, str) else text, content_type, URL)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("清河互联网医院", "not_a_feed"),
        ("<html><p>欢迎</p></html>", "not_a_feed"),
        ("<!DOCTYPE html><p>请登录后查看", "login_page"),
        ("<html><title>Sina Visitor System</title>passport</html>", "login_page"),
        ("<rss version='2.0'><chan", "malformed"),
        ("<note><to>张某</to></note>", "not_a_feed"),
        ('{"items": 3}', "not_a_feed"),
        ("[1, 2]", "not_a_feed"),
        ('{"items": [{"id"', "malformed"),
        ("[" * 100_000, "malformed"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not_a_feed"),
    ],
)
def test_what_is_no_feed_is_named(body: str | bytes, kind: str) -> None:
    with pytest.raises(NotAFeedError) as refused:
        read(body)
    assert refused.value.kind == kind
    assert any("\u4e00" <= character <= "\u9fff" for character in str(refused.value))


@pytest.mark.parametrize("body", ["", " \n", "\0\0", rss(""), '{"items": []}'])
def test_a_feed_without_entries_is_a_feed(body: str) -> None:
    assert read(body) == Feed([], 0)


def test_the_longest_text_of_an_entry_is_taken() -> None:
    items = (
        '<item xmlns:c="http://purl.org/rss/1.0/modules/content/"><guid>g</guid>'
        "<description>短</description><c:encoded>&lt;p&gt;长长的正文&lt;/p&gt;</c:encoded></item>"
    )
    (entry,) = read(rss(items)).entries
    assert entry.html == "<p>长长的正文</p>"


@pytest.mark.parametrize(
    ("item", "link"),
    [
        ("<link>/p/1</link><guid>1</guid>", "https://forum.example.cn/p/1"),
        ("<link>javascript:alert(1)</link><guid>1</guid>", ""),
        ("<link>file:///etc/passwd</link><guid>1</guid>", ""),
        ("<guid>https://forum.example.cn/p/2</guid>", "https://forum.example.cn/p/2"),
        ("<guid>2</guid>", ""),
        ("<link>http://[bad</link><guid>1</guid>", ""),
    ],
)
def test_only_web_addresses_are_links(item: str, link: str) -> None:
    (entry,) = read(rss(f"<item>{item}</item>")).entries
    assert entry.link == link


def test_counters_come_from_stats_and_from_slash_comments() -> None:
    slash = "http://purl.org/rss/1.0/modules/slash/"
    items = (
        "<item><guid>1</guid><stats views='10万+' likes='赞' reposts='3'/></item>"
        f'<item><guid>2</guid><s:comments xmlns:s="{slash}">12</s:comments></item>'
    )
    first, second = read(rss(items)).entries
    assert (first.counters, second.counters) == (
        {"views": 100_000, "reposts": 3},
        {"comments": 12},
    )


def test_json_entries_of_odd_shapes_are_read_or_left_out() -> None:
    items = [
        3,
        None,
        {"id": 5, "content_text": "问诊", "author": {"name": "王某"}, "_stats": 1},
        {},
    ]
    feed = read(json.dumps({"items": items}))
    assert (feed.total, [(entry.id, entry.author) for entry in feed.entries]) == (
        4,
        [("5", "王某"), ("", "")],
    )


def test_an_endless_feed_is_cut() -> None:
    feed = read(json.dumps({"items": [{"id": n} for n in range(MAX_ENTRIES + 5)]}))
    assert (len(feed.entries), feed.total) == (MAX_ENTRIES, MAX_ENTRIES + 5)


def test_characters_that_xml_forbids_do_not_break_a_feed() -> None:
    feed = read(rss("<item><guid>1</guid><title>排\x0b队\x00</title></item>"))
    assert (feed.entries[0].title, feed.repaired) == ("排队", False)


@pytest.mark.parametrize("reference", ["&#xD800;", "&#x110000;", "&#0;", "&#999999999;", "&#x1f"])
def test_impossible_character_references_do_not_break_a_feed(reference: str) -> None:
    broken = "<item><guid>2</guid><title>断"
    feed = read(rss(f"<item><guid>1</guid><title>排{reference}队</title></item>{broken}"))
    assert feed.entries[0].title == "排队"


def test_character_references_that_mean_something_are_kept() -> None:
    (entry,) = read(
        rss("<item><guid>1</guid><title>&#25490;&#x961f;&#128545;</title></item>")
    ).entries
    assert entry.title == "排队😡"


def test_a_feed_that_upsets_the_library_is_broken_and_not_an_exception(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def upset(*_: object, **__: object) -> None:
        raise KeyError("links")

    monkeypatch.setattr(feedparser, "parse", upset)
    with pytest.raises(NotAFeedError, match="XML 已损坏"):
        read(rss("<item/>"))
