"""Whatever a site does: a status, a sentence, and no harm to anything else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from crawl_site import NOW, Page, Site, entry, request, rss

from crawlers.runner import CrawlOutcome, crawl

OLD = {"url": "", "etag": "", "modified": "", "marks": {"old": ["a", "b", 0]}}


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as served:
        yield served


def sentence_of(outcome: CrawlOutcome, kind: str) -> str:
    return next(problem.message_zh for problem in outcome.problems if problem.kind == kind)


BAD_FEEDS = {
    "404": (Page("", 404), "not_found", "订阅源不存在（404）"),
    "500": (Page("坏了", 500), "server_error", "订阅源的服务器出错（500），下次再试"),
    "to itself": (Page("", 302, {"Location": "/feed.xml"}), "redirect_loop", "反复跳转"),
    "20 MB": (Page(b"<rss>" + b" " * 20_000_000), "too_large", "订阅源超过 5 MB，没有下载"),
    "20 MB, no length": (
        Page(b"<rss>" + b" " * 20_000_000, headers={"Content-Length": None, "Connection": "close"}),
        "too_large",
        "订阅源超过 5 MB，没有下载",
    ),
    "login": (
        Page("<!DOCTYPE html><html><title>请登录</title><form></form></html>"),
        "login_page",
        "返回的是登录或验证页面，不是订阅源",
    ),
    "broken": (Page("<?xml version='1.0'?><rss version='2.0'><chan"), "malformed", "XML 已损坏"),
}


@pytest.mark.parametrize(("page", "kind", "sentence"), BAD_FEEDS.values(), ids=BAD_FEEDS)
def test_a_bad_feed_fails_with_a_sentence_and_leaves_the_cursor(
    site: Site, tmp_path: Path, page: Page, kind: str, sentence: str
) -> None:
    site.pages["/feed.xml"] = page

    outcome = crawl(request(site.url + "/feed.xml", tmp_path, cursor=OLD))

    assert (outcome.status, outcome.items) == ("failed", [])
    assert sentence in sentence_of(outcome, kind)
    assert site.url + "/feed.xml" in sentence_of(outcome, kind)
    assert outcome.cursor == OLD


@pytest.mark.parametrize("body", ["", rss()], ids=repr)
def test_an_empty_feed_is_empty_and_never_moves_the_cursor(
    site: Site, tmp_path: Path, body: str
) -> None:
    site.pages["/feed.xml"] = Page(body, headers={"ETag": '"empty"'})

    outcome = crawl(request(site.url + "/feed.xml", tmp_path, cursor=OLD))

    assert (outcome.status, outcome.items, outcome.cursor) == ("empty", [], OLD)


def test_the_good_entries_of_a_broken_feed_are_kept(site: Site, tmp_path: Path) -> None:
    broken = rss(entry(1), entry(2))[:-60] + "<item><title>断"
    site.pages["/feed.xml"] = Page(broken)

    outcome = crawl(request(site.url + "/feed.xml", tmp_path))

    assert outcome.status == "ok"
    assert {"第1帖", "第2帖"} <= {item.title for item in outcome.items}
    assert sentence_of(outcome, "malformed") == "订阅源的 XML 有损坏，只读出了完好的部分"


def test_an_entity_bomb_stays_small(site: Site, tmp_path: Path) -> None:
    grow = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    head = f'<!DOCTYPE rss [<!ENTITY a0 "排队">{grow}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    bomb = "<item><guid>b</guid><title>x&a11;&f;</title><description>原文</description></item>"
    site.pages["/feed.xml"] = Page(rss(bomb, entry(1)).replace("<rss", head + "<rss", 1))

    outcome = crawl(request(site.url + "/feed.xml", tmp_path, memory_mb=200))

    assert len(outcome.items) == 2
    assert max(len(item.title) for item in outcome.items) < 50
    assert not any("root:" in item.title for item in outcome.items)


BAD_ARTICLES = {
    "404": (Page("", 404), "not_found", "文章页面不存在（404）"),
    "500": (Page("", 500), "server_error", "文章页面的服务器出错（500）"),
    "loop": (Page("", 302, {"Location": "/p/loop"}), "redirect_loop", "文章页面反复跳转"),
    "huge": (Page(b"<html>" + b"x" * 20_000_000), "too_large", "文章页面超过 5 MB"),
    "login": (Page("", 302, {"Location": "/login"}), "login_page", "登录或验证页面"),
    "private": (Page("", 302, {"Location": "http://10.0.0.1/"}), "private_address", "内部网络"),
}


def test_bad_articles_cost_only_their_own_text(site: Site, tmp_path: Path) -> None:
    for name, (page, *_) in BAD_ARTICLES.items():
        site.pages["/p/" + name] = page
    site.pages["/login"] = Page("<html>请登录</html>")
    site.article("/p/good", "清河互联网医院门诊")
    names = [*BAD_ARTICLES, "good"]
    url = site.feed(*[entry(n, f"{site.url}/p/{name}") for n, name in enumerate(names)])

    outcome = crawl(request(url, tmp_path))

    said = {item.url.rpartition("/")[2]: item.text for item in outcome.items}
    assert outcome.status == "ok"
    assert "第3段" in said.pop("good")
    assert said == dict.fromkeys(BAD_ARTICLES, "在清河互联网医院排队两个小时")
    for _, kind, sentence in BAD_ARTICLES.values():
        assert sentence in sentence_of(outcome, kind)


def test_an_article_that_failed_for_a_while_is_read_when_it_is_back(
    site: Site, tmp_path: Path
) -> None:
    """Also when the feed itself has not changed: its 304 would hide the open article."""
    site.pages["/p/1"] = Page("", 503)
    feed = Page(rss(entry(1, site.url + "/p/1")), headers={"ETag": '"same"'})
    site.pages["/feed.xml"] = lambda visit: (
        Page("", 304) if visit.headers.get("If-None-Match") else feed
    )
    url = site.url + "/feed.xml"
    first = crawl(request(url, tmp_path))
    again = crawl(request(url, tmp_path, cursor=first.cursor))
    site.article("/p/1", "清河互联网医院门诊")

    third = crawl(request(url, tmp_path, cursor=again.cursor))
    fourth = crawl(request(url, tmp_path, cursor=third.cursor))

    outcomes = (first, again, third, fourth)
    assert [outcome.status for outcome in outcomes] == ["ok", "ok", "ok", "not_modified"]
    assert [len(outcome.items) for outcome in outcomes] == [1, 0, 1, 0]
    assert "第3段" in third.items[0].text


def test_a_slow_article_does_not_hold_up_the_good_ones(site: Site, tmp_path: Path) -> None:
    site.pages["/p/0"] = Page("", before=site.hang)
    for number in (1, 2, 3):
        site.article(f"/p/{number}", "清河互联网医院门诊")
    url = site.feed(*[entry(number, f"{site.url}/p/{number}") for number in range(4)])

    outcome = crawl(request(url, tmp_path, deadline_seconds=6))

    said = {item.title: item.text for item in outcome.items}
    assert outcome.status == "ok"
    assert said.pop("第0帖") == "在清河互联网医院排队两个小时"
    assert len(said) == 3
    assert all("第3段" in text for text in said.values())
    assert "文章页面长时间没有回应" in sentence_of(outcome, "timeout")


def test_a_feed_that_robots_txt_forbids_is_not_read(site: Site, tmp_path: Path) -> None:
    site.pages["/robots.txt"] = Page("User-agent: *\nDisallow: /feed")
    url = site.feed(entry(1))

    refused = crawl(request(url, tmp_path))
    hits = site.hits["/feed.xml"]
    allowed = crawl(request(url, tmp_path, obey_robots=False))

    assert (refused.status, hits) == ("failed", 0)
    assert "被该网站的 robots.txt 禁止抓取，已遵守" in sentence_of(refused, "robots")
    assert allowed.status == "ok"


def test_rules_that_cannot_be_read_forbid_everything_for_now(site: Site, tmp_path: Path) -> None:
    site.pages["/robots.txt"] = Page("", 500)

    outcome = crawl(request(site.feed(entry(1)), tmp_path))

    assert outcome.status == "failed"
    assert "robots.txt 暂时读不到（500）" in sentence_of(outcome, "robots_unreadable")
    assert site.hits["/feed.xml"] == 0


def test_a_site_that_asks_for_patience_gets_it_within_the_deadline(
    site: Site, tmp_path: Path
) -> None:
    answers = [Page("", 429, {"Retry-After": "0"}), Page(rss(entry(1)))]
    site.pages["/feed.xml"] = lambda _: answers.pop(0)
    site.pages["/busy.xml"] = Page("", 429, {"Retry-After": "3600"})

    patient = crawl(request(site.url + "/feed.xml", tmp_path))
    refused = crawl(request(site.url + "/busy.xml", tmp_path))

    assert (patient.status, len(patient.items)) == ("ok", 1)
    assert (refused.status, site.hits["/busy.xml"]) == ("failed", 1)
    assert refused.facts["retry_after_seconds"] == 3600
    assert "访问太频繁（429）" in sentence_of(refused, "rate_limited")


def test_a_dead_address_is_called_dead(tmp_path: Path) -> None:
    with Site() as gone:
        url = gone.url + "/feed.xml"

    outcome = crawl(request(url, tmp_path))

    assert outcome.status == "failed"
    assert "订阅源连不上" in sentence_of(outcome, "unreachable")


def test_we_say_who_we_are_and_keep_no_cookies(site: Site, tmp_path: Path) -> None:
    site.article("/p/1", "清河互联网医院门诊", headers={"Set-Cookie": "track=1"})
    url = site.feed(entry(1, site.url + "/p/1"), headers={"Set-Cookie": "track=1"})

    crawl(request(url, tmp_path))

    assert all(headers["User-Agent"].startswith("Fengsui/") for _, headers in site.heard)
    assert not any("Cookie" in headers for _, headers in site.heard)


def test_rules_are_asked_for_once_an_hour_and_their_pace_is_kept(
    site: Site, tmp_path: Path
) -> None:
    site.pages["/robots.txt"] = Page("User-agent: *\nCrawl-delay: 0.5\nDisallow: /secret")
    times: list[float] = []
    site.pages["/p/1"] = Page("", 404, before=lambda: times.append(time.monotonic()))
    url = site.feed(entry(1, site.url + "/p/1"), before=lambda: times.append(time.monotonic()))

    for minutes in (0, 59):
        crawl(request(url, tmp_path, now=NOW + timedelta(minutes=minutes)))

    assert site.hits["/robots.txt"] == 1
    assert times[1] - times[0] >= 0.24  # Scrapy draws from half to one and a half of the delay
    refused = crawl(request(site.url + "/secret", tmp_path, now=NOW + timedelta(minutes=61)))
    assert refused.problems[0].kind == "robots"
    assert site.hits["/robots.txt"] == 2


@pytest.mark.parametrize("url", ["forum.example.cn/feed", "ftp://127.0.0.1/feed", "http://", ""])
def test_an_address_that_is_none_is_said_to_be_wrong(tmp_path: Path, url: str) -> None:
    outcome = crawl(request(url, tmp_path))

    assert outcome.status == "failed"
    assert "地址" in sentence_of(outcome, "bad_address")


def test_odd_links_cost_no_entry(site: Site, tmp_path: Path) -> None:
    site.pages["/p/pdf"] = Page(b"%PDF-1.7" + bytes(range(256)), 200, {"Content-Type": "image/png"})
    links = [f"{site.url}/{'x' * 5000}", f'{site.url}/p/有 空格?q="<', f"{site.url}/p/pdf"]
    links += ["http://", "http://127.0.0.1:1/", "https://[::1", "javascript:alert(1)", "//"]
    items = [entry(n, f"<![CDATA[{link}]]>") for n, link in enumerate(links)]

    outcome = crawl(request(site.feed(*items), tmp_path))

    assert outcome.status == "ok"
    assert len(outcome.items) == len(links)
    assert {item.text for item in outcome.items} == {"在清河互联网医院排队两个小时"}
