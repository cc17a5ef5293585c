"""Search engines: one record for the same page whoever found it, sites, spans, signatures."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from connector_answers import NOW, a_task, read

from crawlers.connectors.base import Ask, RefusedError, WrongShapeError
from crawlers.connectors.search import WebSearch
from crawlers.connectors.search_aliyun import AliyunSearch
from crawlers.connectors.search_baidu import BaiduSearch
from crawlers.connectors.search_tencent import TencentSearch
from crawlers.connectors.search_zhihu import ZhihuWebSearch
from crawlers.connectors.tc3 import Key, authorization

SECRETS = {
    "api_key": "not-a-key",
    "secret_id": "AKIDexample",
    "secret_key": "not-a-secret",
    "access_secret": "not-a-word",
}
URL = "https://www.haodf.com/doctor/7/pingjia-fuwu.html?utm_source=x#top"
BAIDU, SOGOU, ALIYUN = (WebSearch(one) for one in (BaiduSearch(), TencentSearch(), AliyunSearch()))
ZHIHU = WebSearch(ZhihuWebSearch())
ALL = [BAIDU, SOGOU, ALIYUN, ZHIHU]


def answered(connector: WebSearch, **page: Any) -> dict[str, Any]:
    """Return an answer of one page, in the engine's own words."""
    given = {
        "title": "<em>清河</em>评价",
        "url": URL,
        "text": "排队两小时",
        "date": "2026-11-22 09:50:00",
    }
    given |= page
    title, url, text, date = (given[name] for name in ("title", "url", "text", "date"))
    if connector is BAIDU:
        return {"references": [{"title": title, "url": url, "content": text, "date": date}]}
    if connector is SOGOU:
        inside = {"title": title, "url": url, "passage": text, "date": date}
        return {"Response": {"Pages": [json.dumps(inside, ensure_ascii=False)]}}
    if connector is ZHIHU:
        instant = int(datetime.fromisoformat(f"{date}+08:00").timestamp()) if date else 0
        item = {"Title": title, "Url": url, "ContentText": text, "EditTime": instant}
        return {"Code": 0, "Data": {"Items": [item]}}
    return {"pageItems": [{"title": title, "link": url, "snippet": text, "publishedTime": date}]}


def body(ask: Ask) -> Any:
    return json.loads(ask.body)


@pytest.mark.parametrize("connector", ALL)
def test_a_page_is_the_same_record_whoever_found_it(connector: WebSearch) -> None:
    assert read(connector, answered(connector), secrets=SECRETS).records == [
        {
            "platform": "haodf",
            "id": "https://www.haodf.com/doctor/7/pingjia-fuwu.html",
            "title": "清河评价",
            "text": "排队两小时",
            "url": URL,
            "published_at": "2026-11-22T01:50:00+00:00",
            "raw": {"kind": "search_result", "text_from": "summary"},
        },
    ]


@pytest.mark.parametrize("connector", ALL)
def test_a_date_that_is_missing_or_ahead_costs_the_date_and_not_the_page(
    connector: WebSearch,
) -> None:
    for date in ("", "2031-01-01 00:00:00"):
        (record,) = read(connector, answered(connector, date=date), secrets=SECRETS).records
        assert "published_at" not in record


@pytest.mark.parametrize("connector", ALL)
def test_an_address_that_is_none_is_a_bad_row(connector: WebSearch) -> None:
    with pytest.raises(WrongShapeError):
        read(connector, answered(connector, url="javascript:alert(1)"), secrets=SECRETS)


@pytest.mark.parametrize("connector", ALL)
def test_a_key_stays_out_of_the_address(connector: WebSearch) -> None:
    ask = connector.first(a_task(secrets=SECRETS))
    assert not any(secret in ask.url for secret in SECRETS.values())
    assert "not-a-secret" not in str(ask.headers)


def test_other_sites_stay_news() -> None:
    document = answered(BAIDU, url="https://news.example.cn/a/1.html")
    assert "platform" not in read(BAIDU, document, secrets=SECRETS).records[0]


def test_baidu_names_all_sites_and_the_span_in_one_request() -> None:
    options = {"sites": ["haodf.com", "xiaohongshu.com"]}
    task = a_task(secrets=SECRETS, options=options, since=NOW - timedelta(days=7))
    asked = body(BAIDU.first(task))
    assert asked["search_filter"] == {
        "range": {"page_time": {"gte": "2026-11-15"}},
        "match": {"site": ["haodf.com", "xiaohongshu.com"]},
    }
    assert read(BAIDU, answered(BAIDU), secrets=SECRETS, options=options).more == ()


