"""The demo as a user runs it, and what keeps it honest: the site, the stage and the checks."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import load
from monitor.demo.checks import examine
from monitor.demo.clock import DemoClock
from monitor.demo.gateway import Gateway
from monitor.demo.site import Site
from monitor.demo.stage import MARK, DemoError, set_up
from monitor.demo.story import Story, load_story

ROOT = Path(__file__).parents[2]
LIMIT_SECONDS = 175  # under three minutes on two cores, set-up not counted
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def story() -> Story:
    return load_story(date(2026, 11, 21))


@pytest.fixture
def clock(story: Story) -> DemoClock:
    return DemoClock(story.begins)


@pytest.fixture
def site(story: Story, clock: DemoClock) -> Iterator[Site]:
    with Site(story, clock) as site:
        yield site


def get(site: Site, path: str, etag: str = "") -> tuple[int, str, str]:
    connection = http.client.HTTPConnection(site.base.removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", path, headers={"If-None-Match": etag} if etag else {})
        answer = connection.getresponse()
        return answer.status, answer.headers["ETag"], answer.read().decode()
    finally:
        connection.close()


@pytest.mark.timeout(LIMIT_SECONDS + 20)
def test_the_demo_plays_a_crisis_from_calm_to_the_weekly_report(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from monitor.cli import main; main()", "demo"],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),  # the code beside this test, wherever another is installed
            "HOME": str(tmp_path),
            "LC_ALL": "C",
        },
        capture_output=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )
    said = done.stdout.decode()
    assert done.returncode == 0, said + done.stderr.decode()
    for line in ("升到黄色", "升到橙色", "升到红色", "没有人应答", "45009", "重试成功", "被拒绝"):
        assert line in said
    assert "×" not in said[said.index("── 核对") :]
    assert max(len(line) for line in said.splitlines()) <= 80
    report = next((tmp_path / "demo-output" / "reports").glob("*.html"))
    assert report.name in said
    settings = load(tmp_path / "demo-output" / "fengsui.yaml", {})
    assert settings.brands[0].name == "清河互联网医院"


def test_a_story_that_nobody_played_fails_the_checks(tmp_path: Path) -> None:
    with set_up(tmp_path / "demo", lambda: NOW) as stage:
        findings = examine(stage, {}, ["红色预警"], "", tmp_path / "none.html")
    missing = {one.text for one in findings if not one.held}
    assert "故事演到了最后；没等到：红色预警" in missing
    assert "先黄、再橙、后红" in missing
    assert sum("帖子之后" in text for text in missing) == 3


def test_the_demo_does_not_touch_a_folder_that_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work", "utf-8")
    with pytest.raises(DemoError, match="演示不会动它"), set_up(tmp_path, lambda: NOW):
        pass
    assert (tmp_path / "thesis.txt").exists()


def test_the_demo_replaces_its_own_folder_of_an_earlier_run(tmp_path: Path) -> None:
    (tmp_path / MARK).touch()
    (tmp_path / "old.txt").touch()
    with set_up(tmp_path, lambda: NOW) as stage:
        assert stage.config.is_file()
        assert not (tmp_path / "old.txt").exists()


def test_the_gateway_hands_over_only_what_is_due(tmp_path: Path) -> None:
    with set_up(tmp_path / "demo", lambda: NOW) as stage:
        gateway = Gateway(stage)
        early = gateway.hand_over(stage.clock())
        due = gateway.next()
        assert (early, due) == (None, stage.story.begins + timedelta(minutes=21))
        stage.clock.jump(due)
        intake = gateway.hand_over(due)
        assert intake is not None
        assert (intake.new, intake.rejected) == (1, [])


def test_an_article_is_not_there_before_its_time(site: Site, clock: DemoClock) -> None:
    before, _, _ = get(site, "/news/n-01.html")
    clock.jump(clock() + timedelta(hours=1))
    after, _, page = get(site, "/news/n-01.html")
    assert (before, after) == (404, 200)
    assert "慢病续方" in page


def test_a_feed_that_has_not_changed_answers_304_until_it_has(site: Site, clock: DemoClock) -> None:
    _, etag, _ = get(site, "/forum/feed.xml")
    same, _, _ = get(site, "/forum/feed.xml", etag)
    clock.jump(clock() + timedelta(hours=1))
    other, _, body = get(site, "/forum/feed.xml", etag)
    assert (same, other) == (304, 200)
    assert "体检中心" in body


def test_a_page_that_fails_at_first_heals(site: Site, clock: DemoClock) -> None:
    clock.jump(clock() + timedelta(hours=2))
    assert [get(site, "/news/n-03.html")[0] for _ in range(3)] == [500, 500, 200]


def test_the_statement_stands_where_it_was_published(site: Site) -> None:
    before, _, _ = get(site, "/hospital/statement.html")
    url = site.publish("我们正在核实。")
    after, _, page = get(site, "/hospital/statement.html")
    assert (before, after) == (404, 200)
    assert url.endswith("/hospital/statement.html")
    assert "我们正在核实。" in page
