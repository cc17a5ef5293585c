"""The request's body beyond what Apprise's plugins write: cards, markdown, @ lists, signatures.

Formats: 企业微信 91770 (bot), 钉钉 «custom robot», 飞书 «custom bot» and its cards, Standard
Webhooks 1.0 (signature). The vendors' pages were not at hand: to be checked against them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from alerts.message import Message

# The colours of a 飞书 card's head.
_COLOURS = (("红色", "red"), ("橙色", "orange"), ("黄色", "yellow"))
_PLACE = re.compile(r"\{(mobile|text|title|code)\}")


def amended(
    kind: str, data: bytes, message: Message, text: str, secret: str, now: datetime
) -> bytes:
    """Return the request's body for a channel of this kind; other kinds keep the plugin's own."""
    if kind in ("feishu", "lark"):
        return _dumped(_signed(_card(message, text), secret, now))
    write = {"wecombot": _wecom, "dingtalk": _dingtalk}.get(kind)
    return data if write is None else _dumped(write(message, text))


def _wecom(message: Message, text: str) -> dict[str, Any]:
    """A text: it alone rings the phones of those whose numbers are listed."""
    content: dict[str, Any] = {"content": text}
    if message.mobiles:
        content["mentioned_mobile_list"] = list(message.mobiles)
    if message.userids:
        content["mentioned_list"] = list(message.userids)
    return {"msgtype": "text", "text": content}


def _dingtalk(message: Message, text: str) -> dict[str, Any]:
    # Its markdown joins lines unless two spaces end them; an @ counts only if the text has it too.
    called = "".join(f" @{number}" for number in (*message.mobiles, *message.userids))
    shown = text.replace("\n", "  \n") + (f"  \n{called.strip()}" if called else "")
    at = {"atMobiles": list(message.mobiles), "atUserIds": list(message.userids), "isAtAll": False}
    title = text.partition("\n")[0]
    return {"msgtype": "markdown", "markdown": {"title": title, "text": shown}, "at": at}


def _card(message: Message, text: str) -> dict[str, Any]:
    head, _, rest = text.partition("\n")
    colour = next((colour for word, colour in _COLOURS if word in head), "grey")
    elements = [{"tag": "div", "text": {"tag": "plain_text", "content": rest or head}}]
    if message.userids:
        called = "".join(f"<at id={one}></at>" for one in message.userids)
        elements.append({"tag": "div", "text": {"tag": "lark_md", "content": called}})
    header = {"template": colour, "title": {"tag": "plain_text", "content": head}}
    return {
        "msg_type": "interactive",
        "card": {"config": {"wide_screen_mode": True}, "header": header, "elements": elements},
    }


def _signed(payload: dict[str, Any], secret: str, now: datetime) -> dict[str, Any]:
    """飞书's 签名校验: the key is time and secret, the text signed is empty."""
    if not secret:
        return payload
    stamp = str(int(now.timestamp()))
    digest = hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": stamp, "sign": base64.b64encode(digest).decode(), **payload}


def webhook_headers(key: str, body: bytes, secret: str, now: datetime) -> dict[str, str]:
    """Return the headers of Standard Webhooks: the same key is the same message to the receiver."""
    if not secret:
        return {}
    stamp = str(int(now.timestamp()))
    signed = f"{key}.{stamp}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return {
        "webhook-id": key,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def filled(template: Mapping[str, Any], message: Message, text: str) -> bytes:
    """Return a gateway's request: {mobile}, {text}, {title} and {code} filled into its texts."""
    words = {
        "mobile": next(iter(message.mobiles), ""),
        "text": text,
        "title": message.subject,
        "code": message.code,
    }

    def fill(value: Any) -> Any:  # noqa: ANN401 - any JSON value
        if isinstance(value, str):
            return _PLACE.sub(lambda place: words[place.group(1)], value)
        if isinstance(value, dict):
            return {name: fill(one) for name, one in value.items()}
        return [fill(one) for one in value] if isinstance(value, list | tuple) else value

    return _dumped(fill(dict(template)))


def _dumped(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
