"""Judge an answer by its body: Apprise calls a refused 企业微信 message a success."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from alerts.message import Delivery, Status
from alerts.refusal_codes import PLATFORMS

if TYPE_CHECKING:
    from alerts.refusal_codes import Platform, Refusal

_OK = range(200, 300)
_REQUEST_TIMEOUT, _TOO_LARGE, _TOO_MANY = 408, 413, 429
_SERVER_ERROR = 500
_GATEWAY_TIMEOUT = 504
# The wait for codes and servers that name none: long enough not to hammer, short for an alert.
DEFAULT_WAIT = 60.0
_NUMBER = re.compile(r"-?[0-9]{1,10}")


def judge(platform: str, http_status: int | None, body: bytes) -> Delivery:
    """Return what became of a message whose request was written.

    `platform` is a channel's kind; `http_status` None means that no answer came. Only the
    platform's own words make a message SENT. A 200 that cannot be read (a portal's page, a changed
    format) is UNKNOWN, not RETRY: the message may have arrived, so it deserves one marked copy and
    then the next channel, not an endless row of copies, and never a silent «sent».
    """
    if http_status is None:
        return unanswered()
    rules = PLATFORMS.get(platform)
    answer = read(body)
    if rules is None:
        return _judge_webhook(http_status, answer)
    return _judge_platform(rules, http_status, answer)


def judge_gateway(field: str, equals: str, http_status: int, body: bytes) -> Delivery:
    """Return what became of a message to a gateway that says yes by `field` being `equals`."""
    if http_status not in _OK:
        return by_status("网关", http_status, DEFAULT_WAIT)
    value = _field(read(body), field)
    if value is None:
        return Delivery(Status.UNKNOWN, f"网关的答复里没有 {field}，不能确认是否送达。")
    said = str(value).lower() if isinstance(value, bool) else str(value)
    if said == equals:
        return Delivery(Status.SENT, "网关已受理。", _text(value) or "")
    return _unlisted("网关", _text(value) or "不认识的值")


def unanswered() -> Delivery:
    """Return the outcome of a request that was written and got no answer."""
    return Delivery(Status.UNKNOWN, "请求已发出，但没有等到答复，对方可能已经收到。")


def _judge_platform(rules: Platform, http_status: int, answer: dict[str, Any]) -> Delivery:
    code = _code(rules, answer)
    if code is not None and code in rules.refusals:
        return _refused(rules.name, code, rules.refusals[code])
    if http_status not in _OK:
        return by_status(rules.name, http_status, rules.window)
    if code is None:
        return Delivery(Status.UNKNOWN, f"{rules.name}的答复看不懂，不能确认是否送达。")
    if code not in rules.accepted:
        return _unlisted(rules.name, code)
    return _accepted(rules, code, answer)


def _accepted(rules: Platform, code: str, answer: dict[str, Any]) -> Delivery:
    if any(answer.get(name) for name in rules.undelivered):
        detail = f"{rules.name}收下了消息，但接收人无效，没有人收到。"
        return Delivery(Status.DEAD, detail, code)
    return Delivery(Status.SENT, f"{rules.name}已收下。", code)


def _refused(name: str, code: str, refusal: Refusal) -> Delivery:
    after = {
        Status.RETRY: f"，{refusal.wait or DEFAULT_WAIT:.0f} 秒后再试",
        Status.TOO_LONG: "，需要缩短再发",
    }.get(refusal.status, "，改用下一个渠道")
    detail = f"{name}拒收：{refusal.reason}（错误码 {code}）{after}。"
    return Delivery(refusal.status, detail, code, refusal.wait)


def _unlisted(name: str, code: str) -> Delivery:
    """Return RETRY: the platform said no, and only a later try can tell whether for good."""
    detail = f"{name}拒收（错误码 {code}，不在已知列表里），{DEFAULT_WAIT:.0f} 秒后再试。"
    return Delivery(Status.RETRY, detail, code, DEFAULT_WAIT)


def by_status(name: str, http_status: int, window: float) -> Delivery:
    """Judge a refusal by its HTTP status alone."""
    code = f"HTTP {http_status}"
    if http_status == _TOO_MANY:
        detail = f"{name}拒收：发送太频繁（{code}），{window:.0f} 秒后再试。"
        return Delivery(Status.RETRY, detail, code, window)
    if http_status == _TOO_LARGE:
        return Delivery(Status.TOO_LONG, f"{name}拒收：内容太长（{code}），需要缩短再发。", code)
    if http_status == _GATEWAY_TIMEOUT:
        # A gateway that gave up waiting cannot know whether the server behind it went on.
        return Delivery(Status.UNKNOWN, f"{name}的网关超时（{code}），对方可能已经收到。", code)
    if http_status >= _SERVER_ERROR or http_status == _REQUEST_TIMEOUT:
        detail = f"{name}服务器出错（{code}），{DEFAULT_WAIT:.0f} 秒后再试。"
        return Delivery(Status.RETRY, detail, code, DEFAULT_WAIT)
    detail = f"{name}拒收（{code}），请检查地址和密钥；改用下一个渠道。"
    return Delivery(Status.DEAD, detail, code)


def _judge_webhook(http_status: int, answer: dict[str, Any]) -> Delivery:
    """Judge an interface without a known code table: a 2xx counts unless the body says no."""
    name = "通用接口"
    if http_status not in _OK:
        return by_status(name, http_status, DEFAULT_WAIT)
    code = _webhook_refusal(answer)
    if code:
        return _unlisted(name, code)
    return Delivery(Status.SENT, f"{name}已收下（HTTP {http_status}）。", f"HTTP {http_status}")


def _webhook_refusal(answer: dict[str, Any]) -> str:
    """Return the code with which a body says no under a 2xx, or an empty text."""
    errcode, code = _text(answer.get("errcode")), answer.get("code")
    if errcode not in (None, "0"):
        return errcode
    # Many gateways put an HTTP-like status into `code`; smaller numbers have no common meaning.
    if isinstance(code, int) and code >= _OK.stop:
        return str(code)
    return "false" if answer.get("ok") is False or answer.get("success") is False else ""


def _code(rules: Platform, answer: dict[str, Any]) -> str | None:
    """Return the first code that is not a yes, else the first yes, else None."""
    codes = [text for name in rules.fields if (text := _text(_field(answer, name))) is not None]
    refusing = [code for code in codes if code not in rules.accepted]
    return next(iter(refusing + codes), None)


def _field(answer: dict[str, Any], name: str) -> object:
    value: object = answer
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _text(value: object) -> str | None:
    """Return a number, bare or in quotes, as text; anything else could echo a secret."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return str(value) if _NUMBER.fullmatch(str(value)) else None


def read(body: bytes) -> dict[str, Any]:
    """A JSON object; empty for anything else."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}
