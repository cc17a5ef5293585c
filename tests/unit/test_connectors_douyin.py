"""抖音: token first, then videos or words."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from connector_answers import a_task, read

from crawlers.connectors.base import Ask, Connector, RefusedError, WrongShapeError
from crawlers.connectors.douyin_hot import DouyinHot
from crawlers.connectors.douyin_search import DouyinSearch

SECRETS = {"client_key": "key", "client_secret": "not-a-secret"}
TOKEN = {"data": {"access_token": "clt.1", "error_code": 0, "expires_in": 7200}}
FIRST = Ask("https://api.example/oauth/client_token/", step="token")


def videos(*titles: str, **data: Any) -> dict[str, Any]:
    found = [
        {"item_id": n, "title": title, "create_time": 1795310000, "statistics": {"digg_count": 9}}
        for n, title in enumerate(titles)
    ]
    return {"err_no": 0, "data": {"video_list": found, "has_more": False, **data}}


@pytest.mark.parametrize("connector", [DouyinSearch(), DouyinHot()])
def test_the_secret_goes_into_the_body_and_the_token_into_a_header(connector: Connector) -> None:
    first = connector.first(a_task(secrets=SECRETS))
    assert json.loads(first.body)["client_secret"] == "not-a-secret"
    assert (first.method, first.step) == ("POST", "token")
    reading = read(connector, TOKEN, FIRST, secrets=SECRETS)
    (second,) = reading.more
    assert (reading.total, second.headers["access-token"]) == (0, "clt.1")
    assert second.key
    assert second.stamp
    assert not any(secret in second.url for secret in ("clt.1", "not-a-secret", "key="))


def test_a_search_goes_on_where_the_platform_says_and_with_the_same_token() -> None:
    asked = Ask("https://api.example/", headers={"access-token": "clt.1"})
    document = videos("清河互联网医院排队", cursor=20, has_more=True, search_id="2026")
    reading = read(DouyinSearch(), document, asked, secrets=SECRETS)
    (more,) = reading.more
    query = parse_qs(urlsplit(more.url).query)
    assert (query["cursor"], query["search_id"], more.page) == (["20"], ["2026"], 2)
    assert more.headers == {"access-token": "clt.1"}
    assert not more.key


def test_a_video_keeps_title_instant_and_likes() -> None:
    (record,) = read(DouyinSearch(), videos("清河互联网医院排队"), secrets=SECRETS).records
    assert record == {
        "id": "0",
        "title": "清河互联网医院排队",
        "published_at": "2026-11-22T01:13:20+00:00",
        "likes": 9,
        "raw": {"kind": "video", "text_from": "title"},
    }


def test_a_word_keeps_its_place_and_heat() -> None:
    words = {"data": {"error_code": 0, "list": [{"sentence": "降温", "hot_level": "1.2万"}]}}
    (record,) = read(DouyinHot(), words, secrets=SECRETS).records
    assert record == {
        "id": "hot:douyin:降温",
        "title": "降温",
        "url": "https://www.douyin.com/search/%E9%99%8D%E6%B8%A9",
        "heat": 12_000,
        "raw": {"kind": "hot_list", "tags": ["第1位"]},
    }


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"err_no": 28003018, "err_msg": "x", "data": {}}, "rate_limited"),
        ({"err_no": 28003017, "data": {}}, "quota"),
        ({"err_no": 28001018, "data": {}}, "forbidden"),
        ({"data": {"error_code": 2190001, "description": "quota已用完"}}, "quota"),
        ({"data": {"error_code": "28001005"}}, "server_error"),
    ],
)
def test_a_code_is_told_in_words_wherever_it_stands(document: Any, kind: str) -> None:
    for step in ("token", ""):
        with pytest.raises(RefusedError) as refused:
            read(DouyinSearch(), document, Ask("https://x.example", step=step), secrets=SECRETS)
        assert refused.value.kind == kind


def test_an_answer_without_token_or_list_is_of_the_wrong_shape() -> None:
    for step in ("token", ""):
        with pytest.raises(WrongShapeError):
            read(DouyinHot(), {"data": {}}, Ask("https://x.example", step=step), secrets=SECRETS)
