"""Finds secrets that stand in the file itself, where only ${NAME} may stand for them."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from monitor.config_types import is_loopback, split_address

# Bots whose address begins with nothing but secrets, and how it is written without them.
_BOTS = {
    "wecombot": "wecombot://${WECOM_KEY}",
    "dingtalk": "dingtalk://${DINGTALK_SECRET}@${DINGTALK_TOKEN}",
    "feishu": "feishu://${FEISHU_TOKEN}",
    "lark": "lark://${LARK_TOKEN}",
    "schan": "schan://${SERVERCHAN_KEY}",
    "pushplus": "pushplus://${PUSHPLUS_TOKEN}",
    "wechat": "wechat://${WECHAT_CORPID}:${WECHAT_SECRET}@${WECHAT_AGENTID}",
}
_OTHERS = {
    "bark": "bark://api.day.app/${BARK_KEY}",
    "barks": "barks://api.day.app/${BARK_KEY}",
    "mailto": "mailto://用户名:${MAIL_PASSWORD}@smtp.example.cn?to=…",
    "mailtos": "mailtos://用户名:${MAIL_PASSWORD}@smtp.example.cn?to=…",
}
# An application's own channels name their recipient, whose id looks like a token and is none.
_APPS = {
    "feishuapp": "feishuapp://${FEISHU_APP_ID}:${FEISHU_APP_SECRET}@ou_…",
    "larkapp": "larkapp://${LARK_APP_ID}:${LARK_APP_SECRET}@ou_…",
    "dingtalkapp": "dingtalkapp://${DINGTALK_APP_KEY}:${DINGTALK_APP_SECRET}@…",
}
_MAIL = frozenset({"mailto", "mailtos"})
_SECRET_KEYS = re.compile(r"(?i)pass|pwd|key|token|secret|sign")
# Tokens of the platforms are 32 characters and more; no host label or folder we know is both
# this long and mixes letters with digits.
_TOKEN = re.compile(r"(?=[A-Za-z_-]*[0-9])(?=[0-9_-]*[A-Za-z])[A-Za-z0-9_-]{16,}")
_REFERENCE = re.compile(r"\$\{[^}]*\}")
# A stand-in that is valid in every part of an address and that no check takes for a secret.
_FILLED = "FROMENV"


def channel_secret(template: str) -> str | None:
    """Return how to write a channel address whose secret stands in it, or None if none does."""
    shown = _REFERENCE.sub(_FILLED, template)
    scheme = shown.partition("://")[0].lower()
    if _stays_here(shown) or not (_bare_bot(scheme, shown) or _holds_secret(shown)):
        return None
    return (_BOTS | _OTHERS | _APPS).get(scheme, f"{_safe(scheme)}://…${{MY_SECRET}}…")


def address_secret(template: str) -> bool:
    """Whether a database or source address has its password written out."""
    shown = _REFERENCE.sub(_FILLED, template)
    return not is_loopback(shown) and _literal(split_address(shown).password)


def _stays_here(shown: str) -> bool:
    """Whether the message goes to this machine; `base` names the host in a bot's place."""
    base = dict(parse_qsl(split_address(shown).query)).get("base")
    return is_loopback(base or shown)


def _bare_bot(scheme: str, shown: str) -> bool:
    secrets = re.split("[@:]", split_address(shown).netloc)
    return scheme in _BOTS and any(map(_literal, secrets))


def _holds_secret(shown: str) -> bool:
    parts = split_address(shown)
    named = [value for key, value in parse_qsl(parts.query) if _SECRET_KEYS.search(key)]
    pieces = re.split(r"[/@:.?&=,+]", shown.partition("://")[2])
    return (
        _literal(parts.password)
        or any(_literal(value) for value in named)
        or (
            parts.scheme not in _MAIL | _APPS.keys()
            and any(_TOKEN.fullmatch(piece) for piece in pieces)
        )
    )


def _literal(value: str | None) -> bool:
    return bool(value) and value != _FILLED


def _safe(scheme: str) -> str:
    return scheme if re.fullmatch(r"[a-z][a-z0-9+.-]{0,20}", scheme) else "类型"
