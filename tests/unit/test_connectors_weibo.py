"""微博: what a post becomes, how pages follow each other, and what a refusal is called."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from connector_answers import NOW, a_task, read

from crawlers.connectors.base import Ask, GoneError, RefusedError, WrongShapeError
from crawlers.connectors.weibo_post import post, read_posts
from crawlers.connectors.weibo_search import ROWS, WeiboSearch
from crawlers.connectors.weibo_session import WeiboSession

SECRETS = {"access_token": "not-a-token", "cookie": "SUB=not-a-session"}


def a_post(**changes: Any) -> dict[str, Any]:
    given = {
        "id": "5210000000000001",
        "text": "清河互联网医院排队两小时",
        "created_at": "Sun Nov 22 09:50:00 +0800 2026",
        "reposts_count": 3,
        "comments_count": "1.2万",
        "attitudes_count": 0,
        "user": {"id": 1001, "screen_name": "张某", "verified": False, "followers_count": "3万"},
    }
    return {**given, **changes}


def test_a_post_keeps_its_counts_author_and_instant() -> None:
    assert post(a_post(region_name="发布于 河北"), NOW) == {
        "id": "5210000000000001",
        "text": "清河互联网医院排队两小时",
        "url": "https://m.weibo.cn/detail/5210000000000001",
        "author": "1001",
        "author_followers": "3万",
        "author_verified": False,
        "published_at": "2026-11-22T01:50:00+00:00",
        "reposts": 3,
        "comments": "1.2万",
        "likes": 0,
        "parent_id": None,
        "raw": {"kind": "post", "text_from": "full", "region": "河北"},
    }


def test_a_face_is_text_and_markup_is_not() -> None:
    html = '排队<a href="/n/x">@清河</a><span><img alt="[泪]" src="x.png"></span><br/>两小时'
    made = post(a_post(text=html), NOW)
    assert made["text"] == "排队@清河[泪]\n两小时"


def test_a_repost_carries_what_it_passes_on() -> None:
    original = a_post(id="5209", user={"id": 7, "screen_name": "李某"})
    made = post(a_post(text="转发微博", retweeted_status=original), NOW)
    assert made["text"] == "转发微博//@李某:清河互联网医院排队两小时"
    assert (made["parent_id"], made["raw"]["kind"]) == ("5209", "repost")


def test_a_long_post_that_was_cut_says_so() -> None:
    cut = post(a_post(isLongText=True), NOW)
    whole = post(a_post(isLongText=True, longText={"longTextContent": "全文"}), NOW)
    assert (cut["raw"]["text_from"], whole["text"]) == ("summary", "全文")


def test_a_deleted_post_is_no_row_and_a_post_without_number_is_a_bad_one() -> None:
    gone = {"deleted": "1", "text": "抱歉，此微博已被删除"}
    reading = read_posts([gone, a_post(), a_post(id=None)], NOW)
    assert (len(reading.records), reading.total) == (1, 2)
    assert read_posts([gone], NOW).total == 0


def test_the_search_asks_from_the_last_reading_on_with_the_token_in_a_header() -> None:
    since = NOW - timedelta(hours=2)
    ask = WeiboSearch().first(a_task(secrets=SECRETS, since=since))
    query = parse_qs(urlsplit(ask.url).query)
    assert (query["q"], query["sort"]) == (["清河互联网医院"], ["time"])
    assert query["starttime"] == [str(int(since.timestamp()))]
    assert "endtime" not in query
    assert "not-a-token" not in ask.url
    assert ask.headers["Authorization"] == "OAuth2 not-a-token"


def test_only_a_full_page_is_followed_by_another() -> None:
    full = {"statuses": [a_post(id=str(n)) for n in range(ROWS)], "total_number": 300}
    following = read(WeiboSearch(), full, Ask("https://x.example", page=2), secrets=SECRETS).more
    assert [ask.page for ask in following] == [3]
    assert "page=3" in following[0].url
    assert read(WeiboSearch(), {"statuses": [a_post()]}, secrets=SECRETS).more == ()


@pytest.mark.parametrize(
    ("code", "kind"),
    [(10023, "rate_limited"), (21327, "forbidden"), (10002, "server_error"), (10014, "forbidden")],
)
def test_an_error_code_is_told_in_words(code: int, kind: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read(WeiboSearch(), {"error": "x", "error_code": code, "request": "/2/search"})
    assert refused.value.kind == kind
    assert str(code) in str(refused.value)


def test_a_session_reads_posts_out_of_cards_and_groups_and_leaves_topics() -> None:
    group = {"card_type": 11, "card_group": [{"card_type": 4}, {"mblog": a_post(id="1")}]}
    document = {"ok": 1, "data": {"cards": [group, {"card_type": 9, "mblog": a_post(id="2")}]}}
    reading = read(WeiboSession(), document, secrets=SECRETS)
    assert [one["id"] for one in reading.records] == ["1", "2"]
    assert [ask.page for ask in reading.more] == [2]


def test_a_session_asks_as_the_page_does_and_keeps_the_cookie_out_of_the_address() -> None:
    ask = WeiboSession().first(a_task(secrets=SECRETS))
    query = parse_qs(urlsplit(ask.url).query)
    assert query["containerid"] == ["100103type=61&q=清河互联网医院&t=0"]
    assert ask.headers["Cookie"] == "SUB=not-a-session"
    assert "SUB" not in ask.url


def test_a_session_goes_slowly_and_needs_its_grade() -> None:
    about = WeiboSession.about
    assert (about.grade, about.delay_seconds) == ("T4", 10)


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"ok": -100, "url": "https://passport.weibo.cn/signin"}, "login_page"),
        ({"ok": 0, "errno": "100005", "url": "https://m.weibo.cn/sw/verify"}, "captcha"),
    ],
)
def test_a_session_stops_at_the_first_gate(document: dict[str, Any], kind: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read(WeiboSession(), document)
    assert refused.value.kind == kind


def test_a_session_that_finds_nothing_says_nothing() -> None:
    nothing = read(WeiboSession(), {"ok": 0, "msg": "这里还没有内容"})
    assert (nothing.records, nothing.total, nothing.more) == ([], 0, ())
    with pytest.raises(WrongShapeError):
        read(WeiboSession(), {"ok": 1, "data": {"list": []}})


@pytest.mark.parametrize("connector", [WeiboSearch(), WeiboSession()], ids=["search", "session"])
def test_one_post_is_asked_for_again_with_its_counters(connector: Any) -> None:
    ask = connector.again(a_task(secrets=SECRETS), "5210000000000001", "")
    assert "5210000000000001" in ask.url
    one = a_post(reposts_count=900)
    both = {"statuses": [one], "ok": 1, "data": one}
    (record,) = read(connector, both, ask, secrets=SECRETS).records
    assert (record["id"], record["reposts"]) == ("5210000000000001", 900)


@pytest.mark.parametrize(
    ("connector", "document"),
    [
        (WeiboSearch(), {"statuses": [{"mid": "1", "deleted": "1", "text": "此微博已被作者删除"}]}),
        (WeiboSession(), {"ok": 0, "msg": "微博不存在或暂无查看权限!"}),
    ],
)
def test_a_deleted_post_is_called_gone(connector: Any, document: Any) -> None:
    ask = connector.again(a_task(secrets=SECRETS), "1", "")
    with pytest.raises(GoneError):
        read(connector, document, ask, secrets=SECRETS)


@pytest.mark.parametrize(
    ("connector", "document"),
    [(WeiboSearch(), {"statuses": []}), (WeiboSession(), {"ok": 0, "msg": "系统繁忙"})],
)
def test_a_post_that_is_not_shown_is_not_called_gone(connector: Any, document: Any) -> None:
    ask = connector.again(a_task(secrets=SECRETS), "1", "")
    assert read(connector, document, ask, secrets=SECRETS).records == []
