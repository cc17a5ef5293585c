"""The walk where a request cannot be written, and through pages behind a list."""

from __future__ import annotations

from test_walk import Pages, Site, crawl, job

from crawlers.connectors.base import Ask, RefusedError, Task


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
