"""What a feed brings: items, articles, changes, and nothing twice."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from crawl_site import NOW, Page, Site, article, entry, request, rss, sites

from crawlers.feeds import MAX_ENTRIES
from crawlers.runner import CrawlOutcome, crawl


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as served:
        yield served


def texts(outcome: CrawlOutcome) -> dict[str, str]:
    return {item.title: item.text for item in outcome.items}


def kinds(outcome: CrawlOutcome) -> list[str]:
    return [problem.kind for problem in outcome.problems]


def test_an_entry_becomes_an_item_with_the_main_text_of_its_article(
    site: Site, tmp_path: Path
) -> None:
    site.article("/p/1", "昨天在清河互联网医院门诊等了很久")
    url = site.feed(
        entry(1, site.url + "/p/1", extra="<author>张某</author><stats views='1.2万' likes='8'/>")
    )

    outcome = crawl(request(url, tmp_path))

    (item,) = outcome.items
    assert (outcome.status, outcome.problems) == ("ok", [])
    assert "昨天在清河互联网医院门诊等了很久（第3段）" in item.text
    assert "版权所有" not in item.text
    assert (item.platform, item.id, item.title) == ("forum", "127.0.0.1/post-1", "第1帖")
    assert (item.url, item.author) == (site.url + "/p/1", "张某")
    assert (item.views, item.likes, item.reposts) == (12_000, 8, None)
    assert item.published_at == datetime(2026, 11, 22, 1, 1, tzinfo=UTC)
    assert item.observed_at == NOW
    assert item.raw == {"text_from": "article"}
    assert (outcome.facts["articles"], outcome.facts["items"], outcome.facts["entries"]) == (
        1,
        1,
        1,
    )
    assert outcome.facts["http_200"] == 2
    assert outcome.facts["bytes"] > 500


def test_an_unchanged_feed_is_not_read_again(site: Site, tmp_path: Path) -> None:
    def page(handler: Any) -> Page:
        known = handler.headers.get("If-None-Match") == '"v1"'
        return Page(b"", 304) if known else Page(rss(entry(1)), headers={"ETag": '"v1"'})

    site.pages["/feed.xml"] = page
    first = crawl(request(site.url + "/feed.xml", tmp_path))
    second = crawl(request(site.url + "/feed.xml", tmp_path, cursor=first.cursor))

    assert (first.status, len(first.items)) == ("ok", 1)
    assert (second.status, second.items, second.problems) == ("not_modified", [], [])
    assert second.cursor == first.cursor
    assert second.facts["http_304"] == 1


def test_only_what_is_new_or_changed_is_fetched_and_handed_over_again(
    site: Site, tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        site.article(f"/p/{number}", f"清河互联网医院的第{number}件事")
    links = [f"{site.url}/p/{number}" for number in range(4)]
    url = site.feed(entry(1, links[1]), entry(2, links[2]))
    first = crawl(request(url, tmp_path))
    site.feed(
        entry(1, links[1]), entry(2, links[2], text="更正：只等了一个小时"), entry(3, links[3])
    )

    second = crawl(request(url, tmp_path, cursor=json.loads(json.dumps(first.cursor))))

    assert set(texts(first)) == {"第1帖", "第2帖"}
    assert set(texts(second)) == {"第2帖", "第3帖"}
    assert (site.hits["/p/1"], site.hits["/p/2"], site.hits["/p/3"]) == (1, 2, 1)


def test_new_counters_alone_are_handed_over_without_reading_the_article_again(
    site: Site, tmp_path: Path
) -> None:
    site.article("/p/1", "昨天在清河互联网医院门诊等了很久")
    link = site.url + "/p/1"
    url = site.feed(entry(1, link, extra="<stats views='100'/>"))
    first = crawl(request(url, tmp_path))
    site.feed(entry(1, link, extra="<stats views='90000'/>"))

    second = crawl(request(url, tmp_path, cursor=first.cursor, now=NOW + timedelta(hours=1)))

    (item,) = second.items
    assert (item.views, item.raw["counters_only"]) == (90_000, True)
    assert item.observed_at == NOW + timedelta(hours=1)
    assert site.hits["/p/1"] == 1


def test_json_feed_and_atom_are_read_as_well(site: Site, tmp_path: Path) -> None:
    site.pages["/feed.json"] = Page(
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "items": [
                    {
                        "id": 7,
                        "content_html": "<p>清河互联网医院<b>退费</b>慢</p><script>坏()</script>",
                        "date_published": "2026-11-22T09:30:00",
                        "authors": [{"name": "王某"}],
                        "_stats": {"comments": 4},
                    }
                ],
            }
        )
    )
    site.pages["/atom"] = Page(
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>urn:x:1</id><title>问诊</title>'
        '<content type="html">&lt;p&gt;等了两天&lt;/p&gt;</content>'
        "<updated>2026-11-22T01:00:00Z</updated></entry></feed>"
    )

    (post,) = crawl(request(site.url + "/feed.json", tmp_path)).items
    (question,) = crawl(request(site.url + "/atom", tmp_path)).items

    assert (post.id, post.text, post.author, post.comments) == (
        "127.0.0.1/7",
        "清河互联网医院退费慢",
        "王某",
        4,
    )
    assert post.published_at == datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
    assert (question.id, question.title, question.text) == ("urn:x:1", "问诊", "等了两天")


def test_the_date_comes_from_the_article_when_the_feed_has_none(site: Site, tmp_path: Path) -> None:
    stated = '<meta property="article:published_time" content="2026-11-22T08:15:00+08:00">'
    site.pages["/p/1"] = Page(article("清河互联网医院挂号难", head=stated))
    site.pages["/p/2"] = Page(
        article("清河互联网医院退费慢", head='<meta name="date" content="2026-11-20">')
    )
    url = site.feed(
        f"<item><guid>a</guid><title>一</title><link>{site.url}/p/1</link></item>"
        f"<item><guid>b</guid><title>二</title><link>{site.url}/p/2</link></item>"
    )

    items = {item.title: item for item in crawl(request(url, tmp_path)).items}

    assert items["一"].published_at == datetime(2026, 11, 22, 0, 15, tzinfo=UTC)
    assert items["二"].published_at == datetime(2026, 11, 19, 16, 0, tzinfo=UTC)
    assert items["二"].raw["published_precision"] == "day"


def test_a_date_in_the_future_costs_the_date_and_not_the_mention(
    site: Site, tmp_path: Path
) -> None:
    date = "<pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate>"
    late = f"<item><guid>f</guid><title>未来帖</title>{date}</item>"
    outcome = crawl(request(site.feed(late, entry(1)), tmp_path))

    items = {item.title: item for item in outcome.items}
    assert items["未来帖"].published_at is None
    assert items["第1帖"].published_at is not None
    assert "在未来，改用抓取时间" in next(
        problem.message_zh for problem in outcome.problems if problem.kind == "future_date"
    )


def test_feed_and_article_in_gbk_with_lying_headers_are_read(site: Site, tmp_path: Path) -> None:
    body = article("患者张某在清河互联网医院").encode("gb18030")
    site.pages["/p/1"] = Page(body, headers={"Content-Type": "text/html; charset=utf-8"})

    feed = rss(entry(1, site.url + "/p/1")).replace("utf-8", "gb2312").encode("gb18030")
    site.pages["/feed.xml"] = Page(feed, headers={"Content-Type": "text/xml; charset=utf-8"})

    (item,) = crawl(request(site.url + "/feed.xml", tmp_path)).items

    assert item.title == "第1帖"
    assert "患者张某在清河互联网医院（第0段）" in item.text


def test_an_entry_without_link_is_kept_with_the_words_of_the_feed(
    site: Site, tmp_path: Path
) -> None:
    site.article("/p/2", "清河互联网医院门诊")
    outcome = crawl(request(site.feed(entry(1), entry(2, site.url + "/p/2")), tmp_path))

    assert texts(outcome)["第1帖"] == "在清河互联网医院排队两个小时"
    assert "第3段" in texts(outcome)["第2帖"]
    assert [p.message_zh for p in outcome.problems] == ["有条目没有链接，只用了订阅源里的文字"]


def test_five_thousand_entries_are_all_in_at_once_and_their_articles_by_and_by(
    site: Site, tmp_path: Path
) -> None:
    many = [entry(number, f"{site.url}/p/{number}") for number in range(5000)]
    site.otherwise = Page(article("清河互联网医院排队的长文"))
    site.pages["/robots.txt"] = Page("", 404)
    url = site.feed(*many, headers={"ETag": '"big"'})

    first = crawl(request(url, tmp_path, max_items=30))
    second = crawl(request(url, tmp_path, max_items=30, cursor=first.cursor))

    assert len({item.id for item in first.items}) == 5000
    assert sum(item.raw["text_from"] == "article" for item in first.items) == 30
    said = "这次只读 30 篇正文，其余 4970 篇先用列表里的文字，正文下次再读"
    assert said in [problem.message_zh for problem in first.problems]
    assert "If-None-Match" not in site.heard[-31][1]
    assert len(second.items) == 30
    assert {item.raw["text_from"] for item in second.items} == {"article"}
    assert not {item.id for item in second.items} & {
        item.id for item in first.items if item.raw["text_from"] == "article"
    }


def test_an_edited_entry_keeps_its_article_until_that_is_read_again(
    site: Site, tmp_path: Path
) -> None:
    site.otherwise = Page(article("清河互联网医院排队的长文"))
    links = [f"{site.url}/p/{number}" for number in (1, 2)]
    url = site.feed(entry(1, links[0]), entry(2, links[1]), headers={"ETag": '"v1"'})
    first = crawl(request(url, tmp_path))
    site.feed(entry(1, links[0], "改了"), entry(2, links[1], "也改了"))

    second = crawl(request(url, tmp_path, max_items=1, cursor=first.cursor))
    third = crawl(request(url, tmp_path, max_items=1, cursor=second.cursor))

    assert [len(one.items) for one in (second, third)] == [1, 1]
    assert {item.raw["text_from"] for item in second.items + third.items} == {"article"}
    assert {item.title for item in second.items + third.items} == {"第1帖", "第2帖"}


def test_of_too_many_entries_the_newest_are_read_and_the_rest_is_named(
    site: Site, tmp_path: Path
) -> None:
    date = "<pubDate>Sun, 22 Nov 2020 00:00:00 GMT</pubDate>"
    old = "<item><guid>old-{0}</guid><title>旧{0}</title>" + date + "</item>"
    url = site.feed(*(old.format(n) for n in range(MAX_ENTRIES)), *(entry(n) for n in range(3)))

    outcome = crawl(request(url, tmp_path))

    assert len(outcome.items) == MAX_ENTRIES
    assert {"第0帖", "第1帖", "第2帖"} <= {item.title for item in outcome.items}
    assert "只看最新的 5000 条；更旧的请导出后用 fengsui ingest 导入" in "".join(
        problem.message_zh for problem in outcome.problems
    )
    assert outcome.facts["parsed"] == outcome.facts["rows"] == MAX_ENTRIES + 3


def test_a_compressed_feed_is_read_and_a_compressed_bomb_is_not(site: Site, tmp_path: Path) -> None:
    packed = {"Content-Encoding": "gzip"}
    good = site.feed(path="/good")
    site.pages["/good"] = Page(gzip.compress(rss(entry(1)).encode()), headers=packed)
    site.pages["/bomb"] = Page(gzip.compress(b" " * 50_000_000), headers=packed)

    assert len(crawl(request(good, tmp_path)).items) == 1
    outcome = crawl(request(site.url + "/bomb", tmp_path))
    assert (outcome.status, kinds(outcome)) == ("failed", ["too_large"])
    assert "解压后超过 5 MB" in outcome.problems[0].message_zh


def test_articles_on_another_site_wait_for_its_slow_robots_txt_and_obey_it(tmp_path: Path) -> None:
    """Stock Scrapy 2.19 downloads all but the first of the waiting requests here."""
    with sites(2) as (home, other):
        other.pages["/robots.txt"] = Page(
            "User-agent: *\nDisallow: /p/", before=lambda: other.closing.wait(0.5)
        )
        for number in range(6):
            other.article(f"/p/{number}", "不许抓取的文章")
        url = home.feed(*[entry(number, f"{other.url}/p/{number}") for number in range(6)])

        trusted = (other.url.removeprefix("http://"),)
        outcome = crawl(request(url, tmp_path, trusted=trusted))

        assert dict(other.hits) == {"/robots.txt": 1}
    assert len(outcome.items) == 6
    assert set(texts(outcome).values()) == {"在清河互联网医院排队两个小时"}
    (problem,) = outcome.problems
    assert "robots.txt 禁止抓取，已遵守" in problem.message_zh
    assert "共 6 处" in problem.message_zh


def test_an_article_is_looked_at_again_only_to_learn_whether_it_is_still_there(
    site: Site, tmp_path: Path
) -> None:
    site.article("/p/1", "清河互联网医院门诊")
    site.pages["/p/3"] = Page("<title>验证</title>请完成安全验证，拖动滑块", 200)
    site.pages["/p/4"] = Page("", 500)
    posts = tuple((f"帖{n}", f"{site.url}/p/{n}") for n in (1, 2, 3, 4))

    titles = {"帖1": "排队"}
    outcome = crawl(request(site.feed(), tmp_path, posts=posts, titles=titles))

    assert (outcome.looked, outcome.gone) == (["帖1"], ["帖2"])
    assert set(outcome.unclear) == {"帖3", "帖4"}
    (edited,) = outcome.items
    assert (edited.id, edited.title, edited.raw["looked_again"]) == ("帖1", "排队", True)
