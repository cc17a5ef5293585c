"""Send one message over one channel: Apprise does the transport, the answer's body is judged.

The only module that knows Apprise. A plugin is asked directly, without Apprise's dispatcher, so
none of its retries, waits, splitting and time-outs run: what is due again is the outbox's decision.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import json
import re
import sys
import threading
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from alerts.mail_answers import judge_mail
from alerts.message import Delivery, Status
from alerts.refusals import judge, unanswered
from alerts.text import LIMITS, cut_bytes
from alerts.wire import Exchange, WatchedRequests, WatchedSmtplib, hush, watching

if TYPE_CHECKING:
    from collections.abc import Callable

    from alerts.message import Message

# An Apprise schema and the kind that its answers are judged as; any other schema is a webhook.
_KINDS = {
    "wecombot": "wecombot",
    "wechat": "wechat",
    "dingtalk": "dingtalk",
    "feishu": "feishu",
    "lark": "lark",
    "schan": "schan",
    "pushplus": "pushplus",
    "wecom": "pushplus",
    "bark": "bark",
    "barks": "bark",
    "mailto": "mail",
    "mailtos": "mail",
}
# Kinds whose plugin puts a title where people see it; elsewhere the text stands alone.
_TITLED = frozenset({"schan", "pushplus", "bark", "mail", "webhook"})
# Parameters that Apprise never sees: ours, and those that would repeat, cut or excuse a message.
_OURS = frozenset({"base", "retry", "wait", "overflow", "optional", "emojis"})
_CONNECTION_WAIT = 30.0
"""Seconds until a host that could not be reached is worth another try: a restart of a gateway."""
_SMTP_MODULE = "apprise.plugins.email.smtp"


class ChannelError(ValueError):
    """An address that cannot be used; the sentence is Chinese and shows no secret."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One address that a message can be sent to; `url` holds secrets and is never shown."""

    name: str
    url: str
    kind: str
    group: bool = False

    def __repr__(self) -> str:
        return f"Channel(name={self.name!r}, kind={self.kind!r}, group={self.group!r})"


def parse_channel(name: str, url: str, *, group: bool = False) -> Channel:
    """Return the channel at an Apprise address, or raise ChannelError.

    `?base=http://127.0.0.1:8080` sends to that host in place of the vendor's own.
    """
    schema = url.partition("://")[0].lower()
    kind = _KINDS.get(schema, "webhook")
    address, base = _split_base(name, url)
    if base and kind == "mail":
        raise ChannelError(
            f"渠道「{name}」：邮件地址不用 base 参数，请直接写邮件服务器的主机和端口。"
        )
    _one_recipient(name, kind, _plugin(name, address))
    return Channel(name=name, url=url, kind=kind, group=group)


def send(channel: Channel, message: Message, timeout: float = 15) -> Delivery:
    """Send once and return what became of it; `timeout` is in seconds for connecting and reading.

    The text is cut to the channel's limit in bytes. Raises ChannelError for an unusable address.
    """
    address, base = _split_base(channel.name, channel.url)
    plugin = _plugin(channel.name, address)
    _prepare(plugin, channel, message, timeout)
    exchange = Exchange(timeout=timeout, base=base, amend=_mentions(channel.kind, message.mobiles))
    with watching(exchange):
        said_yes = _notify(plugin, channel, message)
    if channel.kind == "mail":
        return judge_mail(exchange)
    return _judge_http(channel, exchange, said_yes=said_yes)


def _notify(plugin: Any, channel: Channel, message: Message) -> bool:  # noqa: ANN401 - Apprise
    apprise = _apprise()
    title = _marked(message.subject, message) if channel.kind in _TITLED else ""
    text = _marked(message.body, message)
    body = cut_bytes(text, LIMITS[channel.kind], message.code)
    try:
        return bool(plugin.notify(body=body, title=title, body_format=apprise.NotifyFormat.TEXT))
    except apprise.exception.AppriseException:
        return False


def _marked(text: str, message: Message) -> str:
    return f"【可能重复】{text}" if message.maybe_duplicate else text


def _judge_http(channel: Channel, exchange: Exchange, *, said_yes: bool) -> Delivery:
    if exchange.http_status is not None:
        return judge(channel.kind, exchange.http_status, exchange.body)
    if exchange.errors:
        return unanswered() if exchange.written else _unreached()
    if said_yes:
        # A plugin that does not speak HTTP through requests leaves only its own word.
        return Delivery(Status.SENT, "发送组件报告成功（该渠道没有可核对的答复）。")
    return Delivery(Status.DEAD, "发送组件没有发出请求，请检查渠道地址里的接收人。")


def _unreached() -> Delivery:
    detail = f"连不上服务器，消息没有发出，{_CONNECTION_WAIT:.0f} 秒后再试。"
    return Delivery(Status.RETRY, detail, "", _CONNECTION_WAIT)


