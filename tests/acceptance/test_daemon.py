"""The daemon as its own process, on real parts: site, model, store, bots; killed and restarted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path

import pytest
from crawl_site import Site, entry

from alerts.sinks import BotSink

ENTRY = (sys.executable, "-c", "from monitor.cli import main; main()")
HARM = (
    "11月18日晚，清河互联网医院急诊给我三岁的孩子输错液，孩子当场抽搐进了抢救室，"
    "医生承认用错了药，病历上有记录。"
)
CONFIG = """
data_dir: {data}
brands:
  - name: 清河互联网医院
    aliases: [清河医院]
sources:
  - name: 清河论坛
    platform: forum
    url: {feed}
    every: 2s
    silent_after: 2h
    authority: forum
people:
  - id: zhang
    name: 张某
    channels: [zhang]
  - id: li
    name: 李某
    channels: [li]
oncall:
  levels:
    - name: 值班
      people: [zhang]
    - name: 备班
      people: [li]
channels:
  - name: group
    url: "wecombot://group?base={bots}"
  - name: zhang
    url: "wecombot://zhang?base={bots}"
  - name: li
    url: "wecombot://li?base={bots}"
groups: [group]
operator_channels: [li]
"""


class House:
    """A configured installation in a folder, its web site and its bots."""

    def __init__(self, folder: Path, site: Site, bots: BotSink) -> None:
        self.folder, self.site, self.bots = folder, site, bots
        self.config = folder / "fengsui.yaml"
        self.write(CONFIG)
        self.running: list[subprocess.Popen[str]] = []

    def write(self, text: str) -> None:
        data, feed = self.folder / "data", f"{self.site.url}/feed.xml"
        self.config.write_text(
            text.format(data=data, feed=feed, bots=self.bots.base), encoding="utf-8"
        )

    def start(self) -> subprocess.Popen[str]:
        log = (self.folder / "log.txt").open("a")
        process = subprocess.Popen(  # noqa: S603 - our own interpreter
            [*ENTRY, "run", "-c", str(self.config)],
            stdout=log,
            stderr=log,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        log.close()
        self.running.append(process)
        return process

    def ask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own interpreter
            [*ENTRY, *arguments, "-c", str(self.config)],
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def log(self) -> str:
        return (self.folder / "log.txt").read_text(encoding="utf-8")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with Site() as site, BotSink() as bots:
        house = House(tmp_path, site, bots)
        # The daemon reads the real clock: a post with a fixed date would be old news one day.
        site.feed(entry(1, f"{site.url}/p1", HARM, at=formatdate(usegmt=True)))
        site.article("/p1", HARM)
        yield house
        for process in house.running:
            if process.poll() is None:
                process.kill()
            process.wait(10)


def wait_for(what: Callable[[], object], house: House, seconds: float = 60) -> None:
    """Wait until something is so; show the daemon's log when it never is."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, house.log
        time.sleep(0.1)


@pytest.mark.timeout(180)
def test_from_a_feed_to_the_bots_and_through_a_kill_in_the_middle_of_a_send(house: House) -> None:
    house.bots.script("zhang", ["hang"])
    first = house.start()
    wait_for(
        lambda: any("护士" in r.text or "输错液" in r.text for r in house.bots.received), house
    )
    assert house.ask("run").returncode == 2

    first.send_signal(signal.SIGKILL)
    first.wait(10)
    house.start()
    wait_for(lambda: house.bots.accepted("zhang"), house, 100)

    pages = house.bots.accepted("zhang")
    assert len(pages) == 1
    assert "可能重复" in pages[0]
    assert len(house.bots.accepted("group")) <= 2
    found = json.loads(house.ask("incidents", "list", "--json").stdout)
    assert len(found) == 1


@pytest.mark.timeout(180)
def test_it_obeys_its_signals(house: House) -> None:
    daemon = house.start()
    wait_for(lambda: house.bots.accepted("group"), house)

    house.write(CONFIG.replace("aliases", "aliase"))
    daemon.send_signal(signal.SIGHUP)
    wait_for(lambda: "继续使用原来的配置" in house.log, house)
    assert "aliases" in house.log
    house.write(CONFIG.replace("[清河医院]", "[清河医院, 清河网医]"))
    daemon.send_signal(signal.SIGHUP)
    wait_for(lambda: "已重新读取配置" in house.log, house)
    assert daemon.poll() is None

    assert "守护进程" not in house.ask("status").stdout
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(40) == 0
    assert "守护进程没有在运行" in house.ask("status").stdout
