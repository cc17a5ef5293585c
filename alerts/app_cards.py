"""Cards with buttons, sent and changed in place by an application of one's own on 飞书 or 钉钉.

Robots of groups can neither hear a tap nor change what they said; an application can. Both
platforms take our own number of a message (uuid, outTrackId), so a copy of it is no second card.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from alerts.addresses import ChannelError
from alerts.answer_page import Card
from alerts.ears.ding_app import DingApp
from alerts.ears.dingtalk import card_params
from alerts.ears.ear import EarError
from alerts.ears.lark_app import STALE, LarkApp
from alerts.ears.lark_card import card_json
from alerts.message import Delivery, Status
from alerts.refusals import DEFAULT_WAIT, by_status, judge, read, unanswered
from alerts.wire import Exchange, WatchedRequests, watching

if TYPE_CHECKING:
    from alerts.message import Message

HOMES = {
    "feishuapp": "https://open.feishu.cn",
    "larkapp": "https://open.larksuite.com",
    "dingtalkapp": "https://api.dingtalk.com",
}
APPS = frozenset(HOMES)
_NAMES = {"feishuapp": "飞书应用", "larkapp": "Lark 应用", "dingtalkapp": "钉钉应用"}
# 钉钉's public template of a markdown with buttons; one of one's own goes by `template`.
TEMPLATE = "1366a1eb-bc54-4859-ac88-517c56a9acb1.schema"
_OK = 200
_UNAUTHORISED = 401
_REQUESTS = WatchedRequests()


@dataclass(frozen=True, slots=True)
class AppAddress:
    """Where a card goes, and as which application."""

    kind: str
    home: str
    app: str
    secret: str = field(repr=False)
    to: str
    template: str = TEMPLATE


def read_app(name: str, url: str) -> AppAddress:
    """Read kind://APP:SECRET@RECIPIENT, or raise ChannelError with how to write it."""
    kind, _, rest = url.partition("://")
    place, _, query = rest.partition("?")
    login, _, to = place.rpartition("@")
    app, _, secret = login.partition(":")
    said = dict(parse_qsl(query))
    base = said.get("base", "")
    if not (app and secret and to) or "/" in to:
        raise ChannelError(
            f"渠道「{name}」的地址要写成 {kind.lower()}://应用编号:${{应用密钥}}@接收人的编号。"
        )
    if base and (urlsplit(base).scheme not in ("http", "https") or not urlsplit(base).hostname):
        raise ChannelError(f"渠道「{name}」：base 要写成 http://主机:端口，请改正。")
    home = (base or HOMES[kind.lower()]).rstrip("/")
    template = said.get("template", TEMPLATE)
    return AppAddress(kind.lower(), home, unquote(app), unquote(secret), unquote(to), template)


def send_card(address: AppAddress, message: Message, text: str, timeout: float) -> Delivery:
    """Send one card, or change the one that the message names, and say what became of it."""
    title, _, rest = text.partition("\n")
    card = Card(title, tuple(rest.split("\n")) if rest else (), message.answers)
    send = _ding if address.kind == "dingtalkapp" else _lark
    try:
        return send(address, message, card, timeout)
    except EarError as error:  # without a token nothing was sent
        detail = f"{_NAMES[address.kind]}：{error}，{DEFAULT_WAIT:.0f} 秒后再试。"
        return Delivery(Status.RETRY, detail, "", DEFAULT_WAIT)


@lru_cache(maxsize=32)
def _lark_app(home: str, app: str, secret: str) -> LarkApp:
    return LarkApp(home, app, secret)


@lru_cache(maxsize=32)
def _ding_app(home: str, app: str, secret: str) -> DingApp:
    return DingApp(home, app, secret)


def _lark(address: AppAddress, message: Message, card: Card, timeout: float) -> Delivery:
    app = _lark_app(address.home, address.app, address.secret)
    content = json.dumps(card_json(card, message.action), ensure_ascii=False)
    path, body = "/open-apis/im/v1/messages", {"content": content}
    method = "PATCH" if message.target else "POST"
    if message.target:
        path = f"{path}/{message.target}"
    else:
        kind = _id_type(address.to)
        path = f"{path}?receive_id_type={kind}"
        # The same number within an hour is the same message to the platform.
        body |= {"receive_id": address.to, "msg_type": "interactive", "uuid": message.key[:50]}
    headers = {"Authorization": f"Bearer {app.token(timeout)}"}
    exchange = _called(method, address.home + path, body, headers, timeout)
    if exchange.http_status is None:
        return _lost(exchange)
    answer = read(exchange.body)
    if answer.get("code") in STALE:
        app.forget()
    number = (answer.get("data") or {}).get("message_id")
    return _with(judge(address.kind, exchange.http_status, exchange.body), message.target or number)