def test_sogou_takes_one_site_at_a_time_and_asks_the_others_even_after_an_empty_answer() -> None:
    options = {"sites": ["haodf.com", "xiaohongshu.com", "mp.weixin.qq.com"]}
    first = SOGOU.first(a_task(secrets=SECRETS, options=options))
    empty = {"Response": {"Pages": []}}
    more = read(SOGOU, empty, first, secrets=SECRETS, options=options).more
    assert [body(ask)["Site"] for ask in (first, *more)] == options["sites"]
    assert all(ask.key and ask.stamp for ask in more)
    assert len({ask.key for ask in more}) == 2
    assert read(SOGOU, empty, more[0], secrets=SECRETS, options=options).more == ()


def test_zhihu_names_hosts_in_a_filter_that_a_site_cannot_break_out_of() -> None:
    sites = ["haodf.com", 'x.com" OR host=="y']
    since = NOW - timedelta(days=7)
    ask = ZHIHU.first(a_task(secrets=SECRETS, options={"sites": sites}, since=since))
    names = ("haodf.com", "www.haodf.com", "x.comORhosty", "www.x.comORhosty")
    hosts = " OR ".join(f'host=="{name}"' for name in names)
    (said,) = parse_qs(urlsplit(ask.url).query)["Filter"]
    assert said == f"({hosts}) AND publish_time>={int(since.timestamp())}"


def test_the_first_reading_goes_back_a_month() -> None:
    asked = body(SOGOU.first(a_task(secrets=SECRETS)))
    assert asked["FromTime"] == int((NOW - timedelta(days=30)).timestamp())
    assert "Site" not in asked


@pytest.mark.parametrize(
    ("days", "span"), [(1, "OneDay"), (7, "OneWeek"), (30, "OneMonth"), (900, "NoLimit")]
)
def test_aliyun_takes_the_shortest_span_that_reaches_back(days: int, span: str) -> None:
    task = a_task(
        secrets=SECRETS, since=NOW - timedelta(days=days), options={"category": "medical"}
    )
    asked = body(ALIYUN.first(task))
    assert (asked["timeRange"], asked["category"], asked["engineType"]) == (
        span,
        "medical",
        "Generic",
    )


@pytest.mark.parametrize(
    ("connector", "document", "kind"),
    [
        (BAIDU, {"code": "rpm_rate_limit_exceeded", "message": "x"}, "rate_limited"),
        (BAIDU, {"error": {"code": "invalid_iam_token", "message": "x"}}, "forbidden"),
        (BAIDU, {"code": 216003, "message": "x", "requestId": "r"}, "forbidden"),
        (SOGOU, {"Response": {"Error": {"Code": "RequestLimitExceeded"}}}, "rate_limited"),
        (SOGOU, {"Response": {"Error": {"Code": "ResourceInsufficient"}}}, "quota"),
        (SOGOU, {"Response": {"Error": {"Code": "AuthFailure.SignatureExpire"}}}, "forbidden"),
        (SOGOU, {"Response": {"Error": {"Code": "InternalError"}}}, "server_error"),
        (ALIYUN, {"code": "Retrieval.Throttling.User", "message": "x"}, "rate_limited"),
        (ALIYUN, {"code": "Retrieval.TestUserQueryPerDayExceeded"}, "quota"),
        (ALIYUN, {"code": "Retrieval.NotActivate"}, "forbidden"),
    ],
)
def test_an_error_code_is_told_in_words(connector: WebSearch, document: Any, kind: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read(connector, document, secrets=SECRETS)
    assert refused.value.kind == kind


def test_a_code_full_of_markup_is_shown_bare() -> None:
    with pytest.raises(RefusedError, match="（b1b）"):
        read(ALIYUN, {"code": "<b>\x1b1\n</b>"}, secrets=SECRETS)


def test_one_page_that_is_no_json_does_not_cost_the_others() -> None:
    document = answered(SOGOU)
    document["Response"]["Pages"].append("{")
    reading = read(SOGOU, document, secrets=SECRETS)
    assert (len(reading.records), reading.total) == (1, 2)


def test_a_signature_is_the_one_of_the_documentation() -> None:
    body = (
        rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    )
    key = Key("AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******", "Gu5t9xGARNpq86cd98joQYCN3*******")
    now = datetime.fromtimestamp(1551113065, UTC)
    assert authorization(key, "cvm.tencentcloudapi.com", "cvm", body, now) == (
        "TC3-HMAC-SHA256 "
        "Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, "
        "Signature=2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c"
    )
    assert "Gu5t9x" not in repr(key)
