"""Connectors of several steps, walked without a network: tokens, sites and comments in turn."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from connector_answers import NOW

from crawlers.connectors.base import Answer, Ask
from crawlers.connectors.registry import ABOUT, CONNECTORS
from crawlers.protocol import CrawlOutcome, CrawlRequest
from crawlers.runner import outcome_of
from crawlers.walk import Walk

URL = "https://api.example"
ARTICLE = "http://mp.weixin.qq.com/s?__biz=MzA&mid=7&idx=1"
Site = Callable[[Ask], object]


def walk(kind: str, site: Site, **changes: Any) -> CrawlOutcome:
    """Drive one run; the site answers each request with a document."""
    request = CrawlRequest(
        **{
            "source": kind,
            "platform": ABOUT[kind].platform,
            "url": URL,
            "cache_dir": Path("cache"),
            "now": NOW,
            "kind": kind,
            **changes,
        }
    )
    steps, lines = Walk(request, CONNECTORS[kind]).steps(), []
    try:
        step = next(steps)
        while True:
            if isinstance(step, Ask):
                answer = Answer(step, step.url, 200, {}, json.dumps(site(step)))
                step = steps.send((answer, None))
            else:
                lines.append(json.dumps(step))
                step = next(steps)
    except StopIteration:
        lines.append(json.dumps({"event": "end", "facts": {}}))
    return outcome_of(request, "\n".join([*lines, ""]).encode(), None)


class Account:
    """An own account with one article and one comment below it."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, ask: Ask) -> Mapping[str, Any]:
        name = urlsplit(ask.url).path.removeprefix("/cgi-bin/")
        self.asked.append(name)
        written = int((NOW - timedelta(hours=5)).timestamp())
        news = {"title": "关于排队的说明", "url": ARTICLE, "need_open_comment": 1}
        item = {"update_time": written, "content": {"news_item": [news]}}
        comment = {"user_comment_id": 1, "create_time": written, "content": "排了两小时"}
        return {
            "stable_token": {"access_token": "t", "expires_in": 7200},
            "freepublish/batchget": {"total_count": 1, "item": [item]},
            "comment/list": {"errcode": 0, "total": 1, "comment": [{**comment, "comment_type": 1}]},
        }[name]


SECRETS = {"app_id": "wx0", "app_secret": "not-a-secret"}
SCHEDULE = ["stable_token", "freepublish/batchget", "comment/list"]


def test_an_account_is_read_in_three_steps_and_its_comments_once_an_hour() -> None:
    sites = [Account(), Account(), Account()]
    first = walk("wechat_account", sites[0], secrets=SECRETS)
    soon, later = NOW + timedelta(minutes=30), NOW + timedelta(hours=1)
    second = walk("wechat_account", sites[1], secrets=SECRETS, cursor=first.cursor, now=soon)
    walk("wechat_account", sites[2], secrets=SECRETS, cursor=second.cursor, now=later)

    assert [item.id for item in first.items] == ["MzA_7_1", "MzA_7_1:1"]
    assert [site.asked for site in sites] == [SCHEDULE, SCHEDULE[:2], SCHEDULE]
    assert (second.status, second.items, second.problems) == ("ok", [], [])


def test_every_site_is_searched_in_every_run() -> None:
    asked: list[list[str]] = [[], []]
    sites = ["haodf.com", "xiaohongshu.com"]

    def site(run: int) -> Site:
        def answer(ask: Ask) -> Mapping[str, Any]:
            where = json.loads(ask.body)["Site"]
            asked[run].append(where)
            page = {"title": "清河互联网医院", "url": f"https://www.{where}/1", "passage": "排队"}
            return {"Response": {"Pages": [json.dumps(page)]}}

        return answer

    job = {
        "secrets": {"secret_id": "AKID", "secret_key": "not-a-key"},
        "options": {"sites": sites},
        "queries": ("清河互联网医院",),
    }
    first = walk("sogou_search", site(0), **job)
    later = NOW + timedelta(minutes=30)
    second = walk("sogou_search", site(1), **job, cursor=first.cursor, now=later)

    assert [item.platform for item in first.items] == ["haodf", "xiaohongshu"]
    assert asked == [sites, sites]
    assert second.items == []


def test_each_query_fetches_its_own_token_and_goes_on_to_the_next_page() -> None:
    asked: list[str] = []

    def site(ask: Ask) -> Mapping[str, Any]:
        parts = urlsplit(ask.url)
        asked.append(parts.path)
        if ask.step == "token":
            return {"data": {"access_token": "t", "error_code": 0}}
        last = "cursor=20" in parts.query
        written = int(NOW.timestamp()) - 60 * (2 if last else 1)
        video = {"item_id": f"{ask.url}", "title": "清河互联网医院", "create_time": written}
        return {"err_no": 0, "data": {"video_list": [video], "has_more": not last, "cursor": 20}}

    secrets = {"client_key": "key", "client_secret": "not-a-secret"}
    outcome = walk("douyin_search", site, secrets=secrets, queries=("清河", "清河医院"))

    token, search = "/oauth/client_token/", "/dy_open_api/v2/search/video/"
    assert asked == [token, search, search] * 2
    assert (outcome.status, len(outcome.items)) == ("ok", 4)
