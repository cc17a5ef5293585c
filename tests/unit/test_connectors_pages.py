"""Article pages, lists of articles, and sitemaps."""

from __future__ import annotations

import pytest
from connector_answers import a_task, an_answer, read

from crawlers.connectors.base import Ask, RefusedError, WrongShapeError
from crawlers.connectors.page import ARTICLE, LINKS, Page
from crawlers.feeds import NotAFeedError
from crawlers.sitemaps import NEWEST, parse_sitemap

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


def test_a_sitemap_gives_the_newest_first_and_no_archive() -> None:
    feed = parse_sitemap(a_sitemap(*(place(n, 1 + n % 20) for n in range(300))), "", "")
    assert (len(feed.entries), feed.total) == (NEWEST, 300)
    assert feed.entries[0].published == "2026-11-20"


def test_the_title_of_a_news_sitemap_is_not_that_of_its_picture() -> None:
    said = "<url><loc>https://n.example/1</loc><n><title>排队</title></n><i><title>图</title></i></url>"
    (entry,) = parse_sitemap(a_sitemap(said), "", "").entries
    assert entry.title == "排队"


def test_an_index_of_sitemaps_names_the_newest_one_to_write_instead() -> None:
    body = a_sitemap(
        "<sitemap><loc>https://n.example/old.xml</loc><lastmod>2026-01-01</lastmod></sitemap>",
        "<sitemap><loc>https://n.example/new.xml</loc><lastmod>2026-11-01</lastmod></sitemap>",
        root="sitemapindex",
    )
    with pytest.raises(NotAFeedError, match=r"目录.*new\.xml"):
        parse_sitemap(body, "", "")


def test_an_address_that_is_none_and_an_entity_bomb_do_no_harm() -> None:
    assert (
        parse_sitemap(a_sitemap("<url><loc>file:///etc/passwd</loc></url>"), "", "").entries == []
    )
    bomb = b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><urlset><url><loc>&a;</loc></url></urlset>"
    assert parse_sitemap(bomb, "", "").entries == []
