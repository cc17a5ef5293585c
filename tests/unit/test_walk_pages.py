"""The walk where a request cannot be written, and through pages behind a list."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_walk import URL, Pages, Site, crawl, ids, job, post, posts

from crawlers.connectors.base import Answer, Ask, Reading, RefusedError, Task
from crawlers.connectors.shape import address, read_rows, rows
from crawlers.protocol import Problem


class WithoutKey(Pages):
    """A connector whose key is none."""

    def first(self, task: Task) -> Ask:
        del task
        raise RefusedError("forbidden", "的密钥不对")


def test_a_key_that_is_none_ends_the_run_in_words_before_anything_is_asked() -> None:
    site = Site({})
    outcome = crawl(job(queries=("甲院", "乙院")), site, WithoutKey())
    assert (outcome.status, site.asked) == ("failed", [])
    assert [one.message_zh for one in outcome.problems] == [
        "测试接口的密钥不对：https://api.example.cn"
    ]


def test_a_connector_is_told_the_address_with_and_without_the_slash_at_its_end() -> None:
    told: list[str] = []

    class Slashed(Pages):
        def first(self, task: Task) -> Ask:
            told.extend((task.url, task.base))
            return super().first(task)

    crawl(replace(job(), url=f"{URL}/local/"), Site({"清河医院 1": posts(post(1))}), Slashed())
    assert told == [f"{URL}/local/", f"{URL}/local"]


class Behind(Pages):
    """A list that only leads to pages: 甲, 乙 and 丙."""

    def read(self, answer: Answer, task: Task) -> Reading:
        if answer.ask.key:
            return read_rows(rows(answer.json(), "posts"), dict)
        asks = (Ask(address(task.base, "/s", q=name, p=1), key=name) for name in "甲乙丙")
        return Reading([], 3, tuple(asks))


@pytest.mark.parametrize("kind", ["robots", "too_large", "bad_address", "private_address"])
def test_a_page_that_may_not_be_read_costs_only_itself(kind: str) -> None:
    pages: dict[str, str | Problem] = {
        "甲 1": posts(post(1)),
        "乙 1": Problem(kind, URL, "不能读"),
        "丙 1": posts(post(3)),
    }
    site = Site(pages)

    first = crawl(job(), site, Behind())
    again = Site({**pages, "乙 1": posts(post(2))})
    second = crawl(job(cursor=first.cursor), again, Behind())

    assert site.asked == ["清河医院 1", "甲 1", "乙 1", "丙 1"]
    assert (ids(first), [one.kind for one in first.problems]) == (["1", "3"], [kind])
    assert (ids(second), again.asked) == (["2"], ["清河医院 1", "乙 1"])


def test_a_refusal_that_concerns_the_whole_site_still_ends_the_walk() -> None:
    site = Site({"甲 1": Problem("forbidden", URL, "拒绝访问")})
    outcome = crawl(job(), site, Behind())
    assert [one.kind for one in outcome.problems] == ["forbidden"]
    assert site.asked == ["清河医院 1", "甲 1"]


def test_the_links_of_a_list_that_only_leads_to_pages_count_as_understood() -> None:
    pages = {f"{name} 1": posts(post(n)) for n, name in enumerate("甲乙丙")}
    first = crawl(job(), Site(dict(pages)), Behind())
    quiet = crawl(job(cursor=first.cursor), Site(dict(pages)), Behind())
    assert (first.facts["rows"], first.facts["parsed"]) == (6, 6)
    assert (quiet.facts["rows"], quiet.facts["parsed"]) == (3, 3)
