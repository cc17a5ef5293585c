"""飞书's and Lark's long connection: messages to our robot and taps on our cards.

Frames are protobuf (lark_frame); the application pings at the pace that the platform names; an
event not acknowledged is delivered again, so it is acknowledged after it has been carried out.
"""

from __future__ import annotations

import base64
import json
import logging
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.sync.client import ClientConnection

from alerts.ears import lark_frame
from alerts.ears.asking import ask, good, read
from alerts.ears.ear import Ear, EarError
from alerts.ears.heard import LONGEST_LINE, Heard, Once, Told, instant, say, understood
from alerts.ears.lark_app import LarkApp
from alerts.ears.lark_card import card_json
from alerts.ears.lark_frame import CONTROL, DATA, Frame
from alerts.ears.socket import frames, opened

log = logging.getLogger("fengsui")

ENDPOINT = "/callback/ws/endpoint"
MESSAGE, TAP = "im.message.receive_v1", "card.action.trigger"
PING_EVERY = 120.0  # seconds, until the platform names its own pace
SHORTEST_PING, LONGEST_PING = 1.0, 600.0
MOST_PARTS = 64


def listen(platform: str, app: LarkApp, once: Once, ear: Ear) -> None:
    """Serve one connection until it ends."""
    url, every = _endpoint(app)
    service = "".join(parse_qs(urlsplit(url).query).get("service_id", ["0"]))
    ping = Frame(CONTROL, int(service) if service.isdecimal() else 0, {"type": "ping"})
    parts: dict[str, dict[int, bytes]] = {}
    with opened(url, app.host) as socket:
        ear.up()
        for raw in frames(socket, ear, lambda: socket.send(lark_frame.write(ping)), every):
            try:
                frame = lark_frame.read(raw if isinstance(raw, bytes) else raw.encode())
            except ValueError:
                continue
            if frame.method == DATA and _whole(frame, parts):
                _data(platform, app, once, socket, frame)


def _endpoint(app: LarkApp) -> tuple[str, float]:
    body = {"AppID": app.app_id, "AppSecret": app.secret}
    status, answer = ask("POST", app.host + ENDPOINT, body, {"locale": "zh"})
    data = answer.get("data")
    if not good(status) or answer.get("code") != 0 or not isinstance(data, dict):
        raise EarError(f"平台不让连（错误码 {answer.get('code', status)}）；请核对应用的编号和密钥")
    said = (data.get("ClientConfig") or {}).get("PingInterval")
    every = float(said) if isinstance(said, int) else PING_EVERY
    return str(data.get("URL", "")), min(max(every, SHORTEST_PING), LONGEST_PING)


def _whole(frame: Frame, parts: dict[str, dict[int, bytes]]) -> bool:
    """Put the parts of a long event together; whether it is whole now."""
    total, number = frame.headers.get("sum", "1"), frame.headers.get("seq", "0")
    if not (_is_count(total) and _is_count(number)) or int(total) <= 1:
        return True
    if int(total) > MOST_PARTS or len(parts) > MOST_PARTS:
        parts.clear()
        return False
    held = parts.setdefault(frame.headers.get("message_id", ""), {})
    held[int(number)] = frame.payload
    if len(held) < int(total):
        return False
    frame.payload = b"".join(held[one] for one in sorted(held))
    del parts[frame.headers.get("message_id", "")]
    return True


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10  # noqa: PLR2004 - few, not huge


def _data(platform: str, app: LarkApp, once: Once, socket: ClientConnection, frame: Frame) -> None:
    event = read(frame.payload)
    heard = understood(lambda: _heard(platform, event))
    if heard is None:
        _acknowledge(socket, frame, None)
        return
    told, first = once(heard)  # what goes wrong here is delivered again
    _acknowledge(socket, frame, _shown(told) if heard.action else None)
    if first and not heard.action:
        kind, content = _answer(told)
        say(lambda: app.reply(heard.id, kind, content, heard.id))


def _heard(platform: str, event: dict[str, Any]) -> Heard | None:
    kind = (event.get("header") or {}).get("event_type")
    reader = {MESSAGE: _message, TAP: _tap}.get(str(kind))
    return reader(platform, event) if reader and not _is_foreign(event) else None


def _is_foreign(event: dict[str, Any]) -> bool:
    """Whether somebody of another tenant speaks: in theirs a user_id is somebody else's.

    The header names the tenant that the application belongs to, the event that of whoever acts.
    """
    body = event.get("event") or {}
    acts = body.get("sender") or body.get("operator") or {}
    ours, theirs = (event.get("header") or {}).get("tenant_key"), acts.get("tenant_key")
    if not (ours and theirs) or ours == theirs:
        return False
    log.warning("somebody of another tenant wrote to the robot, or tapped a card, and was ignored")
    return True


def _message(platform: str, event: dict[str, Any]) -> Heard | None:
    """A text of a person to our robot; robots and other kinds of messages are left alone."""
    body = event.get("event") or {}
    message, sender = body.get("message") or {}, body.get("sender") or {}
    if message.get("message_type") != "text" or sender.get("sender_type") != "user":
        return None
    text = str(read(message.get("content", "")).get("text", ""))
    for called in message.get("mentions") or ():
        text = text.replace(str(called.get("key", "")) or " ", " ")
    return Heard(
        platform=platform,
        id=str(message.get("message_id", "")),
        people=_ids(sender.get("sender_id")),
        text=text[:LONGEST_LINE].strip(),
        at=instant(message.get("create_time")),
        group=message.get("chat_type") != "p2p",
    )


def _tap(platform: str, event: dict[str, Any]) -> Heard | None:
    """A tap on a button; whose card it is does not matter, who taps does."""
    body = event.get("event") or {}
    value = (body.get("action") or {}).get("value")
    action = value.get("fengsui") if isinstance(value, dict) else None
    if not isinstance(action, str):
        return None
    number = str((event.get("header") or {}).get("event_id", ""))
    return Heard(platform, number, _ids(body.get("operator")), action=action)


def _ids(names: Any) -> tuple[str, ...]:  # noqa: ANN401 - any JSON
    known = names if isinstance(names, dict) else {}
    found = (known.get(name) for name in ("open_id", "user_id", "union_id"))
    return tuple(one for one in found if isinstance(one, str) and one)


def _answer(told: Told) -> tuple[str, dict[str, Any]]:
    """An answer to a message: a card where there is something to tap, else words."""
    if told.card is None or not told.card.answers:
        return "text", {"text": told.text}
    return "interactive", card_json(told.card, told.action)


def _shown(told: Told) -> dict[str, Any]:
    """What a tap shows at once: some words, and the card as it is from now on."""
    toast = {"type": "success" if told.noted else "warning", "content": told.text}
    card = {"card": {"type": "raw", "data": card_json(told.card, "")}} if told.card else {}
    return {"toast": toast, **card}


def _acknowledge(socket: ClientConnection, frame: Frame, data: dict[str, Any] | None) -> None:
    answer: dict[str, Any] = {"code": 200}
    if data is not None:
        content = json.dumps(data, ensure_ascii=False).encode()
        answer["data"] = base64.b64encode(content).decode()
    frame.headers["biz_rt"] = "0"
    frame.payload = json.dumps(answer).encode()
    socket.send(lark_frame.write(frame))
