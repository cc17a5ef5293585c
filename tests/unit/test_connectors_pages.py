"""Article pages, lists of articles, and sitemaps."""

from __future__ import annotations

import gzip

import pytest
from connector_answers import a_task, an_answer, read

from crawlers.connectors.base import Ask, RefusedError, WrongShapeError
from crawlers.connectors.page import ARTICLE, LINKS, Page
from crawlers.feeds import MAX_ENTRIES, Feed, NotAFeedError
from crawlers.sitemaps import GZIP, read_sitemap

SAID = "清河互联网医院的挂号窗口排队两个小时，一直没有人解释原因，家属说打了三次电话都没有人接。"
STORY = (
    "<html><head><title>排队两小时_清河新闻网</title>"
    "<meta property='article:published_time' content='2026-11-21T18:05:00+08:00'></head>"
    f"<body><article><h1>排队两小时</h1>{f'<p>{SAID}</p>' * 4}</article></body></html>"
)
URL = "https://news.example/a/1.html?utm_source=x"


def test_a_page_becomes_one_mention_under_its_own_address() -> None:
    (record,) = read(Page(), STORY, Ask(URL)).records
    assert (record["id"], record["title"]) == ("https://news.example/a/1.html", "排队两小时")
    assert record["text"].startswith("清河互联网医院的挂号窗口")
    assert record["published_at"] == "2026-11-21T10:05:00+00:00"


def test_a_page_is_asked_at_the_address_as_it_is_written() -> None:
    assert Page().first(a_task(url="https://news.example/local/")).url.endswith("/local/")


def test_a_list_leads_to_each_article_once_and_to_nothing_else() -> None:
    links = ["/health/1.html", "/health/1.html#top", "/about", "javascript:x", "/health/2.html"]
    page = "".join(f"<a href='{link}'>标题</a>" for link in links)
    answer = an_answer(f"<html><body>{page}</body></html>", Ask("https://news.example/list"))
    reading = Page().read(answer, a_task(options={"links": ["/health/"]}))
    assert [ask.url for ask in reading.more] == [
        "https://news.example/health/1.html",
        "https://news.example/health/2.html",
    ]
    assert all(ask.key and ask.step == ARTICLE for ask in reading.more)
    assert (reading.records, reading.total) == ([], 2)


def test_an_article_behind_a_list_is_read_as_an_article() -> None:
    options = {"links": ["/a/"]}
    assert read(Page(), STORY, Ask(URL, step=ARTICLE), options=options).total == 1


def test_a_list_is_followed_up_to_a_bound() -> None:
    page = "".join(f"<a href='/health/{n}'>标题</a>" for n in range(LINKS + 9))
    reading = read(Page(), f"<html>{page}</html>", options={"links": ["/health/"]})
    assert len(reading.more) == LINKS


def test_a_page_that_was_deleted_says_so() -> None:
    gone = "<html><head><title>页面不存在</title></head><body>您访问的页面不存在</body></html>"
    with pytest.raises(RefusedError) as refused:
        read(Page(), gone)
    assert refused.value.kind == "not_found"


def test_what_is_no_page_shows_as_another_shape() -> None:
    with pytest.raises(WrongShapeError):
        read(Page(), {"code": 0})


def a_sitemap(*places: str, root: str = "urlset") -> bytes:
    return f"<{root} xmlns='http://www.sitemaps.org/x'>{''.join(places)}</{root}>".encode()


def place(n: int, day: int) -> str:
    return f"<url><loc>https://n.example/{n}</loc><lastmod>2026-11-{day:02d}</lastmod></url>"


def a_map(body: bytes, url: str = "https://n.example/map.xml") -> Feed:
    found = read_sitemap(body, "", url)
    assert isinstance(found, Feed)
    return found


def test_a_sitemap_gives_the_newest_and_counts_what_it_leaves_out() -> None:
    feed = a_map(a_sitemap(*(place(n, 1 + n % 20) for n in range(MAX_ENTRIES + 7))))
    assert (len(feed.entries), feed.older) == (MAX_ENTRIES, 7)
    assert (feed.total, feed.understood) == (MAX_ENTRIES + 7, MAX_ENTRIES + 7)
    assert feed.entries[0].published == "2026-11-20"


def test_the_title_of_a_news_sitemap_is_not_that_of_its_picture() -> None:
    said = "<url><loc>https://n.example/1</loc><n><title>排队</title></n><i><title>图</title></i></url>"
    (entry,) = a_map(a_sitemap(said)).entries
    assert entry.title == "排队"


def a_listing(*pairs: tuple[str, str]) -> bytes:
    maps = (
        f"<sitemap><loc>{url}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</sitemap>"
        for url, day in pairs
    )
    return a_sitemap(*maps, root="sitemapindex")


def test_an_index_gives_the_maps_of_its_own_site_with_the_newest_first() -> None:
    body = a_listing(
        ("https://n.example/old.xml", "2026-01-01"),
        ("https://news.n.example/new.xml", "2026-11-01"),
        ("https://other.example/x.xml", "2026-11-02"),
        ("https://evil-n.example/x.xml", "2026-11-02"),
        ("javascript:alert(1)", "2026-11-02"),
        ("file:///etc/passwd", "2026-11-02"),
        ("/today.xml", "2026-11-03"),
    )
    found = read_sitemap(body, "", "https://www.n.example/index.xml")
    assert isinstance(found, list)
    assert [one.url for one in found] == [
        "https://www.n.example/today.xml",
        "https://news.n.example/new.xml",
        "https://n.example/old.xml",
    ]


def test_maps_without_a_date_are_ordered_by_the_numbers_in_their_names() -> None:
    names = [f"https://n.example/map-{name}.xml" for name in ("2025-12", "2026-2", "2026-11")]
    found = read_sitemap(a_listing(*((one, "") for one in names)), "", "https://n.example/")
    assert isinstance(found, list)
    assert [one.url for one in found] == names[::-1]


def test_a_packed_map_is_read_and_a_packed_bomb_is_not() -> None:
    assert len(a_map(gzip.compress(a_sitemap(place(1, 2)))).entries) == 1
    for body, kind in (
        (gzip.compress(b" " * 50_000_000), "too_large"),
        (GZIP + b"\x08broken" * 9, "malformed"),
    ):
        with pytest.raises(NotAFeedError) as refused:
            read_sitemap(body, "", "https://n.example/")
        assert refused.value.kind == kind


def test_an_address_that_is_none_and_an_entity_bomb_do_no_harm() -> None:
    assert a_map(a_sitemap("<url><loc>file:///etc/passwd</loc></url>")).entries == []
    bomb = b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><urlset><url><loc>&a;</loc></url></urlset>"
    assert a_map(bomb).entries == []
