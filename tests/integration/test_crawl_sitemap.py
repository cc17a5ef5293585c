"""Sitemaps and indexes of sitemaps: nothing new is missed, nothing old is dug out."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from crawl_site import NOW, Page, Site, request

from crawlers.protocol import CrawlOutcome
from crawlers.runner import crawl
from crawlers.sitemaps import MAX_MAPS
from crawlers.spiders.sitemap import NEWEST


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as served:
        served.pages["/robots.txt"] = Page("", 404)
        yield served


def place(url: str, day: str = "") -> str:
    said = f"<lastmod>{day}</lastmod>" if day else ""
    return f"<url><loc>{url}</loc><news><title>清河互联网医院</title></news>{said}</url>"


def put(site: Site, path: str, *places: str, packed: bool = False) -> str:
    body = f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{''.join(places)}</urlset>"
    site.pages[path] = Page(gzip.compress(body.encode()) if packed else body)
    return site.url + path


def index(site: Site, *maps: tuple[str, str]) -> str:
    said = "".join(
        f"<sitemap><loc>{url}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</sitemap>"
        for url, day in maps
    )
    site.pages["/index.xml"] = Page(f"<sitemapindex>{said}</sitemapindex>")
    return site.url + "/index.xml"


def read(url: str, folder: Path, before: CrawlOutcome | None = None, **more: Any) -> CrawlOutcome:
    cursor = before.cursor if before else {}
    return crawl(request(url, folder, kind="sitemap", cursor=cursor, follow_articles=False, **more))


def urls(outcome: CrawlOutcome) -> set[str]:
    return {(item.url or "").rpartition("/")[2] for item in outcome.items}


def test_the_first_reading_leaves_the_archive_and_later_ones_miss_nothing_new(
    site: Site, tmp_path: Path
) -> None:
    old = [place(f"{site.url}/p/old{n}", f"2026-01-{1 + n % 28:02d}") for n in range(40)]
    fresh = [place(f"{site.url}/p/{n}", "2026-11-21") for n in range(NEWEST)]
    url = put(site, "/map.xml", *old, *fresh)

    first = read(url, tmp_path)
    # Two new ones, one of them at the end of the map and without a date.
    put(
        site,
        "/map.xml",
        place(f"{site.url}/p/a", "2026-11-22"),
        *old,
        *fresh,
        place(f"{site.url}/p/z"),
    )
    second = read(url, tmp_path, first)

    assert urls(first) == {str(n) for n in range(NEWEST)}
    assert urls(second) == {"a", "z"}
    assert second.problems == []


def test_an_index_is_followed_to_the_maps_that_changed(site: Site, tmp_path: Path) -> None:
    one = put(site, "/one.xml", place(f"{site.url}/p/1", "2026-11-21"))
    two = put(site, "/two.xml.gz", place(f"{site.url}/p/2", "2026-11-20"), packed=True)
    url = index(site, (one, "2026-11-21"), (two, "2026-11-20"))

    first = read(url, tmp_path)
    put(site, "/one.xml", place(f"{site.url}/p/1", "2026-11-21"), place(f"{site.url}/p/3"))
    index(site, (one, "2026-11-22"), (two, "2026-11-20"))
    second = read(url, tmp_path, first)
    third = read(url, tmp_path, second)

    assert (first.status, urls(first)) == ("ok", {"1", "2"})
    assert (urls(second), urls(third)) == ({"3"}, set())
    assert site.hits["/two.xml.gz"] == 1
    assert third.status == "ok"


def test_a_map_whose_index_names_no_date_is_read_each_time(site: Site, tmp_path: Path) -> None:
    one = put(site, "/one.xml", place(f"{site.url}/p/1"))
    url = index(site, (one, ""))
    first = read(url, tmp_path)
    put(site, "/one.xml", place(f"{site.url}/p/1"), place(f"{site.url}/p/2"))
    second = read(url, tmp_path, first, now=NOW + timedelta(minutes=15))
    assert (urls(first), urls(second)) == ({"1"}, {"2"})


def test_an_index_costs_no_more_than_so_many_maps_a_run(site: Site, tmp_path: Path) -> None:
    maps = [
        (put(site, f"/m{n}.xml", place(f"{site.url}/p/{n}", "2026-11-20")), f"2026-11-{n + 1:02d}")
        for n in range(MAX_MAPS + 3)
    ]
    first = read(index(site, *maps), tmp_path)
    assert sum(site.hits[f"/m{n}.xml"] for n in range(MAX_MAPS + 3)) == MAX_MAPS
    assert urls(first) == {str(n) for n in range(3, MAX_MAPS + 3)}

    changed = [(url, f"{day}T12:00:00+08:00") for url, day in maps]
    second = read(index(site, *changed), tmp_path, first)
    third = read(site.url + "/index.xml", tmp_path, second)
    assert "目录里有 13 张地图变了，这次只读最新的 10 张，其余下次再读" in [
        one.message_zh for one in second.problems
    ]
    assert (urls(second), urls(third)) == (set(), {"0", "1", "2"})


def test_a_map_that_fails_costs_only_itself_and_comes_the_next_time(
    site: Site, tmp_path: Path
) -> None:
    one = put(site, "/one.xml", place(f"{site.url}/p/1"))
    site.pages["/two.xml"] = Page("", 500)
    url = index(site, (one, "2026-11-21"), (site.url + "/two.xml", "2026-11-20"))
    first = read(url, tmp_path)
    put(site, "/two.xml", place(f"{site.url}/p/2"))
    second = read(url, tmp_path, first)
    assert (first.status, [one.kind for one in first.problems]) == ("ok", ["server_error"])
    assert (urls(first), urls(second)) == ({"1"}, {"2"})


def test_an_index_in_an_index_and_one_without_maps_are_said_in_words(
    site: Site, tmp_path: Path
) -> None:
    site.pages["/inner.xml"] = Page("<sitemapindex></sitemapindex>")
    outcome = read(index(site, (site.url + "/inner.xml", "")), tmp_path)
    assert outcome.status == "failed"
    assert "目录里又是目录，没有再读" in outcome.problems[0].message_zh

    outcome = read(index(site, ("https://elsewhere.example/x.xml", "")), tmp_path)
    assert outcome.status == "failed"
    assert "目录里没有本站的地图" in outcome.problems[0].message_zh
