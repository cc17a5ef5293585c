"""微信公众号: the own account's articles and the comments below them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from connector_answers import NOW, a_task, read

from crawlers.connectors.base import Ask, RefusedError, WrongShapeError
from crawlers.connectors.wechat_account import ROWS, WechatAccount
from crawlers.connectors.wechat_comments import due

SECRETS = {"app_id": "wx0", "app_secret": "not-a-secret"}
LIST = Ask("https://api.example/", state={"token": "t"})
URL = "http://mp.weixin.qq.com/s?__biz=MzA&mid=2247483683&idx=2&sn=x#rd"


def published(age: timedelta = timedelta(hours=1), total: int = 1, **news: Any) -> dict[str, Any]:
    written = int((NOW - age).timestamp())
    item = {"title": "关于排队的说明", "digest": "致歉", "url": URL, "need_open_comment": 1, **news}
    content = {"create_time": written, "news_item": [item]}
    return {
        "total_count": total,
        "item": [{"article_id": "a", "update_time": written, "content": content}],
    }


def comments_ask(**changes: Any) -> Ask:
    (ask,) = read(WechatAccount(), published(**changes), LIST).more
    return ask


def test_the_secret_goes_into_the_body_and_the_token_is_kept_for_later_requests() -> None:
    first = WechatAccount().first(a_task(secrets=SECRETS))
    assert json.loads(first.body) == {
        "grant_type": "client_credential",
        "appid": "wx0",
        "secret": "not-a-secret",
    }
    reading = read(WechatAccount(), {"access_token": "t", "expires_in": 7200}, first)
    (listed,) = reading.more
    assert listed.url.endswith("/cgi-bin/freepublish/batchget?access_token=t")
    assert (reading.total, listed.state["token"], bool(listed.key)) == (0, "t", True)


def test_an_article_is_named_by_account_message_and_place() -> None:
    (record,) = read(WechatAccount(), published(), LIST).records
    assert record == {
        "id": "MzA_2247483683_2",
        "title": "关于排队的说明",
        "text": "致歉",
        "url": URL,
        "published_at": "2026-11-22T01:00:00+00:00",
        "raw": {"kind": "own_article", "text_from": "summary"},
    }


def test_comments_are_asked_where_they_are_open_by_the_message_of_the_address() -> None:
    ask = comments_ask()
    assert json.loads(ask.body) == {
        "msg_data_id": 2247483683,
        "index": 1,
        "begin": 0,
        "count": 49,
        "type": 0,
    }
    assert read(WechatAccount(), published(need_open_comment=0), LIST).more == ()


@pytest.mark.parametrize(
    ("days", "stamp"), [(0, "2026-11-22T02"), (3, "2026-11-22T02"), (4, "2026-11-22"), (15, "")]
)
def test_comments_are_read_less_often_the_older_the_article(days: int, stamp: str) -> None:
    assert due(timedelta(days=days), NOW) == stamp
    asks = read(WechatAccount(), published(timedelta(days=days)), LIST).more
    assert [ask.stamp for ask in asks] == ([stamp] if stamp else [])


def test_a_comment_that_was_not_chosen_is_private() -> None:
    rows = [
        {"user_comment_id": n, "create_time": 1795310000, "content": "排队", "comment_type": n}
        for n in (0, 1)
    ]
    document = {"errcode": 0, "total": 2, "comment": rows}
    hidden, shown = read(WechatAccount(), document, comments_ask()).records
    assert (hidden["private"], shown["private"]) == (True, False)
    assert (shown["id"], shown["parent_id"]) == ("MzA_2247483683_2:1", "MzA_2247483683_2")


def test_many_comments_are_read_page_by_page_up_to_a_bound() -> None:
    document = {"errcode": 0, "total": 5_000, "comment": []}
    ask, begins = comments_ask(), []
    while ask:
        begins.append(ask.state["begin"])
        ask = next(iter(read(WechatAccount(), document, ask).more), None)
    assert (begins[:3], len(begins)) == ([0, 49, 98], 10)


def test_a_deleted_article_is_no_row_and_a_bad_one_counts_without_costing_the_others() -> None:
    assert read(WechatAccount(), published(is_deleted=True), LIST).total == 0
    document = published()
    document["item"].append({"article_id": "b", "content": None})
    reading = read(WechatAccount(), document, LIST)
    assert (len(reading.records), reading.total) == (1, 2)


def test_the_list_goes_on_until_all_publications_are_read() -> None:
    *_, further = read(WechatAccount(), published(total=ROWS + 1), LIST).more
    assert (further.page, json.loads(further.body)["offset"]) == (2, ROWS)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (40164, "forbidden"),
        (40125, "forbidden"),
        (45009, "quota"),
        (45011, "rate_limited"),
        (-1, "server_error"),
        (88000, "forbidden"),
        (99999, "forbidden"),
    ],
)
def test_a_code_is_told_in_words(code: int, kind: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read(WechatAccount(), {"errcode": code, "errmsg": "x"}, LIST)
    assert refused.value.kind == kind


def test_an_article_that_the_comments_do_not_know_shows_as_another_shape() -> None:
    with pytest.raises(WrongShapeError, match="88001"):
        read(WechatAccount(), {"errcode": 88001, "errmsg": "x"}, comments_ask())
