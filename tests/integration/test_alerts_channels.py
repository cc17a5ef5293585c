"""Sending for real to bots on loopback, in every mood that a bot can be in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from alerts.addresses import ChannelError, plugin_of
from alerts.channels import Gateway, parse_channel, send
from alerts.message import Message, Status
from alerts.refusals import judge
from alerts.sinks import BotSink
from alerts.wire import Exchange, watching

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alerts.channels import Channel
    from alerts.message import Delivery

ADDRESSES = {
    "wecombot": "wecombot://{token}?base={base}",
    "wechat": "wechat://{token}:secretsecret@1000002/zhang?base={base}",
    "dingtalk": "dingtalk://{token}?base={base}",
    "feishu": "feishu://{token}?base={base}",
    "lark": "lark://{token}?base={base}",
    "schan": "schan://{token}?base={base}",
    "pushplus": "pushplus://{token}?base={base}",
    "bark": "bark://127.0.0.1:{port}/{token}",
    "webhook": "json://127.0.0.1:{port}/{token}",
    "form": "form://127.0.0.1:{port}/{token}",
}
TOKEN = "SCT0123456789abcdef0123456789abcdef"
MESSAGE = Message(key="k-1", subject="橙色·待核", body="清河互联网医院｜编号 7K2", code="7K2")
BOTS = ("wecombot", "dingtalk", "feishu", "webhook")


@pytest.fixture(scope="module")
def bots() -> Iterator[BotSink]:
    with BotSink() as sink:
        yield sink


def channel(kind: str, bots: BotSink, token: str = TOKEN) -> Channel:
    address = ADDRESSES[kind].format(token=token, base=bots.base, port=bots.port)
    return parse_channel("值班群", address, group=True)


def send_in_mode(kind: str, bots: BotSink, mode: str, timeout: float = 5) -> Delivery:
    token = TOKEN + "".join(c for c in kind + mode if c.isalnum())
    bots.script(token, [mode])
    return send(channel(kind, bots, token), MESSAGE, timeout)


@pytest.mark.parametrize("kind", ADDRESSES)
def test_an_accepted_message_is_sent_and_arrives_whole(kind: str, bots: BotSink) -> None:
    token = f"{TOKEN}whole{kind}"
    delivery = send(channel(kind, bots, token), MESSAGE)
    assert delivery.status is Status.SENT
    assert [text.replace("&nbsp;", " ") for text in bots.accepted(token)] == [MESSAGE.body]


@pytest.mark.parametrize("kind", BOTS)
@pytest.mark.parametrize(
    ("mode", "status"),
    [
        ("rate_limited", Status.RETRY),
        ("http_429", Status.RETRY),
        ("http_500", Status.RETRY),
        ("http_404", Status.DEAD),
        ("reset", Status.UNKNOWN),
        ("hang", Status.UNKNOWN),
        ("slow", Status.SENT),
    ],
)
def test_every_mood_of_a_bot_is_told_apart(
    kind: str, mode: str, status: Status, bots: BotSink
) -> None:
    timeout = 0.3 if mode == "hang" else 5
    assert send_in_mode(kind, bots, mode, timeout).status is status


@pytest.mark.parametrize(
    ("kind", "mode", "status", "wait"),
    [
        ("wecombot", "rate_limited", Status.RETRY, 60),
        ("wecombot", "bad_token", Status.DEAD, None),
        ("wecombot", "too_long", Status.TOO_LONG, None),
        ("dingtalk", "rate_limited", Status.RETRY, 600),
        ("dingtalk", "bad_keyword", Status.DEAD, None),
        ("dingtalk", "bad_token", Status.DEAD, None),
        ("dingtalk", "too_long", Status.TOO_LONG, None),
        ("feishu", "rate_limited", Status.RETRY, 60),
        ("feishu", "bad_request", Status.RETRY, 60),
        ("feishu", "bad_token", Status.DEAD, None),
        ("lark", "bad_request", Status.RETRY, 60),
        ("wechat", "bad_token", Status.RETRY, 1),
        ("wechat", "bad_user", Status.DEAD, None),
        ("schan", "rate_limited", Status.RETRY, 3600),
        ("pushplus", "bad_token", Status.DEAD, None),
        ("bark", "bad_token", Status.DEAD, None),
    ],
)
def test_a_refusal_that_apprise_calls_success_is_not_sent(
    kind: str, mode: str, status: Status, wait: float | None, bots: BotSink
) -> None:
    delivery = send_in_mode(kind, bots, mode)
    assert (delivery.status, delivery.retry_after) == (status, wait)


@pytest.mark.parametrize("kind", ["wecombot", "dingtalk", "feishu"])
@pytest.mark.parametrize("mode", ["html", "empty"])
def test_a_200_that_does_not_speak_the_platforms_language_is_unknown(
    kind: str, mode: str, bots: BotSink
) -> None:
    assert send_in_mode(kind, bots, mode).status is Status.UNKNOWN


@pytest.mark.parametrize("kind", ["wecombot", "dingtalk", "feishu", "schan"])
def test_a_refused_connection_was_never_sent_and_may_be_tried_again(kind: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{taken.getsockname()[1]}"
        address = ADDRESSES[kind].format(token=TOKEN, base=base, port=0)
        delivery = send(parse_channel("值班群", address), MESSAGE)
    assert delivery.status is Status.RETRY
    assert "没有发出" in delivery.detail


def test_a_failed_tls_handshake_was_never_sent_and_may_be_tried_again(bots: BotSink) -> None:
    address = f"wecombot://{TOKEN}tls?base=https://127.0.0.1:{bots.port}"
    assert send(parse_channel("值班群", address), MESSAGE).status is Status.RETRY
    assert not [one for one in bots.received if one.token == f"{TOKEN}tls"]


def test_a_token_that_cannot_be_fetched_means_that_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        base = f"http://127.0.0.1:{silent.getsockname()[1]}"
        address = ADDRESSES["wechat"].format(token="corp-silent", base=base)
        assert send(parse_channel("张某", address), MESSAGE, 0.2).status is Status.RETRY


def test_apprise_alone_would_have_called_the_refusal_a_success(bots: BotSink) -> None:
    token = f"{TOKEN}trap"
    bots.script(token, ["rate_limited"])
    told = channel("wecombot", bots, token)
    send(channel("wecombot", bots, f"{TOKEN}warm"), MESSAGE)
    exchange = Exchange(timeout=5, base=bots.base)
    with watching(exchange):
        said_yes = plugin_of("值班群", told.url).notify(body="正文")
    assert said_yes
    assert judge("wecombot", exchange.http_status, exchange.body).status is Status.RETRY


def test_one_message_is_one_request_even_when_the_bot_hangs(bots: BotSink) -> None:
    token = f"{TOKEN}once"
    bots.script(token, ["hang"])
    send(channel("wecombot", bots, token), MESSAGE, 0.2)
    assert [one.mode for one in bots.received if one.token == token] == ["hang"]


def test_apprises_own_retry_in_an_address_is_switched_off(bots: BotSink) -> None:
    token = f"{TOKEN}noretry"
    bots.script(token, ["http_500"])
    address = f"wecombot://{token}?retry=3&wait=0&base={bots.base}"
    assert send(parse_channel("值班群", address), MESSAGE).status is Status.RETRY
    assert sum(one.token == token for one in bots.received) == 1


def test_a_proxy_in_the_environment_is_not_asked_for_loopback(
    bots: BotSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    delivery = send(channel("wecombot", bots, f"{TOKEN}proxy"), MESSAGE)
    assert delivery.status is Status.SENT


@pytest.mark.parametrize("kind", ADDRESSES)
def test_apprises_pause_between_messages_is_switched_off(
    kind: str, bots: BotSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("apprise.url.time.sleep", pauses.append)
    send(channel(kind, bots, f"{TOKEN}pause{kind}"), MESSAGE)
    assert pauses == []


@pytest.mark.parametrize("overflow", ["split", "truncate", "upstream"])
def test_a_long_text_goes_out_as_one_message_that_wecom_accepts(
    overflow: str, bots: BotSink
) -> None:
    token = f"{TOKEN}long{overflow}"
    long = Message(key="k", subject="", body="烽火" * 3000, code="7K2")
    address = f"wecombot://{token}?overflow={overflow}&base={bots.base}"
    assert send(parse_channel("值班群", address), long).status is Status.SENT
    (text,) = bots.accepted(token)
    assert len(text.encode()) <= 2048
    assert text.endswith("…（全文见 fengsui incidents show 7K2）")


@pytest.mark.parametrize("kind", ["dingtalk", "feishu", "lark"])
def test_a_text_of_nothing_but_emoji_stays_within_the_request_limit(
    kind: str, bots: BotSink
) -> None:
    token = f"{TOKEN}emoji{kind}"
    message = Message(key="k", subject="", body="🔥" * 9000, code="7K2")
    assert send(channel(kind, bots, token), message).status is Status.SENT


def test_the_sink_refuses_what_wecom_refuses_for_its_bytes(bots: BotSink) -> None:
    assert (
        bots.take("wecombot", "direct", json.dumps({"text": {"content": "好" * 683}}).encode(), {})
        == "too_long"
    )


def test_a_second_copy_is_marked_as_a_possible_duplicate(bots: BotSink) -> None:
    token = f"{TOKEN}twice"
    copy = Message(key="k-1", subject="", body="正文", code="7K2", maybe_duplicate=True)
    send(channel("wecombot", bots, token), copy)
    assert bots.accepted(token) == ["【可能重复】正文"]


@pytest.mark.parametrize(
    ("kind", "read"),
    [
        ("wecombot", lambda body: body["text"]["mentioned_mobile_list"]),
        ("dingtalk", lambda body: body["at"]["atMobiles"]),
    ],
)
def test_the_people_on_duty_are_mentioned(kind: str, read: object, bots: BotSink) -> None:
    token = f"{TOKEN}mention"
    message = Message(key="k", subject="", body="正文", mobiles=("13900000001",))
    send(channel(kind, bots, token), message)
    last = [one for one in bots.received if one.token == token][-1]
    assert read(json.loads(last.body)) == ["13900000001"]  # type: ignore[operator]


def test_a_signed_dingtalk_robot_accepts_our_signature(bots: BotSink) -> None:
    token = f"{TOKEN}signed"
    bots.require_signature(token, "SECabc123")
    address = f"dingtalk://SECabc123@{token}?base={bots.base}"
    assert send(parse_channel("值班群", address), MESSAGE).status is Status.SENT


def test_a_signed_dingtalk_robot_refuses_a_wrong_secret(bots: BotSink) -> None:
    token = f"{TOKEN}wrongsecret"
    bots.require_signature(token, "SECabc123")
    address = f"dingtalk://SECother@{token}?base={bots.base}"
    assert send(parse_channel("值班群", address), MESSAGE).status is Status.DEAD


NOW = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(("secret", "status"), [("fs-1", Status.SENT), ("other", Status.DEAD)])
def test_a_signed_feishu_robot_checks_our_signature(
    secret: str, status: Status, bots: BotSink
) -> None:
    token = f"{TOKEN}sign{secret.replace('-', '')}"
    bots.require_signature(token, "fs-1")
    address = f"feishu://{token}?sign={secret}&base={bots.base}"
    assert send(parse_channel("值班群", address), MESSAGE, now=NOW).status is status


def test_a_webhook_is_signed_so_that_its_receiver_can_tell_us_and_a_copy(bots: BotSink) -> None:
    address = f"json://127.0.0.1:{bots.port}/{TOKEN}hmac?sign=whsec"
    assert send(parse_channel("工单系统", address), MESSAGE, now=NOW).status is Status.SENT
    (got,) = [one for one in bots.received if one.token == f"{TOKEN}hmac"]
    stamp = str(int(NOW.timestamp()))
    signed = f"{MESSAGE.key}.{stamp}.".encode() + got.body
    digest = base64.b64encode(hmac.new(b"whsec", signed, hashlib.sha256).digest()).decode()
    told = {name.lower(): value for name, value in got.headers.items()}
    assert told["webhook-id"] == MESSAGE.key
    assert told["webhook-timestamp"] == stamp
    assert told["webhook-signature"] == f"v1,{digest}"
    assert "sign" not in got.path


CALL = Gateway(
    {"called": "{mobile}", "params": {"content": "{text}", "ref": ["{code}"]}, "app": 7},
    field="result.code",
    equals="0",
)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"result": {"code": 0}}, Status.SENT),
        ({"result": {"code": "0"}}, Status.SENT),
        ({"result": {"code": 1001}}, Status.RETRY),
        ({"code": 0}, Status.UNKNOWN),
        ("http_500", Status.RETRY),
        ("http_404", Status.DEAD),
        ("reset", Status.UNKNOWN),
    ],
)
def test_a_voice_gateway_gets_its_own_json_and_is_judged_by_its_own_rule(
    answer: Any, status: Status, bots: BotSink
) -> None:
    token = f"{TOKEN}voice{abs(hash(str(answer)))}"
    bots.script(token, [answer if isinstance(answer, str) else f"json:{json.dumps(answer)}"])
    address = f"json://127.0.0.1:{bots.port}/{token}"
    message = Message("k", "标题", '说"引号"\n第二行', code="7K2", mobiles=("13900000001",))
    assert send(parse_channel("语音", address, gateway=CALL), message).status is status
    got = next(one for one in bots.received if one.token == token)
    assert json.loads(got.body) == {
        "called": "13900000001",
        "params": {"content": '说"引号"\n第二行', "ref": ["7K2"]},
        "app": 7,
    }


def test_a_feishu_card_has_the_colour_of_its_tier_and_calls_people_by_id(bots: BotSink) -> None:
    token = f"{TOKEN}card"
    message = Message("k", "", "【红色·待核】清河\n认领：ack 7K2", userids=("ou_1",))
    send(channel("feishu", bots, token), message)
    (got,) = [one for one in bots.received if one.token == token]
    card = json.loads(got.body)["card"]
    assert card["header"]["template"] == "red"
    assert got.text == message.body
    assert "<at id=ou_1></at>" in json.dumps(card)


def test_a_dingtalk_text_names_in_words_whom_it_calls(bots: BotSink) -> None:
    token = f"{TOKEN}dingat"
    send(channel("dingtalk", bots, token), Message("k", "", "一\n二", mobiles=("13900000001",)))
    (got,) = [one for one in bots.received if one.token == token]
    sent = json.loads(got.body)
    assert sent["msgtype"] == "markdown"
    assert "@13900000001" in sent["markdown"]["text"]
    assert sent["at"]["atMobiles"] == ["13900000001"]


def test_a_long_text_ends_after_a_whole_line_and_says_where_the_rest_is(bots: BotSink) -> None:
    token = f"{TOKEN}lines"
    lines = [f"第 {number} 行：{'字' * 60}" for number in range(30)]
    send(channel("wecombot", bots, token), Message("k", "", "\n".join(lines), code="7K2"))
    (text,) = bots.accepted(token)
    *kept, pointer = text.split("\n")
    assert kept == lines[: len(kept)]
    assert len(kept) >= 8
    assert pointer == "…（全文见 fengsui incidents show 7K2）"


@pytest.mark.parametrize(
    ("address", "gateway", "words"),
    [
        ("wecombot://key?sign=x", None, "sign 参数只用于"),
        ("wecombot://key", CALL, "gateway 只用于"),
    ],
)
def test_what_a_channel_cannot_do_is_refused(
    address: str, gateway: Gateway | None, words: str
) -> None:
    with pytest.raises(ChannelError, match=words):
        parse_channel("值班群", address, gateway=gateway)


def test_a_redirect_is_refused_and_not_followed(bots: BotSink) -> None:
    token = f"{TOKEN}moved"
    bots.script(token, ["http_302"])
    delivery = send(channel("wecombot", bots, token), MESSAGE)
    assert delivery.status is Status.DEAD


def test_eight_threads_each_hear_their_own_answer(bots: BotSink) -> None:
    modes = {"ok": "sent", "rate_limited": "retry", "bad_token": "dead", "too_long": "too_long"}
    jobs = [(f"{TOKEN}t{n}{mode}".replace("_", ""), mode) for n in range(8) for mode in modes]
    for token, mode in jobs:
        bots.script(token, [mode])

    def job(one: tuple[str, str]) -> str:
        return send(channel("wecombot", bots, one[0]), MESSAGE).status.value

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(job, jobs)) == [modes[mode] for _, mode in jobs]


def test_no_secret_reaches_the_detail_or_the_logs(
    bots: BotSink, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.NOTSET)
    logging.getLogger("apprise").setLevel(1)
    secret = f"{TOKEN}topsecret"
    seen = []
    for mode in ("ok", "rate_limited", "bad_token", "http_500", "html", "reset"):
        bots.script(secret, [mode])
        seen.append(send(channel("wecombot", bots, secret), MESSAGE).detail)
    with pytest.raises(ChannelError) as refused:
        parse_channel("值班群", "wecombot://密钥topsecret!!")
    text = (
        caplog.text + "".join(seen) + str(refused.value) + repr(channel("wecombot", bots, secret))
    )
    assert "topsecret" not in text
    assert MESSAGE.body not in text


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("不是地址", "类型://密钥"),
        ("nosuch://abcdef", "读不懂"),
        ("wecombot://", "读不懂"),
        ("dingtalk://有空格 和中文", "读不懂"),
        ("wecombot://key?base=ftp://127.0.0.1", "base 要写成"),
        ("mailto://127.0.0.1:25?from=a@example.org&to=b@example.org,c@example.org", "多个接收人"),
        (
            "mailto://127.0.0.1:25?from=a@example.org&to=b@example.org&cc=c@example.org",
            "多个接收人",
        ),
        ("mailto://127.0.0.1:25?from=a@example.org&to=nobody", "收件地址不对"),
        ("bark://127.0.0.1/one/two", "多个接收人"),
    ],
)
def test_an_unusable_address_is_refused_in_a_chinese_sentence(address: str, words: str) -> None:
    with pytest.raises(ChannelError, match=re.escape(words)) as refused:
        parse_channel("值班群", address)
    assert "值班群" in str(refused.value)
