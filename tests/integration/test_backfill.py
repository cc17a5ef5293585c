"""Backfill: by date, resumable, within its budget, and never an alarm about what is long past."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import cli_world
import pytest
from cli_world import World as House
from connector_batch import crawl_all
from connector_samples import SAMPLES
from crawl_site import NOW, Page, Site
from sqlalchemy import select
from world import HARM, NOON, World, item

from crawlers.connectors.registry import ABOUT
from crawlers.items import Item
from crawlers.protocol import CrawlOutcome, CrawlRequest, Problem
from monitor.domain.stretches import Stretch, gaps
from monitor.stations.backfill import Course, plan, step
from monitor.stations.collect import request_of
from monitor.store import incidents
from monitor.store.database import Database
from monitor.store.first_week_schema import BackfillRow
from monitor.store.schema import MentionRow, SourceRow

DAY = timedelta(days=1)
WEIBO = {
    "name": "微博",
    "kind": "weibo_search",
    "platform": "weibo",
    "credentials": {"access_token": "x"},
    "query": ["清河医院"],
}
BAIDU = {"name": "百度", "kind": "baidu_search", "credentials": {"api_key": "x"}, "query": ["清河"]}


class Past:
    """A source that holds one post a day, and says no when it is told to."""

    def __init__(
        self, world: World, posts: Callable[[int], str] = lambda day: f"清河医院第{day}天"
    ) -> None:
        self.world, self.posts = world, posts
        self.asked: list[CrawlRequest] = []
        self.problem: Problem | None = None
        self.rows: int | None = None
        world.app.crawl = self.crawl

    def crawl(self, request: CrawlRequest) -> CrawlOutcome:
        self.asked.append(request)
        facts: dict[str, int | str] = {"requests": 1}
        if self.problem is not None:
            return CrawlOutcome("failed", [], {}, [self.problem], facts)
        assert request.since is not None
        items = [self._post(day) for day in range(120) if self._at(day) >= request.since]
        until = request.until or self.world.now
        found = [one for one in items if one.published_at and one.published_at < until]
        facts["rows"] = len(found) if self.rows is None else self.rows
        newest = max((one.published_at for one in found if one.published_at), default=None)
        marks = {request.queries[0]: [newest.isoformat() if newest else None, NOON.isoformat()]}
        return CrawlOutcome("ok" if found else "empty", found, {"queries": marks}, [], facts)

    def _at(self, day: int) -> datetime:
        return self.world.now - day * DAY - timedelta(hours=1)

    def _post(self, day: int) -> Item:
        return item(f"d{day}", self.posts(day), at=self._at(day))


def opened(folder: Path, *sources: dict[str, Any]) -> World:
    return World(folder, sources=list(sources or [WEIBO]))


def wanted(world: World, days: int = 90) -> Stretch:
    return world.now - days * DAY, world.now


def run(world: World, **changes: Any) -> Course:
    course = plan(world.app, world.settings.sources[0], wanted(world), **changes)
    while course.todo and not course.stopped:
        step(world.app, course)
    return course


def test_ninety_days_come_in_week_by_week_the_newest_first(tmp_path: Path) -> None:
    world = opened(tmp_path)
    past = Past(world)
    course = run(world)

    assert (course.new, course.done, course.stopped) == (90, 13, "")
    ends = [one.until for one in past.asked]
    assert ends == sorted(ends, key=lambda at: at or NOON, reverse=True)
    assert all(one.queries == ("清河医院",) for one in past.asked)
    with world.app.database.reading() as session:
        dates = [row.published_at for row in session.scalars(select(MentionRow))]
    assert min(dates) == world.now - 89 * DAY - timedelta(hours=1)


def test_what_is_read_once_is_not_read_again_unless_asked(tmp_path: Path) -> None:
    world = opened(tmp_path)
    past = Past(world)
    run(world)
    past.asked.clear()

    assert run(world).done == 0
    assert past.asked == []
    world.now += timedelta(hours=5)
    assert run(world).done == 0
    world.now += 2 * DAY
    assert run(world).done == 1
    again = run(world, again=True)
    assert (again.new, again.done) == (0, 13)


def test_a_crash_between_two_stretches_loses_and_repeats_nothing(tmp_path: Path) -> None:
    world = opened(tmp_path)
    past = Past(world)
    course = plan(world.app, world.settings.sources[0], wanted(world))
    for _ in range(4):
        step(world.app, course)
    world.restart()
    past = Past(world)
    rest = run(world)

    assert (len(past.asked), rest.done, rest.new) == (9, 9, 62)
    with world.app.database.reading() as session:
        assert len(list(session.scalars(select(MentionRow)))) == 90


def test_harm_of_a_month_ago_wakes_nobody_tonight_and_that_of_today_does(tmp_path: Path) -> None:
    world = opened(tmp_path)
    Past(
        world,
        lambda day: (
            HARM.replace("急诊的孩子", f"急诊的孩子{day}床") if day > 5 else f"清河医院{day}"
        ),
    )
    run(world)
    world.decide()
    world.deliver()
    with world.app.database.reading() as session:
        assert incidents.all_incidents(session, active=True) == []
    assert world.bots.told == []

    world.post(item("now", HARM, at=world.now))
    world.decide()
    with world.app.database.reading() as session:
        assert len(incidents.all_incidents(session, active=True)) == 1


def test_a_stretch_that_was_cut_off_is_read_in_halves(tmp_path: Path) -> None:
    world = opened(tmp_path, BAIDU)
    past = Past(world)
    past.rows = 50
    course = plan(world.app, world.settings.sources[0], (world.now - 7 * DAY, world.now))
    step(world.app, course)

    assert [one.stretch for one in course.todo] == [
        (world.now - 3.5 * DAY, world.now),
        (world.now - 7 * DAY, world.now - 3.5 * DAY),
    ]
    while course.todo:
        step(world.app, course)
    assert all(end - begin <= DAY for begin, end in course.partial)
    assert course.new == 7


def test_half_of_a_quota_is_left_to_the_daily_readings(tmp_path: Path) -> None:
    world = opened(tmp_path, {**BAIDU, "budget_per_day": 12})
    past = Past(world)
    course = run(world)

    assert len(past.asked) == 6
    assert "额度" in course.stopped
    assert not course.failed
    assert len(course.todo) == 7
    world.now += timedelta(days=1, minutes=1)
    assert run(world).done == 6


def test_a_refusal_stops_the_source_and_keeps_the_place(tmp_path: Path) -> None:
    world = opened(tmp_path)
    past = Past(world)
    course = plan(world.app, world.settings.sources[0], wanted(world))
    step(world.app, course)
    past.problem = Problem("rate_limited", "", "微博说访问太频繁")
    step(world.app, course)

    assert (course.stopped, course.failed) == ("微博说访问太频繁", True)
    past.problem = None
    assert run(world).done == 12


def test_a_source_that_is_blind_is_left_alone(tmp_path: Path) -> None:
    world = opened(tmp_path)
    Past(world)
    with world.app.database.transaction() as session:
        session.add(SourceRow(name="微博", due_at=NOON, since=NOON, status="blocked"))
    course = run(world)

    assert course.done == 0
    assert "先不回补" in course.stopped


def test_a_post_without_a_date_or_out_of_range_is_left_out(tmp_path: Path) -> None:
    world = opened(tmp_path)
    found = [
        Item("weibo", "a", "清河医院"),
        item("b", "清河医院", at=world.now - 400 * DAY),
        item("c", "清河医院", at=world.now - DAY),
    ]
    world.app.crawl = lambda _: CrawlOutcome("ok", found, {}, [], {"requests": 1})
    course = plan(world.app, world.settings.sources[0], (world.now - 2 * DAY, world.now))
    step(world.app, course)

    assert (course.new, course.undated) == (1, 1)


def test_requests_of_a_backfill_count_towards_the_daily_budget(tmp_path: Path) -> None:
    from monitor.store.crawls import requests_since

    world = opened(tmp_path)
    Past(world)
    run(world)
    with world.app.database.reading() as session:
        assert requests_since(session, "微博", world.now - DAY) == 13
        rows = list(session.scalars(select(BackfillRow)))
    assert all(row.whole for row in rows)


REACHING = sorted(kind for kind, about in ABOUT.items() if about.reach)


@pytest.fixture(scope="module")
def runs(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, tuple[Site, CrawlOutcome]]]:
    """Every kind that reaches back, asked for a week of last month on its own loopback site."""
    with ExitStack() as stack:
        sites = {kind: stack.enter_context(Site()) for kind in REACHING}
        folder = tmp_path_factory.mktemp("crawl")
        jobs = [a_job(kind, sites[kind], folder) for kind in REACHING]
        outcomes = crawl_all(jobs)
        yield {kind: (sites[kind], one) for kind, one in zip(REACHING, outcomes, strict=True)}


BEGIN, END = NOW - 60 * DAY, NOW - 53 * DAY


def a_job(kind: str, site: Site, folder: Path) -> CrawlRequest:
    sample, about = SAMPLES[kind], ABOUT[kind]
    good = {"Content-Type": sample.content_type}
    answers = iter([sample.ok, *sample.pages.values()])
    site.pages["/robots.txt"] = Page(b"", 404)
    site.otherwise = lambda _: Page(next(answers, sample.empty), headers=good)  # type: ignore[assignment]
    for path, body in sample.pages.items():
        site.pages[path] = Page(body, headers=good)
    spans = about.reach is not None and about.reach.span is not None
    return CrawlRequest(
        source=kind,
        platform=about.platform,
        url=site.url,
        cache_dir=folder,
        now=NOW,
        kind=kind,
        queries=sample.queries,
        secrets=sample.secrets,
        options=sample.options,
        since=BEGIN,
        until=END if spans else None,
        max_pages=40,
        max_items=10_000,
        deadline_seconds=10,
        delay_seconds=0,
    )


@pytest.mark.parametrize("kind", REACHING)
def test_every_kind_that_reaches_back_reads_its_site_with_dates(
    runs: dict[str, tuple[Site, CrawlOutcome]], kind: str
) -> None:
    _, outcome = runs[kind]
    assert (outcome.status, len(outcome.items)) == ("ok", SAMPLES[kind].items)
    assert outcome.problems == []


def test_dates_are_asked_for_in_the_form_of_the_platform(
    runs: dict[str, tuple[Site, CrawlOutcome]],
) -> None:
    paths = [path for path, _ in runs["weibo_search"][0].heard if "limited.json" in path]
    asked = parse_qs(urlsplit(paths[0]).query)
    assert asked["starttime"] == [str(int(BEGIN.timestamp()))]
    assert asked["endtime"] == [str(int(END.timestamp()))]
    (found,) = [path for path, _ in runs["zhihu_web"][0].heard if "global_search" in path][:1]
    terms = parse_qs(urlsplit(found).query)["Filter"][0]
    assert f"publish_time>={int(BEGIN.timestamp())}" in terms
    assert f"publish_time<={int(END.timestamp())}" in terms
    (pages,) = [path for path, _ in runs["huawei_reviews"][0].heard if "beginTime" in path][:1]
    assert parse_qs(urlsplit(pages).query)["endTime"] == [str(int(END.timestamp() * 1000))]


def test_every_kind_says_how_far_back_it_can_be_read_or_why_not() -> None:
    for about in ABOUT.values():
        assert about.reach.said if about.reach else about.no_reach


FEED = "  - {name: 新闻, url: https://news.example.cn/feed.xml}\n"
SOURCES = (
    "sources:\n" + FEED + "  - {name: 微博, kind: weibo_search, query: [清河医院], "
    "credentials: {access_token: '${WEIBO_ACCESS_TOKEN}'}}\n"
)


@pytest.fixture
def house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> House:
    house = cli_world.build(tmp_path, monkeypatch, capsys)
    monkeypatch.setenv("WEIBO_ACCESS_TOKEN", "x")
    house.config.write_text(cli_world.CONFIG + SOURCES, encoding="utf-8")
    return house


def test_the_command_says_what_it_would_read_and_what_it_cannot(house: House) -> None:
    shown = house.run("backfill", "--since", "30d", "--dry-run")
    assert shown.code == 0
    assert "要读 5 段" in shown.out
    assert "订阅源只有当前这些条目" in shown.out
    plain = house.run("backfill", "--since", "30d", "--dry-run", "--json").json()
    assert [one["left"] for one in plain["sources"]] == [0, 5]
    assert plain["since"] == "2026-10-23T00:00:00+08:00"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--since", "昨天"), "看不懂"),
        (("--since", "2026-11-20", "--until", "2026-11-01"), "要早于"),
        (("--since", "2026-01-01"), "retention.mentions_days"),
        (("--source", "抖音"), "没有来源「抖音」"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    house: House, arguments: tuple[str, ...], said: str
) -> None:
    answer = house.run("backfill", *arguments)
    assert (answer.code, said in answer.err) == (2, True)


def test_killed_in_the_middle_it_goes_on_behind_the_last_whole_stretch(tmp_path: Path) -> None:
    """The real program against a loopback site, ended with SIGKILL in its second stretch."""
    with Site() as site:
        config = tmp_path / "fengsui.yaml"
        config.write_text(killed_config(site.url), encoding="utf-8")
        site.otherwise = lambda handler: Page(posts_of(handler.path))  # type: ignore[assignment]
        first = started(config)
        waits_for(lambda: len(searches(site)) == 2)
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert started(config).wait(60) == 0
        asked = searches(site)
    database = Database(f"sqlite:///{tmp_path / 'data' / 'fengsui.db'}")
    with database.reading() as session:
        covered = [(row.begin, row.end) for row in session.scalars(select(BackfillRow))]
        posts = list(session.scalars(select(MentionRow.native_id)))
    database.close()

    assert gaps((min(covered)[0], max(end for _, end in covered)), covered) == []
    assert len(asked) == 3  # the first stretch once, the second again
    assert sorted(posts) == sorted({post_of(one) for one in asked})


def post_of(path: str) -> str:
    return parse_qs(urlsplit(path).query)["starttime"][0]


def killed_config(url: str) -> str:
    return (
        "brands: [{name: 清河互联网医院, aliases: [清河医院]}]\ndata_dir: data\nsources:\n"
        f"  - {{name: 微博, kind: weibo_search, url: '{url}', query: [清河医院], "
        "credentials: {access_token: '${WEIBO_ACCESS_TOKEN}'}}\n"
    )


def started(config: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "monitor", "backfill", "--since", "8d", "-c", str(config)],
        env={**os.environ, "WEIBO_ACCESS_TOKEN": "x"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def searches(site: Site) -> list[str]:
    return [path for path, _ in list(site.heard) if "starttime" in path]


def waits_for(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def posts_of(path: str) -> str:
    """One post in the middle of the stretch that was asked for."""
    asked = parse_qs(urlsplit(path).query)
    if "starttime" not in asked:
        return json.dumps({"statuses": [], "total_number": 0})
    begin, end = (int(asked[name][0]) for name in ("starttime", "endtime"))
    at = datetime.fromtimestamp((begin + end) // 2, tz=NOW.tzinfo)
    post = {
        "mid": str(begin),
        "text": "清河医院排队两小时",
        "created_at": f"{at:%a %b %d %H:%M:%S %z %Y}",
    }
    return json.dumps({"statuses": [post], "total_number": 1})


def test_a_request_for_the_past_is_the_daily_one_with_dates(tmp_path: Path) -> None:
    world = opened(tmp_path)
    daily = request_of(world.settings, world.settings.sources[0], world.now)
    assert (daily.since, daily.until, daily.max_pages) == (None, None, 0)


def test_the_manual_says_of_every_kind_whether_it_can_be_read_back() -> None:
    manual = Path(__file__).parents[2] / "docs" / "first-week.md"
    table = [line for line in manual.read_text("utf-8").splitlines() if line.startswith("| `")]
    for kind in REACHING:
        (row,) = [line for line in table if f"`{kind}`" in line]
        assert "补不了" not in row
        assert "不补" not in row
