"""`fengsui sources`: what is watched, how well it sees, what it would find right now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import cli_world
import pytest
from connector_samples import SAMPLES
from crawl_site import Page, Site

from monitor.store.schema import SourceRow

SOURCES = """
sources:
  - {{name: 清河论坛, url: {site}/feed}}
  - name: 知乎
    kind: zhihu_search
    url: {site}
    credentials:
      access_secret: ${{ZHIHU_SECRET}}
"""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as served:
        served.pages["/feed"] = Page(SAMPLES["feed"].ok)
        served.otherwise = Page(SAMPLES["zhihu_search"].ok)
        yield served


@pytest.fixture
def world(
    tmp_path: Path,
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> cli_world.World:
    made = cli_world.build(tmp_path, monkeypatch, capsys)
    with made.config.open("a", encoding="utf-8") as file:
        file.write(SOURCES.format(site=site.url))
    monkeypatch.setenv("ZHIHU_SECRET", "geheim")
    return made


def test_each_source_stands_in_the_list_with_grade_state_and_blindness(
    world: cli_world.World,
) -> None:
    with world.stored() as session:
        since = world.now - timedelta(hours=3)
        session.add(
            SourceRow(
                name="知乎",
                due_at=world.now,
                since=since,
                status="soft_blocked",
                blind_since=since,
                problem="知乎搜索返回的是登录页面",
            )
        )

    shown, listed = world.run("sources", "list"), world.run("sources", "list", "--json").json()

    assert shown.code == 0
    for word in ("清河论坛", "T2", "还没读过", "知乎", "T0", "被软性拦截", "07:00 起", "登录页面"):
        assert word in shown.out
    assert [(one["name"], one["grade"], one["status"]) for one in listed] == [
        ("清河论坛", "T2", "new"),
        ("知乎", "T0", "soft_blocked"),
    ]
    assert listed[1]["blind_since"] == "2026-11-22T07:00:00+08:00"


def test_check_reads_each_source_once_and_stores_nothing(
    world: cli_world.World, site: Site
) -> None:
    answer = world.run("sources", "check")

    assert (answer.code, answer.err) == (0, "")
    assert "✓ 清河论坛（T2）：读到 2 条。" in answer.out
    assert "✓ 知乎（T0）：读到 2 条。" in answer.out
    assert ("Authorization", "Bearer geheim") in site.heard[-1][1].items()
    assert "geheim" not in answer.out
    with world.stored() as session:
        assert session.query(SourceRow).count() == 0


def test_check_says_what_is_wrong_and_ends_with_one(world: cli_world.World, site: Site) -> None:
    site.otherwise = Page("<html><title>登录</title><body>请先登录</body></html>")

    answer = world.run("sources", "check", "知乎", "--json")

    assert answer.code == 1
    (one,) = answer.json()
    assert (one["status"], one["problems"][0]["kind"]) == ("failed", "login_page")


def test_an_unknown_source_is_refused_with_where_to_look(world: cli_world.World) -> None:
    for command in ("check", "resume"):
        answer = world.run("sources", command, "微博")
        assert answer.code == 2
        assert "没有这个来源：微博；运行 fengsui sources list 查看" in answer.err


def test_a_stopped_source_goes_on_when_a_person_says_so(world: cli_world.World) -> None:
    with world.stored() as session:
        never = world.now + timedelta(days=3650)
        session.add(SourceRow(name="知乎", due_at=never, since=world.now, stopped="遇到验证码"))

    assert "遇到验证码" in world.run("sources", "list").out
    assert world.run("sources", "resume", "知乎").code == 0

    with world.stored() as session:
        row = session.get_one(SourceRow, "知乎")
        assert (row.stopped, row.due_at) == ("", world.now)


def test_all_kinds_are_told_with_what_they_need(world: cli_world.World) -> None:
    shown, kinds = world.run("sources", "kinds"), world.run("sources", "kinds", "--json").json()

    assert "zhihu_search　知乎搜索　T0 官方接口" in shown.out
    assert "要什么：credentials 的 access_secret（在 developer.zhihu.com 申请" in shown.out
    assert {"feed", "newsnow", "zhihu_search"} <= {one["kind"] for one in kinds}
