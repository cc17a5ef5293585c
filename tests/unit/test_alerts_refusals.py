"""The answer's body decides, on every platform, whatever the HTTP status claims."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.message import Status
from alerts.refusal_codes import PLATFORMS
from alerts.refusals import judge
from alerts.sink_answers import ANSWERS

RETRY, DEAD, TOO_LONG, UNKNOWN, SENT = (
    Status.RETRY,
    Status.DEAD,
    Status.TOO_LONG,
    Status.UNKNOWN,
    Status.SENT,
)


@pytest.mark.parametrize(
    ("platform", "body", "status", "wait"),
    [
        ("wecombot", {"errcode": 45009, "errmsg": "api freq out of limit"}, RETRY, 60),
        ("wecombot", {"errcode": 93000, "errmsg": "invalid webhook url"}, DEAD, None),
        ("wecombot", {"errcode": 40058, "errmsg": "exceed max length 2048"}, TOO_LONG, None),
        ("wecombot", {"errcode": -1, "errmsg": "system busy"}, RETRY, 10),
        ("wechat", {"errcode": 42001, "errmsg": "access_token expired"}, RETRY, 1),
        ("wechat", {"errcode": 60020, "errmsg": "not allow to access from your ip"}, DEAD, None),
        ("wechat", {"errcode": 81013, "errmsg": "user & party & tag all invalid"}, DEAD, None),
        ("dingtalk", {"errcode": 130101, "errmsg": "send too fast"}, RETRY, 600),
        ("dingtalk", {"errcode": 310000, "errmsg": "sign not match"}, DEAD, None),
        ("dingtalk", {"errcode": 460101, "errmsg": "message too long"}, TOO_LONG, None),
        ("dingtalk", {"errcode": 101002, "errmsg": "too long"}, TOO_LONG, None),
        ("dingtalk", {"errcode": 300005, "errmsg": "token is not exist"}, DEAD, None),
        ("feishu", {"code": 9499, "msg": "Bad Request", "data": {}}, RETRY, 60),
        ("feishu", {"code": 11232, "msg": "frequency limited"}, RETRY, 60),
        ("feishu", {"code": 19001, "msg": "param invalid"}, DEAD, None),
        ("feishu", {"code": 19021, "msg": "sign match fail"}, DEAD, None),
        ("feishu", {"StatusCode": 0, "code": 19024}, DEAD, None),
        ("lark", {"code": 9499, "msg": "Bad Request", "data": {}}, RETRY, 60),
        ("schan", {"code": 40001, "message": "超过当天的发送次数限制"}, RETRY, 3600),
        ("schan", {"code": 0, "data": {"errno": 1024, "error": "x"}}, RETRY, 60),
        ("pushplus", {"code": 903, "msg": "无效的用户令牌"}, DEAD, None),
        ("pushplus", {"code": 900, "msg": "用户账号使用受限"}, RETRY, 3600),
        ("bark", {"code": 400, "message": "failed to get device token"}, DEAD, None),
        ("webhook", {"code": 500, "msg": "内部错误"}, RETRY, 60),
        ("webhook", {"errcode": 1}, RETRY, 60),
        ("webhook", {"ok": False}, RETRY, 60),
        ("webhook", {"success": False}, RETRY, 60),
    ],
)
def test_each_refusal_under_http_200_is_classed_right(
    platform: str, body: dict[str, object], status: Status, wait: float | None
) -> None:
    delivery = judge(platform, 200, json.dumps(body).encode())
    assert (delivery.status, delivery.retry_after) == (status, wait)


@pytest.mark.parametrize(
    ("platform", "body"),
    [
        ("wecombot", {"errcode": 0, "errmsg": "ok"}),
        ("wechat", {"errcode": 0, "errmsg": "ok", "invaliduser": ""}),
        ("dingtalk", {"errcode": 0, "errmsg": "ok"}),
        ("feishu", {"code": 0, "msg": "success"}),
        ("feishu", {"StatusCode": 0, "StatusMessage": "success"}),
        ("lark", {"StatusCode": 0, "code": 0}),
        ("schan", {"code": 0, "data": {"errno": 0}}),
        ("pushplus", {"code": 200}),
        ("bark", {"code": 200, "message": "success"}),
        ("webhook", {"code": 0}),
        ("webhook", {"code": 200, "success": True}),
        ("webhook", {}),
    ],
)
def test_each_platforms_own_yes_is_sent(platform: str, body: dict[str, object]) -> None:
    assert judge(platform, 200, json.dumps(body).encode()).status is SENT


def test_a_webhook_may_answer_with_nothing_at_all() -> None:
    assert judge("webhook", 204, b"").status is SENT


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(
    "body", [b"", b"ok", b"<html>login</html>", b"[]", b"{}", b'{"errcode": null}', b"\xff\xfe"]
)
def test_a_200_without_the_platforms_code_is_unknown(platform: str, body: bytes) -> None:
    assert judge(platform, 200, body).status is UNKNOWN


@pytest.mark.parametrize("platform", [*PLATFORMS, "webhook"])
@pytest.mark.parametrize(
    ("http_status", "status"),
    [
        (None, UNKNOWN),
        (302, DEAD),
        (401, DEAD),
        (404, DEAD),
        (408, RETRY),
        (413, TOO_LONG),
        (429, RETRY),
        (500, RETRY),
        (503, RETRY),
        (504, UNKNOWN),
    ],
)
def test_without_a_readable_body_the_http_status_decides(
    platform: str, http_status: int | None, status: Status
) -> None:
    assert judge(platform, http_status, b"").status is status


def test_a_429_from_dingtalk_waits_for_its_ten_minutes() -> None:
    assert judge("dingtalk", 429, b"").retry_after == 600


def test_a_code_that_says_more_than_the_http_status_wins() -> None:
    assert judge("feishu", 400, b'{"code": 19001}').status is DEAD
    assert judge("feishu", 400, b'{"code": 9499}').status is RETRY


def test_a_yes_under_a_server_error_is_not_believed() -> None:
    assert judge("wecombot", 500, b'{"errcode": 0}').status is RETRY


def test_an_unlisted_code_is_a_refusal_to_try_again() -> None:
    delivery = judge("wecombot", 200, b'{"errcode": 987654}')
    assert (delivery.status, delivery.platform_code) == (RETRY, "987654")


def test_an_app_message_that_reached_nobody_is_not_sent() -> None:
    body = b'{"errcode": 0, "errmsg": "ok", "invaliduser": "zhang"}'
    delivery = judge("wechat", 200, body)
    assert delivery.status is DEAD
    assert "zhang" not in delivery.detail


@given(st.sampled_from([*PLATFORMS, "webhook"]), st.sampled_from([200, 400, 500]), st.binary())
def test_any_bytes_give_an_outcome_and_only_a_yes_is_sent(
    platform: str, http_status: int, body: bytes
) -> None:
    delivery = judge(platform, http_status, body)
    assert delivery.detail.endswith("。")
    if platform != "webhook" or http_status != 200:
        assert delivery.status is not SENT


@given(
    st.sampled_from(sorted(PLATFORMS)),
    st.sampled_from(["errcode", "code", "StatusCode"]),
    st.one_of(st.text(), st.floats(), st.booleans(), st.lists(st.integers())),
)
def test_what_a_platform_writes_never_reaches_the_detail(
    platform: str, field: str, value: object
) -> None:
    body = json.dumps({field: value, "errmsg": "SECRETKEY"}).encode()
    assert "SECRETKEY" not in judge(platform, 200, body).detail


def test_the_sinks_answers_are_judged_as_their_names_say() -> None:
    expected = {"ok": SENT, "too_long": TOO_LONG, "rate_limited": RETRY, "busy": RETRY}
    for platform, answers in ANSWERS.items():
        for mode in answers.keys() & expected.keys():
            body = json.dumps(answers[mode]).encode()
            assert judge(platform, 200, body).status is expected[mode], (platform, mode)
