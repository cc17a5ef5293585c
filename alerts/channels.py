"""Send one message over one channel: Apprise does the transport, the answer's body is judged.

The only module that knows Apprise. A plugin is asked directly, without Apprise's dispatcher, so
none of its retries, waits, splitting and time-outs run: what is due again is the outbox's decision.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from alerts.addresses import ChannelError, apprise, one_recipient, plugin_of, split_own
from alerts.answer_words import BY_MAIL
from alerts.app_cards import APPS, read_app, send_card
from alerts.mail_answers import judge_mail
from alerts.message import Delivery, Status
from alerts.payloads import amended, filled, webhook_headers
from alerts.refusals import judge, judge_gateway, unanswered
from alerts.text import LIMITS, fit_lines
from alerts.wire import Exchange, WatchedRequests, WatchedSmtplib, watching

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
_CONNECTION_WAIT = 30.0
"""Seconds until a host that could not be reached is worth another try: a restart of a gateway."""
_SMTP_MODULE = "apprise.plugins.email.smtp"


@dataclass(frozen=True, slots=True)
class Gateway:
    """How an SMS or voice gateway wants to be asked, and how it says yes.

    `body` is its JSON with {mobile}, {text}, {title} and {code} in its texts; `field` (dots go
    inside) must equal `equals` in the answer; without a field every 2xx counts.
    """

    body: Mapping[str, Any]
    field: str = ""
    equals: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """One address that a message can be sent to; `url` holds secrets and is never shown."""

    name: str
    url: str
    kind: str
    group: bool = False
    gateway: Gateway | None = None

    def __repr__(self) -> str:
        return f"Channel(name={self.name!r}, kind={self.kind!r}, group={self.group!r})"


def parse_channel(
    name: str, url: str, *, group: bool = False, gateway: Gateway | None = None
) -> Channel:
    """Return the channel at an Apprise address, or raise ChannelError.

    `?base=http://127.0.0.1:8080` sends to that host in place of the vendor's own; `?sign=` is the
    secret of a 飞书 robot with 签名校验, or of a webhook whose receiver checks signatures.
    """
    schema = url.partition("://")[0].lower()
    if schema in APPS:
        if gateway is not None:
            raise ChannelError(f"渠道「{name}」：gateway 只用于 json:// 或 jsons:// 地址，请改正。")
        read_app(name, url)
        return Channel(name=name, url=url, kind=schema, group=group)
    kind = _KINDS.get(schema, "webhook")
    address, base, sign = split_own(name, url)
    if sign and kind not in ("feishu", "lark", "webhook"):
        raise ChannelError(f"渠道「{name}」：sign 参数只用于飞书、Lark 和通用接口，请去掉。")
    if gateway is not None and not schema.startswith("json"):
        raise ChannelError(f"渠道「{name}」：gateway 只用于 json:// 或 jsons:// 地址，请改正。")
    if base and kind == "mail":
        raise ChannelError(
            f"渠道「{name}」：邮件地址不用 base 参数，请直接写邮件服务器的主机和端口。"
        )
    one_recipient(name, kind, plugin_of(name, address))
    return Channel(name=name, url=url, kind=kind, group=group, gateway=gateway)


_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


def send(
    channel: Channel, message: Message, timeout: float = 15, *, now: datetime = _NO_TIME
) -> Delivery:
    """Send once and return what became of it; `timeout` is in seconds for connecting and reading.

    A text beyond the channel's limit in bytes gives way to the short one. `now` dates signatures.
    Raises ChannelError for an unusable address.
    """
    if channel.kind in APPS:
        app = read_app(channel.name, channel.url)
        return send_card(app, message, _fitting(channel, message), timeout)
    address, base, sign = split_own(channel.name, channel.url)
    plugin = plugin_of(channel.name, address)
    _prepare(plugin, channel, message, timeout)
    exchange = Exchange(
        timeout=timeout,
        base=base,
        amend=_amend(channel, message, sign, now),
        sign=_sign(channel, message, sign, now),
    )
    with watching(exchange):
        said_yes = _notify(plugin, channel, message)
    if channel.kind == "mail":
        return judge_mail(exchange)
    return _judge_http(channel, exchange, said_yes=said_yes)


def _notify(plugin: Any, channel: Channel, message: Message) -> bool:  # noqa: ANN401 - Apprise
    library = apprise()
    title = _titled(channel, message) if channel.kind in _TITLED else ""
    body = _fitting(channel, message)
    try:
        return bool(plugin.notify(body=body, title=title, body_format=library.NotifyFormat.TEXT))
    except library.exception.AppriseException:
        return False


def _titled(channel: Channel, message: Message) -> str:
    """The subject; a mail's carries the token too, since some servers write Message-IDs anew."""
    mark = f"〔{message.token}〕" if channel.kind == "mail" and message.token else ""
    return _marked(message.subject, message) + mark


def _fitting(channel: Channel, message: Message) -> str:
    """Return the whole text if the channel takes it, else its first whole lines."""
    text = _marked(message.body, message)
    if channel.kind == "mail" and message.token:
        first, _, rest = text.partition("\n")
        text = f"{first}\n{BY_MAIL}\n{rest}"
    return fit_lines(text, LIMITS[channel.kind], message.code)


def _marked(text: str, message: Message) -> str:
    return f"【可能重复】{text}" if message.maybe_duplicate else text


def _judge_http(channel: Channel, exchange: Exchange, *, said_yes: bool) -> Delivery:
    if exchange.http_status is not None:
        rule = channel.gateway
        if rule is not None and rule.field:
            return judge_gateway(rule.field, rule.equals, exchange.http_status, exchange.body)
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
    headers = {
        "Message-ID": f"<{message.token or _digest(message.key)}@fengsui>",
        # RFC 3834 §5: asks programs of absence to keep quiet instead of answering.
        "Auto-Submitted": "auto-generated",
    }
    if message.code:
        thread = f"<incident-{_digest(message.code)}@fengsui>"
        headers |= {"In-Reply-To": thread, "References": thread}
    return headers


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _amend(
    channel: Channel, message: Message, sign: str, now: datetime
) -> Callable[[bytes], bytes]:
    """Return what writes what Apprise's plugin cannot: cards, @ lists, a gateway's own JSON."""
    text = _fitting(channel, message)
    if channel.gateway is not None:
        template = channel.gateway.body
        return lambda _: filled(template, message, text)
    return lambda data: amended(channel.kind, data, message, text, sign, now)


def _sign(
    channel: Channel, message: Message, sign: str, now: datetime
) -> Callable[[bytes], dict[str, str]] | None:
    if channel.kind != "webhook" or not sign:
        return None
    return lambda body: webhook_headers(message.key, body, sign, now)
