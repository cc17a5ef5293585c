"""No page may lead us into the operator's own network, and nothing is sent there."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from crawl_site import Page, Site, entry, request, rss, sites
from twisted.internet.error import DNSLookupError

from crawlers.resolver import OutsideResolver
from crawlers.runner import CrawlOutcome, crawl

# Ways to write 127.0.0.1 that no comparison of names sees through.
DISGUISES = ["127.1", "0x7f.0.0.1", "0177.0.0.1", "127.0.1", "[::ffff:127.0.0.1]"]
LISTEN = "0A"  # state of a socket in /proc/net/tcp
WORDS = "在清河互联网医院排队两个小时"


def kinds(outcome: CrawlOutcome) -> set[str]:
    return {problem.kind for problem in outcome.problems}


def test_a_link_to_a_machine_inside_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    with sites(2) as (site, inside):
        port = urlsplit(inside.url).port
        links = [f"http://{host}:{port}/{n}" for n, host in enumerate(DISGUISES)]
        # The same machine at another port than the configured one: a database beside a bridge.
        links.append(f"{inside.url}/flushall")
        outcome = crawl(
            request(site.feed(*(entry(n, one) for n, one in enumerate(links))), tmp_path)
        )
        assert not inside.hits

    assert outcome.status == "ok"
    assert [item.text for item in outcome.items] == [WORDS] * len(links)
    assert kinds(outcome) == {"private_address"}
    assert "指向内部网络地址，为安全起见没有访问" in outcome.problems[0].message_zh


def test_a_redirect_inside_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    with sites(2) as (site, inside):
        port = urlsplit(inside.url).port
        for n, host in enumerate(["127.0.0.1", *DISGUISES]):
            site.pages[f"/p/{n}"] = Page("", 302, {"Location": f"http://{host}:{port}/secret"})
        refresh = f"<meta http-equiv=refresh content='0;url=http://127.1:{port}/secret'>"
        site.pages["/p/6"] = Page(f"<html><head>{refresh}</head></html>")
        links = [f"{site.url}/p/{n}" for n in range(7)]
        outcome = crawl(
            request(site.feed(*(entry(n, one) for n, one in enumerate(links))), tmp_path)
        )
        assert not inside.hits

    assert [item.text for item in outcome.items] == [WORDS] * 7
    assert kinds(outcome) == {"private_address"}


@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "javascript:alert(1)", "ftp://127.0.0.1/", "data:,x", "gopher://a/"],
)
def test_a_redirect_to_anything_but_the_web_is_not_followed(tmp_path: Path, target: str) -> None:
    with Site() as site:
        site.pages["/p/1"] = Page("", 302, {"Location": target})
        url = site.feed(entry(1, f"{site.url}/p/1"), entry(2, target))
        outcome = crawl(request(url, tmp_path))

    assert [item.text for item in outcome.items] == [WORDS, WORDS]
    assert not any("root:" in item.text for item in outcome.items)
    assert outcome.problems


def test_a_name_that_points_inside_at_the_second_question_gains_nothing() -> None:
    resolver = OutsideResolver(None, 0, 1)
    resolver.trusted = frozenset({"bridge.example"})
    assert resolver._outside("8.8.8.8", "news.example") == "8.8.8.8"
    assert resolver._outside("10.0.0.1", "bridge.example") == "10.0.0.1"
    for address in ("10.0.0.1", "127.0.0.1", "169.254.169.254", "0.0.0.0"):  # noqa: S104
        with pytest.raises(DNSLookupError):
            resolver._outside(address, "news.example")


def test_a_proxy_of_the_operators_may_stand_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Site() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        home = "http://news.example.cn"
        proxy.pages[f"{home}/robots.txt"] = Page("", 404)
        proxy.pages[f"{home}/feed.xml"] = Page(rss(entry(1, "http://10.0.0.1/a")))
        outcome = crawl(request(f"{home}/feed.xml", tmp_path))
    assert (outcome.status, len(outcome.items)) == ("ok", 1)
    assert kinds(outcome) == {"private_address"}


def listening(pid: int) -> set[str]:
    """Return the sockets on which a process waits for others, as the kernel lists them."""
    waiting = set()
    for table in ("tcp", "tcp6"):
        lines = Path(f"/proc/{pid}/net/{table}").read_text("ascii").splitlines()[1:]
        waiting |= {line.split()[9] for line in lines if line.split()[3] == LISTEN}
    own = set()
    for one in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed in between
            own.add(str(one.readlink()))
    return {inode for inode in waiting if f"socket:[{inode}]" in own}


def children() -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text("utf-8").rpartition(")")[2].split()[1]) == os.getpid():
                found.append(int(stat.parent.name))
    return found


def test_a_crawl_child_opens_no_door(tmp_path: Path) -> None:
    """Scrapy would open a telnet console, and from 2.19 on a remote control that runs Python."""
    seen: dict[int, set[str]] = {}

    def look() -> None:
        for pid in children():
            with suppress(OSError):
                seen[pid] = listening(pid)

    with Site() as site:
        outcome = crawl(request(site.feed(entry(1), before=look), tmp_path))
        assert listening(os.getpid())  # the site itself: such a door would be seen
    assert outcome.status == "ok"
    assert seen
    assert not any(seen.values())
