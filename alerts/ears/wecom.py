"""企业微信's smart robot over its long connection: messages to it and taps on its cards.

A frame is JSON {cmd, headers: {req_id}, body}. One robot has one connection: a newer one ends the
older, so whoever is pushed out waits instead of pushing back. Taps are answered within 5 seconds.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from alerts.answer_page import Card
from alerts.ears.asking import read
from alerts.ears.ear import Ear, EarError
from alerts.ears.heard import LONGEST_LINE, Heard, Once, Told, understood
from alerts.ears.socket import frames, opened

PLATFORM = "wecombot"
SUBSCRIBE, PING = "aibot_subscribe", "ping"
MESSAGE, EVENT = "aibot_msg_callback", "aibot_event_callback"
RESPOND, UPDATE = "aibot_respond_msg", "aibot_respond_update_msg"
DONE = "done"
PUSHED_OUT = "disconnected_event"
PING_EVERY = 30.0
PATIENCE = 10.0  # seconds for the answer to our subscription
AFTER_PUSHED_OUT = 300.0


@dataclass(frozen=True, slots=True)
class WecomBot:
    """A smart robot that was set to the long connection."""

    host: str
    bot_id: str
    secret: str = field(repr=False)


def listen(bot: WecomBot, once: Once, ear: Ear, *, ping_every: float = PING_EVERY) -> None:
    """Serve one connection until it ends."""
    # Its server answers the application's pings; the protocol's own are not in its documents.
    with opened(bot.host, bot.host, keepalive=None) as socket:
        _subscribe(socket, bot)
        ear.up()
        for raw in frames(socket, ear, partial(_ping, socket), ping_every):
            frame = read(raw)
            body = said if isinstance(said := frame.get("body"), dict) else {}
            if frame.get("cmd") == EVENT and _kind(body) == PUSHED_OUT:
                raise EarError("同一个机器人在别处也连着，这里被断开；请只留一处", AFTER_PUSHED_OUT)
            if frame.get("cmd") in (MESSAGE, EVENT):
                _callback(once, socket, frame, body)


def _subscribe(socket: ClientConnection, bot: WecomBot) -> None:
    sent = _send(socket, SUBSCRIBE, {"bot_id": bot.bot_id, "secret": bot.secret})
    try:
        answer = read(socket.recv(timeout=PATIENCE))
    except (TimeoutError, ConnectionClosed):
        raise EarError("平台没有答复登录") from None
    if (answer.get("headers") or {}).get("req_id") != sent or answer.get("errcode") != 0:
        code = answer.get("errcode", "无")
        raise EarError(f"平台不让连（错误码 {code}）；请核对机器人的 Bot ID 和 Secret")


def _ping(socket: ClientConnection) -> None:
    _send(socket, PING, {})


def _send(socket: ClientConnection, cmd: str, body: dict[str, Any], number: str = "") -> str:
    number = number or f"{cmd}-{uuid4().hex}"
    frame = {"cmd": cmd, "headers": {"req_id": number}, **({"body": body} if body else {})}
    socket.send(json.dumps(frame, ensure_ascii=False))
    return number


def _kind(body: dict[str, Any]) -> str:
    event = body.get("event")
    return str(event.get("eventtype", "")) if isinstance(event, dict) else ""


def _callback(
    once: Once, socket: ClientConnection, frame: dict[str, Any], body: dict[str, Any]
) -> None:
    headers = frame.get("headers")
    number = str(headers.get("req_id", "")) if isinstance(headers, dict) else ""
    tap = frame.get("cmd") == EVENT
    heard = understood(lambda: _tap(body) if tap else _message(body))
    if heard is None:
        return
    told, first = once(heard)
    if not first:
        return
    if not heard.action:
        _send(socket, RESPOND, _answer(told), number)
        return
    answer: dict[str, Any] = {"response_type": "update_template_card"}
    if told.card is None:
        # Without these ids everybody in a group would lose the buttons to one wrong tap.
        answer["userids"] = list(heard.people)
    idle = "已应答" if told.card else "没有记下"
    answer["template_card"] = template_card(told.card or Card(told.text), "", _task(body), idle)
    _send(socket, UPDATE, answer, number)


def _answer(told: Told) -> dict[str, Any]:
    """An answer to a message: a card where there is something to tap, else words."""
    if told.card is not None and told.card.answers:
        card = template_card(told.card, told.action, uuid4().hex)
        return {"msgtype": "template_card", "template_card": card}
    stream = {"id": uuid4().hex, "finish": True, "content": told.text}
    return {"msgtype": "stream", "stream": stream}


def _message(body: dict[str, Any]) -> Heard | None:
    """A text to the robot; in a group it begins with whom it calls."""
    text = (body.get("text") or {}).get("content")
    if body.get("msgtype") != "text" or not isinstance(text, str):
        return None
    words = text.strip()
    if body.get("chattype") == "group" and words.startswith("@"):
        words = words.partition(" ")[2]
    return Heard(
        platform=PLATFORM,
        id=str(body.get("msgid", "")),
        people=_sender(body),
        text=words[:LONGEST_LINE].strip(),
        at=_instant(body.get("create_time")),
        group=body.get("chattype") == "group",
    )


def _tap(body: dict[str, Any]) -> Heard | None:
    action = _tapped(body).get("event_key")
    if not isinstance(action, str):
        return None
    return Heard(PLATFORM, str(body.get("msgid", "")), _sender(body), action=action)


def _task(body: dict[str, Any]) -> str:
    return str(_tapped(body).get("task_id", ""))


def _tapped(body: dict[str, Any]) -> dict[str, Any]:
    event = body.get("event")
    tapped = event.get("template_card_event") if isinstance(event, dict) else None
    return tapped if isinstance(tapped, dict) else {}


def _sender(body: dict[str, Any]) -> tuple[str, ...]:
    user = (body.get("from") or {}).get("userid")
    return (user,) if isinstance(user, str) and user else ()


def _instant(seconds: object) -> datetime | None:
    right = isinstance(seconds, int) and 0 < seconds < 2**33
    return datetime.fromtimestamp(seconds, UTC) if right else None  # type: ignore[arg-type] # right


def template_card(card: Card, action: str, task: str, idle: str = "") -> dict[str, Any]:
    """Return a card with its buttons.

    The platform takes none without a button or a link: one without answers keeps a grey one
    that says `idle` and does nothing.
    """
    buttons = [
        {"text": one.label, "style": 2 if n else 1, "key": f"{one.value}.{action}"}
        for n, one in enumerate(card.answers)
    ]
    return {
        "card_type": "button_interaction",
        "main_title": {"title": card.title, "desc": ""},
        "sub_title_text": "\n".join(card.lines),
        "button_list": buttons or [{"text": idle, "style": 4, "key": DONE}],
        "task_id": task,
    }
