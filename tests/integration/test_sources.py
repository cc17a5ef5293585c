"""Sources at work: budgets, blindness told in time, sessions that stop, what a run records."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from world import BRAND, HARM, World, item

from crawlers.connectors import registry
from crawlers.connectors.base import About, Grade, Quota
from crawlers.items import Item
from crawlers.protocol import CrawlOutcome, CrawlRequest, CrawlStatus, Problem
from monitor.domain.silence import Scope
from monitor.domain.source_health import SourceState
from monitor.domain.tier import Tier
from monitor.pipeline import COLLECTING, tick
from monitor.stations import silencing
from monitor.stations.rereads import looked
from monitor.stations.source_watch import resume
from monitor.status import health
from monitor.store import silences
from monitor.store.schema import CrawlRow, DecisionRow, MentionRow, SourceRow

MINUTE = timedelta(minutes=1)
FEED = {"name": "清河论坛", "url": "https://forum.example.cn/feed", "every": "5m"}
SESSION = About(
    kind="session_test",
    title="会话测试",
    grade=Grade.SESSION,
    platform="weibo",
    address="https://m.example.cn",
    gives="帖子",
    risk="封号",
    needs={"cookie": "登录后的 Cookie"},
    searches=True,
    quiet=True,
    quota=Quota(96, timedelta(days=1)),
)


@pytest.fixture(autouse=True)
def session_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.ABOUT, "session_test", SESSION)


class Crawls:
    """Answers each request from a script, the last answer for ever; keeps the requests."""

    def __init__(self, *outcomes: CrawlOutcome) -> None:
        self.script = list(outcomes)
        self.asked: list[CrawlRequest] = []

    def __call__(self, request: CrawlRequest) -> CrawlOutcome:
        self.asked.append(request)
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


def came(
    status: CrawlStatus = "ok", kind: str = "", items: tuple[Item, ...] = (), **facts: Any
) -> CrawlOutcome:
    problems = [Problem(kind, "", f"出了问题（{kind}）")] if kind else []
    rows = facts.pop("rows", 0 if status == "failed" else 10)
    return CrawlOutcome(
        status, list(items), {}, problems, {"rows": rows, "parsed": rows, "requests": 1, **facts}
    )


def world(folder: Path, crawls: Crawls, *sources: dict[str, Any]) -> World:
    made = World(folder, sources=list(sources or (FEED,)))
    made.app.crawl = crawls
    return made


def collect(made: World, **time: float) -> None:
    """Let time pass, run what is due, send what there is to say."""
    made.now += timedelta(**time)
    tick(made.app, COLLECTING, made.now)
    made.deliver()


def row(made: World, name: str = "清河论坛") -> SourceRow:
    with made.app.database.reading() as session:
        return session.get_one(SourceRow, name)


BAD = ["login_page", "captcha", "schema", "forbidden", "timeout", "server_error", "rate_limited"]


@pytest.mark.parametrize("kind", BAD)
def test_every_blindness_is_told_within_two_intervals(tmp_path: Path, kind: str) -> None:
    made = world(tmp_path, Crawls(came(items=(item(1, "别家的新闻"),)), came("failed", kind)))
    collect(made)
    lost = made.now
    while not made.bots.to("ops"):
        collect(made, minutes=1)
        assert made.now - lost <= 11 * MINUTE  # two intervals and the minute of the look itself

    (told,) = made.bots.to("ops")
    assert "来源「清河论坛」" in told.body
    assert "从 11-18 12:00 起看不到新内容，这段时间没有数据不等于没有舆情" in told.body
    assert SourceState(row(made).status).blind


def test_sources_of_one_site_are_read_in_turn_and_hold_up_no_other(tmp_path: Path) -> None:
    at_once: dict[str, int] = {}
    most: dict[str, int] = {}
    ended: list[str] = []
    slow = Event()

    def crawl(request: CrawlRequest) -> CrawlOutcome:
        host = request.url.split("/")[2]
        at_once[host] = at_once.get(host, 0) + 1
        most[host] = max(most.get(host, 0), at_once[host])
        if request.source == "甲":
            assert slow.wait(20)  # until another site's two sources are done
        at_once[host] -= 1
        ended.append(request.source)
        if request.source == "丁":
            slow.set()
        return came()

    urls = {"甲": "a.example/1", "乙": "a.example/2", "丙": "b.example/1", "丁": "b.example/2"}
    named = ({**FEED, "name": name, "url": f"https://{url}"} for name, url in urls.items())
    made = World(tmp_path, sources=list(named))
    made.app.crawl = crawl
    collect(made)

    assert most == {"a.example": 1, "b.example": 1}
    assert ended == ["丙", "丁", "甲", "乙"]


def test_one_bad_run_wakes_nobody(tmp_path: Path) -> None:
    made = world(tmp_path, Crawls(came(), came("failed", "timeout"), came()))
    for _ in range(15):
        collect(made, minutes=1)
    assert made.bots.to("ops") == []
    assert row(made).status == "ok"


def test_a_feed_that_used_to_hold_entries_and_is_empty_now_is_blind(tmp_path: Path) -> None:
    made = world(tmp_path, Crawls(came(items=(item(1, "新闻"),)), came("empty", rows=0)))
    for _ in range(12):
        collect(made, minutes=1)
    assert len(made.bots.to("ops")) == 1


def test_a_source_that_sees_again_is_told_once(tmp_path: Path) -> None:
    bad = [came("failed", "login_page")] * 3
    made = world(tmp_path, Crawls(came(), *bad, came()))
    for _ in range(60):
        collect(made, minutes=1)
    lost, found = made.bots.to("ops")
    assert "被软性拦截" in lost.body
    assert "来源「清河论坛」恢复了；12:01 到" in found.body
    assert row(made).blind_since is None


def test_the_groups_hear_of_blindness_only_while_something_serious_is_open(tmp_path: Path) -> None:
    made = world(tmp_path, Crawls(came(), came("failed", "forbidden")))
    collect(made)
    made.post(item(1, HARM), item(2, HARM + "我也在场，亲眼看到的，警察都来了"))
    made.decide()
    made.deliver()
    before = len(made.bots.to("group"))
    for _ in range(12):
        collect(made, minutes=1)

    assert before
    assert "清河论坛" in made.bots.to("group")[-1].body


def test_a_calm_day_keeps_the_trouble_with_the_operator(tmp_path: Path) -> None:
    made = world(tmp_path, Crawls(came(), came("failed", "forbidden")))
    for _ in range(12):
        collect(made, minutes=1)
    assert made.bots.to("ops")
    assert made.bots.to("group") == []


def test_a_tier_says_through_which_source_nothing_was_seen(tmp_path: Path) -> None:
    made = world(tmp_path, Crawls(came(), came("failed", "forbidden")))
    for _ in range(12):
        collect(made, minutes=1)
    made.post(item(1, HARM), item(2, HARM + "我也在场，亲眼看到的，警察都来了"))
    made.decide()

    with made.app.database.reading() as session:
        decision = session.query(DecisionRow).one()
        seen = health(made.app, session, made.now)
    assert decision.reason.endswith("「清河论坛」12:01 起看不到")
    assert any("「清河论坛」12:01 起看不到" in sentence for sentence in seen.troubles)


def test_a_search_without_queries_looks_for_every_name_of_the_brand(tmp_path: Path) -> None:
    crawls = Crawls(came())
    source = {
        "name": "知乎",
        "kind": "zhihu_search",
        "credentials": {"access_secret": "s"},
    }
    made = world(tmp_path, crawls, source)
    collect(made)

    (asked,) = crawls.asked
    assert asked.queries == (BRAND, "清河医院")
    assert (asked.url, asked.obey_robots) == ("https://developer.zhihu.com", False)
    assert asked.max_requests == 52  # 5,000 a day, every fifteen minutes


def test_a_budget_that_is_used_up_asks_no_more(tmp_path: Path) -> None:
    crawls = Crawls(came(requests=3))
    made = world(tmp_path, crawls, {**FEED, "budget_per_day": 6})
    for _ in range(24):
        collect(made, hours=1)
    assert len(crawls.asked) == 2


def test_retry_after_is_kept_across_runs(tmp_path: Path) -> None:
    crawls = Crawls(came("failed", "rate_limited", retry_after_seconds=3600))
    made = world(tmp_path, crawls)
    for _ in range(61):
        collect(made, minutes=1)
    assert len(crawls.asked) == 2


def a_session(expires: str = "2026-12-31", **more: Any) -> dict[str, Any]:
    return {
        "name": "会话",
        "kind": "session_test",
        "credentials": {"cookie": "c"},
        "authorisation": {"legal_approver": "王某", "purpose": "自有品牌舆情", "expires": expires},
        **more,
    }


def test_a_session_connector_is_off_until_somebody_enables_it(tmp_path: Path) -> None:
    crawls = Crawls(came())
    collect(world(tmp_path, crawls, a_session()))
    assert crawls.asked == []


def test_a_session_connector_keeps_ten_seconds_and_stops_at_the_first_captcha(
    tmp_path: Path,
) -> None:
    crawls = Crawls(came(), came("failed", "captcha"), came())
    made = world(tmp_path, crawls, a_session(enabled=True))
    for _ in range(60):
        collect(made, minutes=1)

    assert len(crawls.asked) == 2
    assert crawls.asked[0].delay_seconds >= 10
    assert "fengsui sources resume" in made.bots.to("ops")[0].body
    with made.app.database.transaction() as session:
        resume(session.get_one(SourceRow, "会话"), made.now)
    collect(made, minutes=1)
    assert len(crawls.asked) == 3


def test_a_session_connector_stops_when_its_authorisation_has_expired(tmp_path: Path) -> None:
    crawls = Crawls(came())
    made = world(tmp_path, crawls, a_session("2026-11-18", enabled=True))
    collect(made)
    collect(made, hours=13)
    assert len(crawls.asked) == 1
    assert row(made, "会话").stopped.startswith("授权已到期")


def test_every_run_records_what_health_is_judged_by(tmp_path: Path) -> None:
    made = world(tmp_path, Crawls(came(http_200=2, bytes=900, page="abc", shape_bad=0)))
    collect(made)
    with made.app.database.reading() as session:
        run = session.query(CrawlRow).one()
    assert run.state == "ok"
    assert run.facts.keys() >= {"http_200", "bytes", "rows", "parsed", "shape_bad", "page"}


def test_posts_of_a_live_topic_are_looked_at_again_less_and_less_often(tmp_path: Path) -> None:
    crawls = Crawls(came(items=(item(1, HARM, url="https://forum.example.cn/1"),)), came())
    made = world(tmp_path, crawls)
    looks = []
    for _ in range(26 * 12):
        crawls.script[-1] = came()
        collect(made, minutes=5)
        made.decide()
        asked = crawls.asked[-1].posts
        if asked:
            looks.append(made.now)
            mark_looked(made, asked)
    first = crawls.asked[0].now
    waits = [round((at - first) / MINUTE) for at in looks]
    assert waits == [5, 15, 60, 360, 1440]


def mark_looked(made: World, posts: Any) -> None:
    with made.app.database.transaction() as session:
        outcome = CrawlOutcome("ok", [], {}, [], {}, looked=[name for name, _ in posts])
        looked(session, "清河论坛", posts, outcome, made.now)


def test_a_post_that_vanished_keeps_our_copy_and_is_marked(tmp_path: Path) -> None:
    gone = CrawlOutcome("ok", [], {}, [], {"rows": 1, "parsed": 1}, gone=["1"])
    first = came(items=(item(1, HARM, url="https://forum.example.cn/1"),))
    made = world(tmp_path, Crawls(first, gone))
    collect(made)
    made.decide()
    collect(made, minutes=6)

    with made.app.database.reading() as session:
        kept = session.query(MentionRow).one()
    assert kept.gone_at == made.now
    assert "抢救室" in kept.text


def test_a_silenced_source_is_told_when_the_silence_is_over_if_it_is_still_blind(
    tmp_path: Path,
) -> None:
    made = world(tmp_path, Crawls(came(), came("failed", "forbidden")))
    scope = Scope(source="清河论坛")
    until = made.now + 30 * MINUTE
    number = silencing.add(made.app, scope, Tier.YELLOW, until, "机房检修", "zhang")
    for _ in range(29):
        collect(made, minutes=1)
    assert SourceState(row(made).status).blind
    assert made.bots.to("ops") == []
    with made.app.database.reading() as session:
        assert [one.key for one in silences.held_by(session, number)] == ["清河论坛"]

    collect(made, minutes=1)
    collect(made, minutes=1)

    assert len(made.bots.to("ops")) == 1


def test_no_source_is_silent_while_something_serious_is_open(tmp_path: Path) -> None:
    made = world(tmp_path, Crawls(came(), came("failed", "forbidden")))
    scope = Scope(source="清河论坛")
    silencing.add(made.app, scope, Tier.YELLOW, made.now + 60 * MINUTE, "机房检修", "zhang")
    made.post(item(1, HARM))
    made.decide()
    for _ in range(12):
        collect(made, minutes=1)

    assert any("清河论坛" in one.body for one in made.bots.to("ops"))
