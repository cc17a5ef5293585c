"""Keeps the listening receivers of a running daemon in step with its configuration."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

from crawlers.connectors.base import Reading
from crawlers.receivers.hook import Hook, HookError
from crawlers.receivers.intake import items_of, outcome
from crawlers.receivers.kinds import CALLS_HOOK, listen_address
from crawlers.receivers.signature import SHORTEST_SECRET
from crawlers.system_errors import reason
from monitor.app import App, Hooks, Running
from monitor.config import SourceConfig
from monitor.stations import collect
from monitor.vault import VaultError

log = logging.getLogger("fengsui")


def tend_hooks(app: App, now: datetime) -> int:  # noqa: ARG001 - a step
    """Open what the configuration names and close what it no longer does; returns how many."""
    wanted = {
        one.name: (_address(one), one.credentials["secret"])
        for one in app.settings.sources
        if one.kind == CALLS_HOOK.kind and one.enabled
    }
    hooks, changed = app.hooks, 0
    hooks.app = app
    for name in [name for name, kept in hooks.running.items() if wanted.get(name) != kept.terms]:
        hooks.running.pop(name).hook.close()
        changed += 1
    hooks.troubles = {}
    for name in wanted.keys() - hooks.running.keys():
        changed += _open(app, name, *wanted[name])
    return changed


def _address(source: SourceConfig) -> tuple[str, int]:
    return listen_address("".join(source.options.get("listen", ())))


def _keep(hooks: Hooks, name: str, reading: Reading) -> dict[str, int]:
    if hooks.app is None:
        raise HookError("还没有准备好，请稍后重发")
    return keep(hooks.app, name, reading)


def _open(app: App, name: str, address: tuple[str, int], secret: str) -> bool:
    hooks = app.hooks
    if len(secret) < SHORTEST_SECRET:
        hooks.troubles[name] = f"签名密钥太短，至少 {SHORTEST_SECRET} 个字符；没有开始接收"
        return False
    try:
        hook = Hook(address, secret, partial(_keep, hooks, name), app.clock)
    except OSError as error:
        where = f"{address[0]}:{address[1]}"
        hooks.troubles[name] = (
            f"不能在 {where} 上接收（{reason(error)}）；换一个端口，或停掉占用它的程序"
        )
        return False
    hooks.running[name] = Running((address, secret), hook)
    log.info("来源「%s」在 %s:%s 上接收来电", name, address[0], hook.port)
    return True


def keep(app: App, name: str, reading: Reading) -> dict[str, int]:
    """Keep one delivery; committed when this returns. Raises HookError."""
    now = app.clock()
    source = next((one for one in app.settings.sources if one.name == name), None)
    if source is None:
        raise HookError("这个来源刚刚从配置里去掉了")
    items, bad = items_of(reading, now)
    done = outcome(items, {}, [])
    try:
        intake = app.database.repeat(
            lambda session: collect.finish(app, session, source, done, now)
        )
    except VaultError:
        log.exception("a delivery could not be sealed")
        raise HookError("现在不能保存，请稍后重发") from None
    return {
        "taken": intake.private,
        "again": intake.private_again,
        "refused": intake.refused,
        "bad": bad + len(intake.rejected),
    }
