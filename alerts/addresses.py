"""Read a channel's address: what is Apprise's, what is ours, and which plugin it means."""

from __future__ import annotations

import functools
import importlib
import re
import threading
import warnings
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from alerts.wire import hush

# Parameters that Apprise never sees: ours, and those that would repeat, cut or excuse a message.
_OURS = frozenset({"base", "sign", "retry", "wait", "overflow", "optional", "emojis"})


class ChannelError(ValueError):
    """An address that cannot be used; the sentence is Chinese and shows no secret."""


def split_own(name: str, url: str) -> tuple[str, str, str]:
    """Return the address for Apprise, the host in the vendor's place, and the signing secret."""
    path, mark, query = url.partition("?")
    kept = [pair for pair in query.split("&") if pair and pair.partition("=")[0] not in _OURS]
    own = dict(parse_qsl(query))
    base = own.get("base", "")
    parts = urlsplit(base)
    if base and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ChannelError(f"渠道「{name}」：base 要写成 http://主机:端口，请改正。")
    return path + (mark if kept else "") + "&".join(kept), base, own.get("sign", "")


def plugin_of(name: str, address: str) -> Any:  # noqa: ANN401 - an Apprise plugin
    """Return Apprise's plugin for an address, or raise ChannelError."""
    library = apprise()
    asset = library.AppriseAsset(storage_mode="memory", secure_logging=True)
    plugin = library.Apprise.instantiate(_quoted(address), asset=asset)
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


def one_recipient(name: str, kind: str, plugin: Any) -> None:  # noqa: ANN401 - an Apprise plugin
    """Refuse several recipients: one outcome could not tell who got the message and who did not."""
    copies = len(getattr(plugin, "cc", ())) + len(getattr(plugin, "bcc", ()))
    # 钉钉 and 企业微信 count the people to @ as targets, but send one request.
    several = kind not in ("dingtalk", "wechat") and len(plugin) > 1
    if several or copies:
        raise ChannelError(f"渠道「{name}」有多个接收人：请为每个接收人各写一个渠道。")
    if kind == "mail" and not plugin.targets:
        raise ChannelError(f"渠道「{name}」的收件地址不对，请写成 to=姓名@域名。")


def apprise() -> Any:  # noqa: ANN401 - a module without types
    """Return Apprise, loaded with all its plugins when first needed: that takes half a second."""
    with _loading:
        return _loadapprise()


_loading = threading.Lock()


@functools.cache
def _loadapprise() -> Any:  # noqa: ANN401 - a module without types
    hush()
    with warnings.catch_warnings():
        # Its mail plugin imports a module that Python 3.13 drops; nobody here can act on that.
        warnings.simplefilter("ignore", DeprecationWarning)
        apprise = importlib.import_module("apprise")
        apprise.Apprise.instantiate("json://127.0.0.1")
    return apprise
