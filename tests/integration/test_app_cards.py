"""Cards of one's own application: sent, judged, changed in place, on loopback platforms."""

from __future__ import annotations

import json
from typing import Any

import pytest
from chat_servers import DingPlatform, LarkPlatform

from alerts import app_cards
from alerts.addresses import ChannelError
from alerts.answer_page import Answer
from alerts.channels import parse_channel, send
from alerts.message import Delivery, Message, Status

CALL = Message(
    key="k" * 32,
    subject="橙色",
    body="【橙色·待核】清河互联网医院｜编号 7K2\n为什么是橙色：两个来源",
    code="7K2",
    answers=(Answer.ACK, Answer.PASS),
    action="12.1795000000",
)


@pytest.fixture(autouse=True)
def fresh_tokens() -> None:
    app_cards._lark_app.cache_clear()
    app_cards._ding_app.cache_clear()


def to_feishu(platform: LarkPlatform, message: Message = CALL, to: str = "ou_zhang") -> Delivery:
    url = f"feishuapp://cli_x:app-secret@{to}?base={platform.url}"
    return send(parse_channel("张某的飞书", url), message, timeout=5)


def to_ding(
    platform: DingPlatform,
    message: Message = CALL,
    to: str = "staff-0",
    secret: str = "ding-secret",  # noqa: S107 - no secret of anybody's
) -> Delivery:
    url = f"dingtalkapp://ding-x:{secret}@{to}?base={platform.url}"
    return send(parse_channel("张某的钉钉", url), message, timeout=5)


def buttons(card: dict[str, Any]) -> list[tuple[str, str]]:
    found = [one for one in card["elements"] if one["tag"] == "action"]
    return [
        (one["text"]["content"], one["value"]["fengsui"])
        for part in found
        for one in part["actions"]
    ]


def test_a_call_is_a_card_with_a_button_an_answer(feishu: LarkPlatform) -> None:
    done = to_feishu(feishu)
    _, path, body, headers = feishu.web.wait_for("/im/v1/messages")
    card = json.loads(body["content"])

    assert (done.status, done.receipt) == (Status.SENT, "om_1")
    assert path.endswith("?receive_id_type=open_id")
    assert (body["receive_id"], body["uuid"]) == ("ou_zhang", "k" * 32)
    assert headers["Authorization"] == "Bearer t-1"
    assert card["header"]["template"] == "orange"
    assert buttons(card) == [
        ("我来处理", "ack.12.1795000000"),
        ("转备班", "pass.12.1795000000"),
    ]


@pytest.mark.parametrize(
    ("to", "kind"), [("oc_g", "chat_id"), ("on_z", "union_id"), ("ZhangMou", "user_id")]
)
def test_whom_a_card_goes_to_is_told_by_the_form_of_the_id(
    feishu: LarkPlatform, to: str, kind: str
) -> None:
    to_feishu(feishu, to=to)
    _, path, body, _ = feishu.web.wait_for("/im/v1/messages")
    assert path.endswith(f"receive_id_type={kind}")
    assert body["receive_id"] == to


def test_a_card_is_changed_in_place(feishu: LarkPlatform) -> None:
    later = Message(key="c", subject="s", body="橙色·7K2　处置中\n张某已接手。", target="om_1")
    done = to_feishu(feishu, later)
    method, path, body, _ = feishu.web.wait_for("/im/v1/messages")

    assert (method, path) == ("PATCH", "/open-apis/im/v1/messages/om_1")
    assert set(body) == {"content"}
    assert buttons(json.loads(body["content"])) == []
    assert (done.status, done.receipt) == (Status.SENT, "om_1")


@pytest.mark.parametrize(
    ("status", "answer", "judged"),
    [
        (200, {"code": 230013}, Status.DEAD),
        (400, {"code": 230025}, Status.TOO_LONG),
        (429, {"code": 99991400}, Status.RETRY),
        (200, {"code": 424242}, Status.RETRY),
        (200, {}, Status.UNKNOWN),
        (502, {}, Status.RETRY),
    ],
)
def test_each_refusal_of_feishu_is_told_apart(
    feishu: LarkPlatform, status: int, answer: dict[str, Any], judged: Status
) -> None:
    feishu.answers = [(status, answer)]
    done = to_feishu(feishu)
    assert done.status is judged
    assert done.receipt == ""
    assert "app-secret" not in done.detail


