"""知乎: search and hot list of the open platform."""

from __future__ import annotations

import pytest
from connector_answers import NOW, a_task, read

from crawlers.connectors.base import Connector, RefusedError
from crawlers.connectors.zhihu import ZhihuSearch
from crawlers.connectors.zhihu_hot import ZhihuHot

BOTH = [ZhihuSearch(), ZhihuHot()]


def answered(*items: object) -> dict[str, object]:
    return {"Code": 0, "Message": "success", "Data": {"Items": list(items)}}


@pytest.mark.parametrize("connector", BOTH)
def test_the_key_and_the_instant_go_into_headers(connector: Connector) -> None:
    ask = connector.first(a_task(secrets={"access_secret": "not-a-secret"}))
    assert ask.headers == {
        "Authorization": "Bearer not-a-secret",
        "X-Request-Timestamp": str(int(NOW.timestamp())),
    }
    assert "not-a-secret" not in ask.url


@pytest.mark.parametrize("connector", BOTH)
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (20001, "forbidden"),
        (30001, "rate_limited"),
        (30002, "quota"),
        (90001, "server_error"),
        (10001, "forbidden"),
    ],
)
def test_a_code_is_told_in_words(connector: Connector, code: int, kind: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read(connector, {"Code": code, "Message": "x"})
    assert refused.value.kind == kind


def test_what_was_searched_for_loses_its_marks() -> None:
    item = {
        "Title": "<em>清河</em>怎么样",
        "ContentText": "在<em>清河</em>排队",
        "ContentType": "Answer",
        "ContentID": "7",
        "EditTime": 1795310000,
    }
    (record,) = read(ZhihuSearch(), answered(item)).records
    assert (record["id"], record["title"], record["text"]) == (
        "Answer:7",
        "清河怎么样",
        "在清河排队",
    )


def test_an_entry_of_the_list_has_its_question_for_an_id_and_keeps_its_place() -> None:
    first = {"Title": "一", "Url": "https://www.zhihu.com/question/123?utm_id=0", "Summary": "摘要"}
    second = {"Title": "二", "Url": "", "Summary": ""}
    one, two = read(ZhihuHot(), answered(first, second)).records
    assert (one["id"], one["text"], one["raw"]["tags"]) == ("hot:zhihu:123", "摘要", ["第1位"])
    assert (two["id"], two["raw"]["tags"]) == ("hot:zhihu:二", ["第2位"])
