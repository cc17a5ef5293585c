"""`fengsui incidents ack` and its kin: each asks for one thing and says what is so now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from monitor.cli import incident_circle, incident_join
from monitor.cli.context import DEFAULT_CONFIG, ActorOption, ConfigOption
from monitor.cli.incident_ask import ask
from monitor.cli.options import CodeArgument, ReasonOption
from monitor.domain.command import Kind

TierOption = Annotated[
    str | None,
    typer.Option("--tier", metavar="级别", help="yellow、orange 或 red", show_default=False),
]
PersonOption = Annotated[str | None, typer.Option(metavar="人员编号", show_default=False)]


def register(group: typer.Typer) -> None:
    """Add every command that asks something of an incident."""
    for name, command in _COMMANDS.items():
        group.command(name)(command)


def ack(
    code: CodeArgument, *, actor: ActorOption = None, config: ConfigOption = DEFAULT_CONFIG
) -> None:
    """我来处理：停止呼叫，开始计时。"""
    ask(config, actor, code, Kind.ACK)


def take(
    code: CodeArgument,
    *,
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """从同事手里接过来，要写理由。"""
    ask(config, actor, code, Kind.TAKE, reason)


def confirm(
    code: CodeArgument,
    *,
    tier: TierOption = None,
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """署名确认级别，去掉「待核」；--tier 可以同时升级。"""
    ask(config, actor, code, Kind.CONFIRM_TIER, tier=tier)


def lower(
    code: CodeArgument,
    *,
    to: Annotated[
        str, typer.Option("--to", metavar="级别", help="orange、yellow 或 none", show_default=False)
    ] = "",
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """降一级；红色要总指挥在声明发布之后降。"""
    ask(config, actor, code, Kind.LOWER, reason, tier=to)


def assign(
    code: CodeArgument,
    *,
    commander: PersonOption = None,
    spokesperson: PersonOption = None,
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """指定总指挥（--commander）和唯一发言人（--spokesperson）。"""
    ask(config, actor, code, Kind.ASSIGN, commander=commander, spokesperson=spokesperson)


def touch(
    code: CodeArgument,
    *,
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """报告还在处理，接手时限重新计。"""
    ask(config, actor, code, Kind.TOUCH, reason)


def pass_on(
    code: CodeArgument,
    *,
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """转备班：我接不了，马上叫下一级。"""
    ask(config, actor, code, Kind.PASS, reason)


def review(
    code: CodeArgument,
    *,
    until: Annotated[
        str, typer.Option(metavar="时间", help="几点复核，24 小时之内", show_default=True)
    ] = "08:00",
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """疑似误报，早上复核：先不叫人，到点再叫；有新情况照样升级。"""
    ask(config, actor, code, Kind.REVIEW, reason, until=until)


def respond(
    code: CodeArgument,
    *,
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """开始处置，或从监测回到处置。"""
    ask(config, actor, code, Kind.RESPOND, reason)


def stabilise(
    code: CodeArgument,
    *,
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """转入监测：该做的做完了，接着看 72 小时。"""
    ask(config, actor, code, Kind.STABILISE, reason)


def resolve(
    code: CodeArgument,
    *,
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """平息，要写理由；红色要先降为橙色。"""
    ask(config, actor, code, Kind.RESOLVE, reason)


def close(
    code: CodeArgument,
    *,
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """结案，要写理由；结案后不再打开。"""
    ask(config, actor, code, Kind.CLOSE, reason)


def dismiss(
    code: CodeArgument,
    *,
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """排除误报，要写理由；红色要两个人。"""
    ask(config, actor, code, Kind.DISMISS, reason)


def reopen(
    code: CodeArgument,
    *,
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """结束后 72 小时内重新打开，要写理由。"""
    ask(config, actor, code, Kind.REOPEN, reason)


def pin(
    code: CodeArgument,
    *,
    tier: TierOption = None,
    until: Annotated[
        str,
        typer.Option(
            metavar="时间", help="到什么时候：6h、2d、08:00 或 2026-11-22 08:00", show_default=False
        ),
    ] = "",
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """钉住级别，到期之前不会自动降；要写到期时间和理由。"""
    ask(config, actor, code, Kind.PIN, reason, tier=tier, until=until)


def unpin(
    code: CodeArgument, *, actor: ActorOption = None, config: ConfigOption = DEFAULT_CONFIG
) -> None:
    """解除钉住，级别重新由系统判断。"""
    ask(config, actor, code, Kind.UNPIN)


def first_post(
    code: CodeArgument,
    *,
    at: Annotated[
        str,
        typer.Option("--at", metavar="时间", help="2026-11-22 08:00、08:00 或 6h（之前）"),
    ] = "",
    url: Annotated[str, typer.Option("--url", metavar="网址", help="首帖的网址")] = "",
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """记下首帖：公开的时钟从它发出的时候算起；只往前推，不往后挪。"""
    said = "，".join(one for one in (url.strip(), reason.strip()) if one)
    ask(config, actor, code, Kind.FIRST_POST, said, at=at)


_COMMANDS: dict[str, Callable[..., None]] = {
    "ack": ack,
    "take": take,
    "confirm": confirm,
    "assign": assign,
    "respond": respond,
    "touch": touch,
    "pass": pass_on,
    "review": review,
    "lower": lower,
    "pin": pin,
    "unpin": unpin,
    "stabilise": stabilise,
    "resolve": resolve,
    "close": close,
    "dismiss": dismiss,
    "reopen": reopen,
    "first-post": first_post,
    "merge": incident_join.merge,
    "split": incident_join.split,
    "restrict": incident_circle.restrict,
    "unrestrict": incident_circle.unrestrict,
}
