"""The walk through queries and pages, without a network: a connector of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawlers import cursor as memory
from crawlers.connectors.base import (
    About,
    Answer,
    Ask,
    Connector,
    GoneError,
    Grade,
    Reading,
    RefusedError,
    Task,
)
from crawlers.connectors.shape import address, read_rows, rows
from crawlers.protocol import CrawlRequest, Problem
from crawlers.runner import outcome_of
from crawlers.walk import Walk

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "https://api.example.cn"
SAID = "清河互联网医院的挂号窗口排队两个小时，家属说打了三次电话都没有人接，到现在也没有解释。"
ARTICLE = f"<html><title>排队</title><body><article>{f'<p>{SAID}</p>' * 5}</article></body></html>"


class Pages:
    """Pages of posts, the newest first."""

    about = About(
        kind="pages",
        title="测试接口",
        grade=Grade.OFFICIAL,
        platform="forum",
        gives="帖子",
        risk="没有",
        searches=True,
        canary="医院",
        max_pages=3,
    )

    def first(self, task: Task) -> Ask:
        return Ask(address(task.base, "/s", q=task.query, p=1))

    def read(self, answer: Answer, task: Task) -> Reading:
        document = answer.json()
        if document.get("code"):
            raise RefusedError("quota", "今天的配额用完了")
        page = answer.ask.page + 1
        found = read_rows(rows(document, "posts"), lambda row: {**row, "text": row["text"]})
        more = Ask(address(task.base, "/s", q=task.query, p=page), page=page)
        return replace(found, more=(more,))


def post(number: int, age: timedelta = HOUR, text: str = "排队两小时") -> dict[str, Any]:
    return {"id": str(number), "text": text, "published_at": (NOW - age).isoformat()}


def posts(*found: dict[str, Any]) -> str:
    import json

    return json.dumps({"posts": found})


class Looking(Pages):
    """The same, able to look at one post again."""

    def again(self, task: Task, post: str, url: str) -> Ask:
        del url
        return Ask(address(task.base, "/s", q=f"帖{post}", p=1), step="again")

    def read(self, answer: Answer, task: Task) -> Reading:
        if answer.ask.step == "again" and answer.json().get("deleted"):
            raise GoneError
        return super().read(answer, task)


def job(**changes: Any) -> CrawlRequest:
    given = {"kind": "pages", "queries": ("清河医院",), **changes}
    return CrawlRequest("来源", "forum", URL, Path("cache"), NOW, **given)


class Site:
    """Answers by query and page; counts what was asked."""

    def __init__(self, answers: dict[str, str | Problem], otherwise: str = posts()) -> None:
        self.answers, self.otherwise = answers, otherwise
        self.asked: list[str] = []

    def __call__(self, ask: Ask) -> tuple[Answer | None, Problem | None]:
        from urllib.parse import parse_qs, urlsplit

        query = parse_qs(urlsplit(ask.url).query)
        name = ask.url if ask.public else f"{query['q'][0]} {query['p'][0]}"
        self.asked.append(name)
        said = self.answers.get(name, self.otherwise)
        if isinstance(said, Problem):
            return None, said
        return Answer(ask, ask.url, 200, {}, said), None


def crawl(
    request: CrawlRequest, site: Callable[[Ask], Any], connector: Connector | None = None
) -> Any:
    """Drive the walk and return what the runner makes of its events."""
    import json

    steps, events, outcome = Walk(request, connector or Pages()).steps(), [], None
    try:
        step = next(steps)
        while True:
            if isinstance(step, Ask):
                outcome = site(step)
                step = steps.send(outcome)
            else:
                events.append(step)
                step = next(steps)
    except StopIteration:
        events.append({"event": "end", "facts": {}})
    lines = "".join(json.dumps(event) + "\n" for event in events)
    return outcome_of(request, lines.encode(), None)


def ids(outcome: Any) -> list[str]:
    return [item.id for item in outcome.items]


def test_pages_are_read_until_the_last_reading_is_reached() -> None:
    first = crawl(job(), Site({"清河医院 1": posts(post(1, 2 * HOUR))}))
    site = Site(
        {
            "清河医院 1": posts(post(4), post(3)),
            "清河医院 2": posts(post(2, 1.5 * HOUR), post(1, 2 * HOUR), post(0, 9 * HOUR)),
            "清河医院 3": posts(post(9, 20 * HOUR)),
        }
    )

    second = crawl(job(cursor=first.cursor), site)

    assert ids(first) == ["1"]
    assert ids(second) == ["4", "3", "2", "0"]
    assert site.asked == ["清河医院 1", "清河医院 2"]
    assert memory.load(second.cursor, URL).queries["清河医院"].high == NOW - HOUR


def test_what_was_indexed_late_is_found_within_the_overlap() -> None:
    first = crawl(job(), Site({"清河医院 1": posts(post(1, 10 * timedelta(minutes=1)))}))
    late = Site({"清河医院 1": posts(post(1, 10 * timedelta(minutes=1)), post(7, 0.9 * HOUR))})
    assert ids(crawl(job(cursor=first.cursor), late)) == ["7"]


def test_a_gap_that_the_page_limit_left_keeps_the_mark_where_it_was() -> None:
    first = crawl(job(), Site({"清河医院 1": posts(post(1, 9 * HOUR))}))
    flood = {f"清河医院 {n}": posts(post(10 + n, n * 0.1 * HOUR)) for n in range(1, 9)}

    second = crawl(job(cursor=first.cursor), Site(flood))

    assert ids(second) == ["11", "12", "13"]
    assert second.cursor["queries"]["清河医院"][0] == first.cursor["queries"]["清河医院"][0]


def test_an_empty_page_advances_no_mark_when_the_canary_sings() -> None:
    first = crawl(job(), Site({"清河医院 1": posts(post(1))}))
    site = Site({"医院 1": posts(post(5))})

    second = crawl(job(cursor=first.cursor), site)

    assert (second.status, second.items, second.facts["canary"]) == ("empty", [], 1)
    assert site.asked == ["清河医院 1", "医院 1"]
    assert second.cursor["queries"]["清河医院"][0] == first.cursor["queries"]["清河医院"][0]
    assert second.cursor["marks"] == first.cursor["marks"]


def test_when_the_canary_is_silent_too_we_are_kept_out() -> None:
    outcome = crawl(job(), Site({}))
    assert (outcome.status, outcome.problems[0].kind) == ("failed", "soft_blocked")
    assert "连「医院」也搜不到" in outcome.problems[0].message_zh


def test_the_first_refusal_is_the_last_request() -> None:
    site = Site({"甲院 1": '{"code": 1}'})
    outcome = crawl(job(queries=("甲院", "乙院", "丙院")), site)
    assert site.asked == ["甲院 1"]
    assert (outcome.status, outcome.problems[0].kind) == ("failed", "quota")


def test_a_budget_that_does_not_do_for_all_goes_to_who_waited_longest() -> None:
    names = ("甲院", "乙院", "丙院")
    old = {name: posts(post(n)) for n, name in enumerate(f"{one} 1" for one in names)}
    first = Site(old)
    outcome = crawl(job(queries=names, max_requests=2), first)
    second = Site(old)
    crawl(job(queries=names, max_requests=2, cursor=outcome.cursor), second)

    assert first.asked == ["甲院 1", "甲院 2"]
    assert second.asked[0] == "乙院 1"
    assert outcome.problems[0].kind == "budget"


def test_an_edit_and_a_new_count_come_in_again_and_nothing_else_does() -> None:
    first = crawl(job(), Site({"清河医院 1": posts(post(1), post(2), post(3))}))
    again = posts(post(1), post(2, text="已经退费"), {**post(3), "likes": 9})
    assert ids(crawl(job(cursor=first.cursor), Site({"清河医院 1": again}))) == ["2", "3"]


@pytest.mark.parametrize(
    "body",
    ["", "nothing", "[]", "{}", '{"posts": {}}', '{"posts": [1, 2]}', '{"posts": [{}]}'],
)
def test_an_answer_of_another_shape_is_a_problem_and_not_an_empty_page(body: str) -> None:
    outcome = crawl(job(), Site({"清河医院 1": body}))
    assert (outcome.status, outcome.problems[0].kind) == ("failed", "schema")
    assert outcome.cursor == {}


def test_rows_that_cannot_be_used_show_in_the_share_that_was_parsed() -> None:
    outcome = crawl(job(), Site({"清河医院 1": posts(post(1), {"id": "2"}, {"text": "无编号"})}))
    assert (outcome.facts["rows"], outcome.facts["parsed"]) == (3, 1)


def test_posts_are_looked_at_again_and_a_deleted_one_is_named() -> None:
    first = crawl(job(), Site({"清河医院 1": posts(post(1), post(2))}), Looking())
    again = job(cursor=first.cursor, posts=(("1", URL), ("2", URL), ("3", URL), ("4", URL)))
    site = Site(
        {
            "清河医院 1": posts(post(1), post(2)),
            "帖1 1": posts({**post(1), "likes": 90}),
            "帖2 1": '{"deleted": true}',
            "帖3 1": Problem("not_found", URL, "不存在"),
            "帖4 1": Problem("timeout", URL, "没有回应"),
        }
    )

    outcome = crawl(again, site, Looking())

    assert [(item.id, item.likes) for item in outcome.items] == [("1", 90)]
    assert (outcome.looked, outcome.gone, outcome.unclear) == (["1"], ["2", "3"], ["4"])


def test_a_post_that_the_connector_cannot_ask_for_is_looked_at_as_a_page() -> None:
    known = job(posts=tuple((str(n), f"{URL}/{n}") for n in range(1, 6)), titles={"1": "排队"})
    site = Site(
        {
            "清河医院 1": posts(post(1)),
            f"{URL}/1": ARTICLE,
            f"{URL}/2": Problem("not_found", URL, "不存在"),
            f"{URL}/3": Problem("robots", URL, "不许"),
            f"{URL}/4": "<title>请登录</title><form>请先登录后查看</form>",
            f"{URL}/5": "<title>页面不存在</title>您访问的页面不存在",
        }
    )
    outcome = crawl(known, site)
    assert (outcome.looked, outcome.gone, outcome.unclear) == (["1"], ["2", "5"], ["3", "4"])
    assert outcome.problems == []
    edited = outcome.items[-1]
    assert (edited.id, edited.title, edited.raw["looked_again"]) == ("1", "排队", True)
    assert "家属说打了三次电话" in edited.text

    again = crawl(replace(known, cursor=outcome.cursor), site)
    assert (again.looked, [one for one in again.items if one.title]) == (["1"], [])
