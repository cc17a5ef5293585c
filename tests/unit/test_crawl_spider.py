"""The feed spider as a pure generator: a saved page in, events out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from scrapy import Request
from scrapy.http import Response

from crawlers.protocol import CrawlRequest
from crawlers.spiders import feed as spider_module
from crawlers.spiders.feed import FeedSpider

if TYPE_CHECKING:
    from crawlers.entries import Job

URL = "https://forum.example.cn/feed"
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
FEED = (
    '<rss version="2.0"><channel><item><guid>1</guid><title>排队</title>'
    "<link>https://forum.example.cn/p/1</link><description>等了两个小时</description></item>"
    "</channel></rss>"
)


def a_spider(**changes: Any) -> FeedSpider:
    return FeedSpider(CrawlRequest("论坛", "forum", URL, Path("cache"), NOW, **changes))


def the_job(spider: FeedSpider) -> Job:
    *_, asked = spider.parse(Response(URL, body=FEED.encode()))
    assert isinstance(asked, Request)
    return asked.cb_kwargs["job"]


def test_a_page_that_upsets_a_library_costs_only_its_own_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def upset(*_: object, **__: object) -> None:
        raise RecursionError

    spider = a_spider()
    job = the_job(spider)
    monkeypatch.setattr(spider_module, "read_article", upset)

    events = list(spider.parse_article(Response("https://forum.example.cn/p/1"), job))

    assert [event["event"] for event in events] == ["trying", "problem", "item"]
    assert "文章页面解析出错（RecursionError）" in events[1]["message_zh"]
    assert events[2]["record"]["text"] == "等了两个小时"


def test_running_out_of_memory_is_not_taken_for_a_bad_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def starve(*_: object, **__: object) -> None:
        raise MemoryError

    spider = a_spider()
    job = the_job(spider)
    monkeypatch.setattr(spider_module, "read_article", starve)

    with pytest.raises(MemoryError):
        list(spider.parse_article(Response("https://forum.example.cn/p/1"), job))


def test_articles_are_left_alone_when_the_source_says_so() -> None:
    *_, last = a_spider(follow_articles=False).parse(Response(URL, body=FEED.encode()))
    assert isinstance(last, dict)
    assert (last["event"], last["record"]["text"]) == ("item", "等了两个小时")


def test_an_article_that_says_less_than_the_feed_is_not_taken() -> None:
    spider = a_spider()
    job = the_job(spider)
    teaser = "<html><body><article><p>登录</p></article></body></html>".encode()
    *_, item = spider.parse_article(Response("https://forum.example.cn/p/1", body=teaser), job)
    assert (item["record"]["text"], item["record"]["raw"]["text_from"]) == ("等了两个小时", "feed")