def _prepare(plugin: Any, channel: Channel, message: Message, timeout: float) -> None:  # noqa: ANN401
    """Switch off what the outbox decides, and bind the watched modules into the plugin's."""
    plugin.request_rate_per_sec = 0
    plugin.overflow_mode = importlib.import_module("apprise.common").OverflowMode.UPSTREAM
    plugin.socket_connect_timeout = plugin.socket_read_timeout = timeout
    # A picture from a foreign host would tell that host when an alarm is read.
    plugin.include_image = False
    if channel.kind == "dingtalk" and plugin.secret:
        plugin.get_signature = _quoted_once(plugin.get_signature)
    if channel.kind == "mail":
        plugin.headers |= _thread_headers(message)
        vars(importlib.import_module(_SMTP_MODULE))["smtplib"] = _SMTPLIB
    else:
        vars(sys.modules[type(plugin).__module__])["requests"] = _REQUESTS


_REQUESTS = WatchedRequests()
_SMTPLIB = WatchedSmtplib()


def _quoted_once(sign: Callable[[], tuple[str, str]]) -> Callable[[], tuple[str, str]]:
    """Undo Apprise 2.2's quoting: requests quotes again, and 钉钉 answers 310000 sign not match."""

    def signature() -> tuple[str, str]:
        timestamp, signed = sign()
        return timestamp, unquote(signed)

    return signature


def _thread_headers(message: Message) -> dict[str, str]:
    """Return the headers that make a second copy the same mail, and one thread of one incident."""
    headers = {"Message-ID": f"<{_digest(message.key)}@fengsui>"}
    if message.code:
        thread = f"<incident-{_digest(message.code)}@fengsui>"
        headers |= {"In-Reply-To": thread, "References": thread}
    return headers


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _mentions(kind: str, mobiles: tuple[str, ...]) -> Callable[[bytes], bytes] | None:
    """Return what adds the @ list that Apprise's plugin does not know how to write."""
    if not mobiles or kind not in ("wecombot", "dingtalk"):
        return None

    def amend(data: bytes) -> bytes:
        payload = json.loads(data)
        if kind == "wecombot":
            payload["text"]["mentioned_mobile_list"] = list(mobiles)
        else:
            payload["at"]["atMobiles"] = [*payload["at"]["atMobiles"], *mobiles]
        return json.dumps(payload).encode()

    return amend


def _split_base(name: str, url: str) -> tuple[str, str]:
    """Return the address for Apprise and the host that stands in for the vendor's."""
    path, mark, query = url.partition("?")
    kept = [pair for pair in query.split("&") if pair and pair.partition("=")[0] not in _OURS]
    base = dict(parse_qsl(query)).get("base", "")
    parts = urlsplit(base)
    if base and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ChannelError(f"渠道「{name}」：base 要写成 http://主机:端口，请改正。")
    return path + (mark if kept else "") + "&".join(kept), base


def _plugin(name: str, address: str) -> Any:  # noqa: ANN401 - an Apprise plugin
    apprise = _apprise()
    asset = apprise.AppriseAsset(storage_mode="memory", secure_logging=True)
    plugin = apprise.Apprise.instantiate(_quoted(address), asset=asset)
    if plugin is None:
        raise ChannelError(_unreadable(name, address))
    return plugin


def _quoted(address: str) -> str:
    """Percent-encode what is not ASCII: Apprise reads it back, and its logs stay plain."""
    return quote(address, safe=re.sub(r"\s", "", "".join(map(chr, range(33, 127)))))


def _unreadable(name: str, address: str) -> str:
    schema, mark, _ = address.partition("://")
    if not mark or not re.fullmatch(r"[A-Za-z0-9]{1,20}", schema):
        return (
            f"渠道「{name}」的地址不是「类型://密钥」的形式，例如 wecombot://机器人密钥；"
            "密钥请写成 ${环境变量}。"
        )
    return (
        f"渠道「{name}」的 {schema}:// 地址读不懂：类型不存在，或密钥的格式不对，请对照手册改正。"
    )


def _one_recipient(name: str, kind: str, plugin: Any) -> None:  # noqa: ANN401 - an Apprise plugin
    """Refuse several recipients: one outcome could not tell who got the message and who did not."""
    copies = len(getattr(plugin, "cc", ())) + len(getattr(plugin, "bcc", ()))
    # 钉钉 and 企业微信 count the people to @ as targets, but send one request.
    several = kind not in ("dingtalk", "wechat") and len(plugin) > 1
    if several or copies:
        raise ChannelError(f"渠道「{name}」有多个接收人：请为每个接收人各写一个渠道。")
    if kind == "mail" and not plugin.targets:
        raise ChannelError(f"渠道「{name}」的收件地址不对，请写成 to=姓名@域名。")


def _apprise() -> Any:  # noqa: ANN401 - a module without types
    """Return Apprise, loaded with all its plugins when first needed: that takes half a second."""
    with _loading:
        return _load_apprise()


_loading = threading.Lock()


@functools.cache
def _load_apprise() -> Any:  # noqa: ANN401 - a module without types
    hush()
    with warnings.catch_warnings():
        # Its mail plugin imports a module that Python 3.13 drops; nobody here can act on that.
        warnings.simplefilter("ignore", DeprecationWarning)
        apprise = importlib.import_module("apprise")
        apprise.Apprise.instantiate("json://127.0.0.1")
    return apprise
