"""A picture by a browser on a short lead: only public addresses, only so long, only a PNG."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest
from crawl_site import Page, Site

from crawlers.doorman import doorman
from crawlers.screenshot import NoPicture, find_browser, take

# Asks for the page through the proxy as Chromium would, then writes what a test wants as a picture.
BROWSER = """#!{python}
import sys, time, urllib.request
flags = dict(one.partition("=")[::2] for one in sys.argv[1:] if one.startswith("--"))
proxy = urllib.request.ProxyHandler({{"http": flags["--proxy-server"]}})
page = urllib.request.build_opener(proxy).open(sys.argv[-1]).read()
time.sleep({sleep})
open(flags["--screenshot"], "wb").write({magic} + page)
"""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        running.pages["/post"] = Page("帖子")
        yield running


@pytest.fixture(autouse=True)
def not_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


def browser(folder: Path, magic: bytes = b"\x89PNG\r\n\x1a\n", sleep: float = 0) -> Path:
    file = folder / "browser"
    script = BROWSER.format(python=sys.executable, magic=repr(magic), sleep=sleep)
    file.write_text(script, encoding="utf-8")
    file.chmod(0o755)
    return file


def test_a_page_is_pictured_through_the_proxy(site: Site, tmp_path: Path) -> None:
    picture = take(f"{site.url}/post", browser(tmp_path), trusted={"127.0.0.1"})
    assert picture.endswith("帖子".encode())
    assert site.hits["/post"] == 1


def test_an_address_inside_is_not_pictured(site: Site, tmp_path: Path) -> None:
    with pytest.raises(NoPicture, match="没有交出截图"):
        take(f"{site.url}/post", browser(tmp_path))
    assert site.hits["/post"] == 0


def test_a_browser_that_takes_too_long_is_ended(site: Site, tmp_path: Path) -> None:
    with pytest.raises(NoPicture, match="没有画完"):
        take(f"{site.url}/post", browser(tmp_path, sleep=60), trusted={"127.0.0.1"}, seconds=3)


def test_what_is_no_png_is_no_picture(site: Site, tmp_path: Path) -> None:
    with pytest.raises(NoPicture, match="不是 PNG"):
        take(f"{site.url}/post", browser(tmp_path, magic=b"<svg>"), trusted={"127.0.0.1"})


def test_no_browser_and_root_are_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoPicture, match="Chromium"):
        take("http://127.0.0.1/", None)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(NoPicture, match="root"):
        take("http://127.0.0.1/", Path("/bin/true"))
    assert find_browser(Path("/nowhere/chromium")) is None


def test_the_proxy_lets_nobody_into_the_house(site: Site) -> None:
    with doorman({"127.0.0.1"}, 20) as door:
        opener = build_opener(ProxyHandler({"http": f"http://127.0.0.1:{door.port}"}))
        assert opener.open(f"{site.url}/post").read() == "帖子".encode()
        for url in ("http://127.0.0.2:9/", "http://10.0.0.8/", "http://router.lan/"):
            with pytest.raises(HTTPError, match="403") as refused:
                opener.open(url)
            refused.value.close()
        assert door.refused == ["127.0.0.2", "10.0.0.8", "router.lan"]
