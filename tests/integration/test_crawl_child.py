"""The child keeps its limits, and what it said before it died is kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from crawl_site import Page, Site, entry, request

from crawlers.runner import crawl


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as served:
        yield served


def crawl_children(parent: int) -> list[int]:
    """Return the process ids of the crawl children of a process."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            owner = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if owner == parent and b"crawlers.child" in command:
            found.append(int(folder.name))
    return found


def wait_until(condition: Callable[[], Any], seconds: float = 10.0) -> object:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def test_a_feed_that_hangs_is_given_up_at_the_deadline(site: Site, tmp_path: Path) -> None:
    site.pages["/robots.txt"] = Page("", before=site.hang)
    started = time.monotonic()

    outcome = crawl(request(site.url + "/feed.xml", tmp_path, deadline_seconds=1.0))

    assert time.monotonic() - started < 8
    assert outcome.status == "failed"
    # A child that starts quickly gives the page up by itself before it is stopped.
    assert outcome.problems[0].kind in ("deadline", "timeout")
    assert crawl_children(os.getpid()) == []


def test_a_run_that_the_deadline_cut_short_keeps_what_it_read(site: Site, tmp_path: Path) -> None:
    for number in range(1, 30):
        site.pages[f"/p/{number}"] = Page("", before=site.hang)
    slow = [entry(number, f"{site.url}/p/{number}") for number in range(1, 30)]
    url = site.feed(entry(59), *slow, headers={"ETag": '"a"'})

    outcome = crawl(request(url, tmp_path, deadline_seconds=4))

    assert outcome.status == "ok"
    assert "第59帖" in {item.title for item in outcome.items}
    assert len(outcome.items) < 30
    assert outcome.problems[0].message_zh.startswith("抓取超过 4 秒的时限，已停止")
    assert len(outcome.cursor["marks"]) == len(outcome.items)
    assert outcome.cursor["etag"] == ""


def test_items_that_arrived_before_the_child_was_killed_are_kept(
    site: Site, tmp_path: Path
) -> None:
    def kill_the_child() -> None:
        for child in crawl_children(os.getpid()):
            os.kill(child, signal.SIGKILL)

    site.pages["/p/2"] = Page("", before=kill_the_child)
    url = site.feed(entry(1), entry(2, site.url + "/p/2"), headers={"ETag": '"a"'})

    outcome = crawl(request(url, tmp_path))
    site.article("/p/2", "清河互联网医院门诊")
    after = crawl(request(url, tmp_path, cursor=outcome.cursor))

    assert outcome.status == "failed"
    assert [item.title for item in outcome.items] == ["第1帖"]
    assert "中途退出（被信号 9 终止），已保留读到的内容" in outcome.problems[0].message_zh
    assert (after.status, [item.title for item in after.items]) == ("ok", ["第2帖"])


def test_a_child_above_its_memory_limit_is_stopped_with_a_sentence(
    site: Site, tmp_path: Path
) -> None:
    site.pages["/feed.xml"] = Page('<rss version="2.0"><channel>' + "<item>" * 500_000)

    outcome = crawl(request(site.url + "/feed.xml", tmp_path, memory_mb=150))

    assert outcome.status == "failed"
    (problem,) = outcome.problems
    assert problem.kind == "memory"
    assert "内存超过 150 MB 的上限，已停止" in problem.message_zh


def test_the_child_dies_with_its_parent(site: Site, tmp_path: Path) -> None:
    site.pages["/feed.xml"] = Page("", before=site.hang)
    script = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]);"
        "from crawl_site import request; from crawlers.runner import crawl;"
        "crawl(request(sys.argv[2], Path(sys.argv[3])))"
    )
    here = str(Path(__file__).parent)
    parent = subprocess.Popen(  # noqa: S603 (our own script)
        [sys.executable, "-c", script, here, site.url + "/feed.xml", str(tmp_path)]
    )
    assert wait_until(lambda: site.hits["/feed.xml"])
    (child,) = crawl_children(parent.pid)

    parent.kill()
    parent.wait()

    assert wait_until(lambda: not Path(f"/proc/{child}").exists(), seconds=3)


def test_secrets_of_the_channels_do_not_reach_the_child(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WECOM_WEBHOOK_KEY", "geheim")
    seen = []

    def look(_: object) -> Page:
        seen.extend(
            Path(f"/proc/{child}/environ").read_bytes() for child in crawl_children(os.getpid())
        )
        return Page("", 404)

    site.pages["/feed.xml"] = look
    crawl(request(site.url + "/feed.xml", tmp_path))

    assert seen
    assert not any(b"geheim" in environment for environment in seen)


def test_a_child_that_cannot_start_is_a_problem_and_not_an_exception(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))

    outcome = crawl(request("http://127.0.0.1:9/feed", tmp_path))

    assert outcome.status == "failed"
    assert "抓取程序启动不了" in outcome.problems[0].message_zh


def test_the_runner_loads_neither_scrapy_nor_torch() -> None:
    check = "import sys, crawlers.runner; print({'scrapy', 'twisted', 'torch'} & set(sys.modules))"
    said = subprocess.check_output([sys.executable, "-c", check], text=True)  # noqa: S603
    assert said.strip() == "set()"
