"""钉钉's Stream mode: messages to our robot and taps on our cards, over one WebSocket.

A frame is JSON: type SYSTEM (ping, disconnect) or CALLBACK with a topic; each is acknowledged by
its messageId, a callback after it has been carried out, since what is not acknowledged comes again.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlsplit

from websockets.sync.client import ClientConnection

from alerts.answer_page import Card
from alerts.ears.asking import ask, good, read, safe
from alerts.ears.ding_app import DingApp
from alerts.ears.ear import Ear, EarError
from alerts.ears.heard import LONGEST_LINE, Heard, Once, Told, instant, say, understood
from alerts.ears.socket import KEEPALIVE, frames, opened

OPEN = "/v1.0/gateway/connections/open"
MESSAGE, TAP = "/v1.0/im/bot/messages/get", "/v1.0/card/instances/callback"
PLATFORM = "dingtalk"
# The socket's own pings find a dead line; the platform's come when it likes.
PATIENCE = 300.0


def listen(app: DingApp, once: Once, ear: Ear) -> None:
    """Serve one connection until it ends."""
    with opened(_endpoint(app), app.host, keepalive=KEEPALIVE) as socket:
        ear.up()
        for raw in frames(socket, ear, lambda: None, PATIENCE):
            frame = read(raw)
            topic = _headers(frame).get("topic")
            if frame.get("type") == "SYSTEM" and topic == "disconnect":
                return  # the platform moves us to another of its hosts
            if frame.get("type") == "SYSTEM":
                _acknowledge(socket, frame, str(frame.get("data", "")))
            elif frame.get("type") == "CALLBACK":
                _callback(app, once, socket, frame, str(topic))


def _endpoint(app: DingApp) -> str:
    topics = [{"type": "CALLBACK", "topic": topic} for topic in (MESSAGE, TAP)]
    body = {"clientId": app.client_id, "clientSecret": app.secret, "subscriptions": topics}
    status, answer = ask("POST", app.host + OPEN, body | {"ua": "fengsui"})
    endpoint, ticket = answer.get("endpoint"), answer.get("ticket")
    if not good(status) or not isinstance(endpoint, str) or not isinstance(ticket, str):
        raise EarError(f"平台不让连（HTTP {status}）；请核对应用的 Client ID 和 Client Secret")
    return f"{endpoint}?ticket={quote(ticket, safe='')}"


def _headers(frame: dict[str, Any]) -> dict[str, Any]:
    said = frame.get("headers")
    return said if isinstance(said, dict) else {}


def _callback(
    app: DingApp, once: Once, socket: ClientConnection, frame: dict[str, Any], topic: str
) -> None:
    data = read(frame.get("data", ""))
    number = str(_headers(frame).get("messageId", ""))
    heard = understood(lambda: {MESSAGE: _message, TAP: _tap}.get(topic, _nothing)(data, number))
    if heard is None:
        _acknowledge(socket, frame, json.dumps({"response": None}))
        return
    told, first = once(heard)  # what goes wrong here is delivered again
    shown = _shown(told) if heard.action else {}
    _acknowledge(socket, frame, json.dumps({"response": shown}, ensure_ascii=False))
    if first and not heard.action:
        _reply(app, data, told)


def _nothing(_data: dict[str, Any], _number: str) -> Heard | None:
    return None


def _message(data: dict[str, Any], number: str) -> Heard | None:
    """A text of a member of the own organisation; a stranger in a group has no staff id."""
    text = (data.get("text") or {}).get("content")
    if data.get("msgtype") != "text" or not isinstance(text, str):
        return None
    staff = data.get("senderStaffId")
    return Heard(
        platform=PLATFORM,
        id=str(data.get("msgId") or number),
        people=(staff,) if isinstance(staff, str) and staff else (),
        text=text[:LONGEST_LINE].strip(),
        at=instant(data.get("createAt")),
        group=str(data.get("conversationType")) != "1",
    )


def _tap(data: dict[str, Any], number: str) -> Heard | None:
    """A tap on a button, whose id says what it answers."""
    chosen = read(data.get("content") or "").get("cardPrivateData") or {}
    action = next(iter(chosen.get("actionIds") or ()), None)
    user = data.get("userId")
    if not isinstance(action, str) or not isinstance(user, str):
        return None
    return Heard(PLATFORM, number, (user,), action=action)


def _reply(app: DingApp, data: dict[str, Any], told: Told) -> None:
    """Answer where the message came from, at the address that came with it."""
    url, staff = str(data.get("sessionWebhook", "")), data.get("senderStaffId")
    host = urlsplit(url).hostname or ""
    ours = host.endswith(".dingtalk.com") or host == urlsplit(app.host).hostname
    if not ours or not safe(url, app.host, ("https",)):
        return
    at = {"atUserIds": [staff] if staff else [], "isAtAll": False}
    body = {"msgtype": "text", "text": {"content": told.text}, "at": at}
    say(lambda: ask("POST", url, body))


def _shown(told: Told) -> dict[str, Any]:
    """The card as it is from now on, for everybody who sees it."""
    if told.card is None:
        return {}
    return {
        "cardUpdateOptions": {"updateCardDataByKey": True},
        "cardData": {"cardParamMap": card_params(told.card, "")},
    }


def card_params(card: Card, action: str) -> dict[str, str]:
    """What our card template shows: title, text and buttons, by the platform's names."""
    buttons = [
        {
            "text": one.label,
            "color": "gray" if n else "red",
            "id": f"{one.value}.{action}",
            "request": True,
        }
        for n, one in enumerate(card.answers)
    ]
    full = json.dumps({"msgButtons": buttons}, ensure_ascii=False)
    return {
        "title": card.title,
        "markdown": "  \n".join(card.lines) or card.title,
        "tips": "",
        "sys_full_json_obj": full,
    }


def _acknowledge(socket: ClientConnection, frame: dict[str, Any], data: str) -> None:
    number = _headers(frame).get("messageId", "")
    answer = {
        "code": 200,
        "headers": {"contentType": "application/json", "messageId": number},
        "message": "OK",
        "data": data,
    }
    socket.send(json.dumps(answer, ensure_ascii=False))