def test_a_spent_token_is_renewed_for_the_next_try(feishu: LarkPlatform) -> None:
    feishu.answers = [(400, {"code": 99991663})]
    assert to_feishu(feishu).status is Status.RETRY
    assert to_feishu(feishu).status is Status.SENT
    asked = [one[1] for one in feishu.web.asked.queue]
    assert len([path for path in asked if "tenant_access_token" in path]) == 2


def test_a_platform_that_cannot_be_reached_was_sent_nothing(feishu: LarkPlatform) -> None:
    assert to_feishu(feishu).status is Status.SENT  # the token is at hand
    feishu.close()
    assert to_feishu(feishu).status is Status.RETRY
    app_cards._lark_app.cache_clear()
    assert to_feishu(feishu).status is Status.RETRY


def test_dingtalk_gets_a_card_by_our_own_number_and_changes_it_by_that(ding: DingPlatform) -> None:
    done = to_ding(ding)
    method, _, body, headers = ding.web.wait_for("/v1.0/card/instances/createAndDeliver")
    number = f"fengsui-{'k' * 32}"

    assert (method, done.status, done.receipt) == ("POST", Status.SENT, number)
    assert headers["X-Acs-Dingtalk-Access-Token".lower()] == "at-1"
    assert (body["outTrackId"], body["callbackType"]) == (number, "STREAM")
    assert body["openSpaceId"] == "dtv1.card//IM_ROBOT.staff-0"
    shown = body["cardData"]["cardParamMap"]
    assert "我来处理" in shown["sys_full_json_obj"]
    assert all(isinstance(value, str) for value in shown.values())

    later = Message(key="c", subject="s", body="橙色·7K2\n张某已接手。", target=number)
    assert to_ding(ding, later).receipt == number
    method, path, body, _ = ding.web.wait_for("/v1.0/card/instances")
    assert (method, path, body["outTrackId"]) == ("PUT", "/v1.0/card/instances", number)
    assert body["cardData"]["cardParamMap"]["sys_full_json_obj"] == '{"msgButtons": []}'


def test_dingtalk_a_group_is_another_space(ding: DingPlatform) -> None:
    to_ding(ding, to="cidAbC=")
    _, _, body, _ = ding.web.wait_for("createAndDeliver")
    assert body["openSpaceId"] == "dtv1.card//IM_GROUP.cidAbC="
    assert body["imGroupOpenDeliverModel"] == {"robotCode": "ding-x"}


@pytest.mark.parametrize(
    ("status", "answer", "judged"),
    [
        (200, {"success": True, "result": {"deliverResults": [{"success": False}]}}, Status.DEAD),
        (200, {}, Status.UNKNOWN),
        (400, {"code": "param.error"}, Status.DEAD),
        (401, {"code": "InvalidAuthentication"}, Status.RETRY),
        (429, {}, Status.RETRY),
        (503, {}, Status.RETRY),
    ],
)
def test_each_refusal_of_dingtalk_is_told_apart(
    ding: DingPlatform, status: int, answer: dict[str, Any], judged: Status
) -> None:
    ding.answers = [(status, answer)]
    assert to_ding(ding).status is judged


def test_a_wrong_secret_is_said_without_it(ding: DingPlatform) -> None:
    done = to_ding(ding, secret="wrong-one")
    assert done.status is Status.RETRY
    assert "凭证" in done.detail
    assert "wrong-one" not in done.detail


@pytest.mark.parametrize(
    "url",
    [
        "feishuapp://",
        "feishuapp://cli_x@ou_1",
        "feishuapp://cli_x:s@",
        "feishuapp://cli_x:s@ou_1?base=ftp://x",
        "dingtalkapp://:s@staff",
    ],
)
def test_an_address_that_lacks_something_is_refused_without_its_secret(url: str) -> None:
    with pytest.raises(ChannelError) as refused:
        parse_channel("张某的飞书", url)
    assert "张某的飞书" in str(refused.value)
    assert ":s@" not in str(refused.value)