def _id_type(to: str) -> str:
    kinds = {"ou_": "open_id", "on_": "union_id", "oc_": "chat_id"}
    return kinds.get(to[:3], "user_id")


def _ding(address: AppAddress, message: Message, card: Card, timeout: float) -> Delivery:
    app = _ding_app(address.home, address.app, address.secret)
    number = message.target or f"fengsui-{message.key}"
    shown = {"cardParamMap": card_params(card, message.action)}
    body: dict[str, Any] = {"outTrackId": number, "cardData": shown}
    method, path = "PUT", "/v1.0/card/instances"
    if message.target:
        body["cardUpdateOptions"] = {"updateCardDataByKey": True}
    else:
        method, path = "POST", f"{path}/createAndDeliver"
        body |= {"cardTemplateId": address.template, "callbackType": "STREAM", "userIdType": 1}
        body |= _space(address, card.title)
    headers = {"x-acs-dingtalk-access-token": app.token(timeout)}
    exchange = _called(method, address.home + path, body, headers, timeout)
    if exchange.http_status is None:
        return _lost(exchange)
    if exchange.http_status == _UNAUTHORISED:
        app.forget()
        return Delivery(Status.RETRY, "钉钉应用：凭证过期，换新凭证再试。", "HTTP 401", 1.0)
    return _with(_judge_ding(exchange.http_status, read(exchange.body)), number)


def _space(address: AppAddress, title: str) -> dict[str, Any]:
    """Where the card goes: a group by its openConversationId, else one person's chat with us."""
    group = address.to.startswith("cid")
    what = "imGroup" if group else "imRobot"
    space = "IM_GROUP" if group else "IM_ROBOT"
    deliver: dict[str, Any] = {"robotCode": address.app}
    return {
        "openSpaceId": f"dtv1.card//{space}.{address.to}",
        f"{what}OpenSpaceModel": {
            "supportForward": False,
            "lastMessageI18n": {"ZH_CN": title},
            "notification": {"alertContent": title, "notificationOff": False},
        },
        f"{what}OpenDeliverModel": deliver if group else deliver | {"spaceType": space},
    }


def _judge_ding(status: int, answer: dict[str, Any]) -> Delivery:
    name = _NAMES["dingtalkapp"]
    if status != _OK:
        return by_status(name, status, DEFAULT_WAIT)
    result = answer.get("result")
    results = result.get("deliverResults") if isinstance(result, dict) else None
    said = [one.get("success") for one in results or () if isinstance(one, dict)]
    if answer.get("success") is not True:
        return Delivery(Status.UNKNOWN, f"{name}的答复看不懂，不能确认是否送达。")
    if False in said:
        return Delivery(Status.DEAD, f"{name}建好了卡片，但没有送到，请核对接收人的编号。")
    return Delivery(Status.SENT, f"{name}已收下。")


def _called(
    method: str, url: str, body: dict[str, Any], headers: dict[str, str], timeout: float
) -> Exchange:
    """One request, watched so that it is known whether the platform may have it."""
    exchange = Exchange(timeout=timeout)
    content = json.dumps(body, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", **headers}
    with watching(exchange):
        try:
            _REQUESTS.request(method, url, data=content, headers=headers)
        except _REQUESTS.RequestException:
            return exchange
    return exchange


def _lost(exchange: Exchange) -> Delivery:
    if exchange.written:
        return unanswered()
    return Delivery(Status.RETRY, f"连不上服务器，消息没有发出，{30:.0f} 秒后再试。", "", 30.0)


def _with(delivery: Delivery, receipt: object) -> Delivery:
    """Keep the platform's number of a card that arrived."""
    known = receipt if isinstance(receipt, str) and delivery.status is Status.SENT else ""
    return Delivery(
        delivery.status, delivery.detail, delivery.platform_code, delivery.retry_after, known
    )
