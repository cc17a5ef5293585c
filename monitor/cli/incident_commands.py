"""`fengsui incidents ack` and its kin: each asks for one thing and says what is so now."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.app import App
from monitor.cli import show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ActorOption,
    ConfigOption,
    Refusal,
    actor,
    opened,
)
from monitor.cli.incident_confirm import report
from monitor.cli.options import CodeArgument, ReasonOption
from monitor.domain.command import Command, Kind
from monitor.stations import obey

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
    _ask(config, actor, code, Kind.ACK)


def take(
    code: CodeArgument,
    *,
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """从同事手里接过来，要写理由。"""
    _ask(config, actor, code, Kind.TAKE, reason)


def confirm(
    code: CodeArgument,
    *,
    tier: TierOption = None,
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """署名确认级别，去掉「待核」；--tier 可以同时升级。"""
    _ask(config, actor, code, Kind.CONFIRM_TIER, tier=tier)


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
    _ask(config, actor, code, Kind.LOWER, reason, tier=to)


def assign(
    code: CodeArgument,
    *,
    commander: PersonOption = None,
    spokesperson: PersonOption = None,
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """指定总指挥（--commander）和唯一发言人（--spokesperson）。"""
    _ask(config, actor, code, Kind.ASSIGN, commander=commander, spokesperson=spokesperson)


def touch(
    code: CodeArgument,
    *,
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """报告还在处理，接手时限重新计。"""
    _ask(config, actor, code, Kind.TOUCH, reason)


def pass_on(
    code: CodeArgument,
    *,
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """转备班：我接不了，马上叫下一级。"""
    _ask(config, actor, code, Kind.PASS, reason)


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
    _ask(config, actor, code, Kind.REVIEW, reason, until=until)


def respond(
    code: CodeArgument,
    *,
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """开始处置，或从监测回到处置。"""
    _ask(config, actor, code, Kind.RESPOND, reason)


def stabilise(
    code: CodeArgument,
    *,
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """转入监测：该做的做完了，接着看 72 小时。"""
    _ask(config, actor, code, Kind.STABILISE, reason)


def resolve(
    code: CodeArgument,
    *,
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """平息，要写理由；红色要先降为橙色。"""
    _ask(config, actor, code, Kind.RESOLVE, reason)


def close(
    code: CodeArgument,
    *,
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """结案，要写理由；结案后不再打开。"""
    _ask(config, actor, code, Kind.CLOSE, reason)


def dismiss(
    code: CodeArgument,
    *,
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """排除误报，要写理由；红色要两个人。"""
    _ask(config, actor, code, Kind.DISMISS, reason)


def reopen(
    code: CodeArgument,
    *,
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """结束后 72 小时内重新打开，要写理由。"""
    _ask(config, actor, code, Kind.REOPEN, reason)


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
    _ask(config, actor, code, Kind.PIN, reason, tier=tier, until=until)


def unpin(
    code: CodeArgument, *, actor: ActorOption = None, config: ConfigOption = DEFAULT_CONFIG
) -> None:
    """解除钉住，级别重新由系统判断。"""
    _ask(config, actor, code, Kind.UNPIN)


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
    _ask(config, actor, code, Kind.FIRST_POST, said, at=at)


_COMMANDS = {
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
}


def _ask(
    config: Path,
    wanted: str | None,
    code: str,
    kind: Kind,
    reason: str = "",
    **args: str | None,
) -> None:
    """Carry out one wish and print what is so now."""
    with opened(config) as app:
        person = actor(app, wanted)
        given = {key: _value(app, key, text) for key, text in args.items() if text is not None}
        wish = Command(
            id=obey.new_id(),
            kind=kind,
            actor=person,
            at=app.clock(),
            reason=show.wording(reason),
            args=given,
        )
        report(app, kind, obey.perform(app, code, wish))


def _value(app: App, key: str, text: str) -> str:
    """Check what only the configuration and the clock know: people, and times as people type."""
    if key == "until" and text.strip():
        return show.moment(text, app.clock(), app.settings.zone, ahead=True).isoformat()
    if key == "at" and text.strip():
        return show.moment(text, app.clock(), app.settings.zone, ahead=False).isoformat()
    if key in ("commander", "spokesperson"):
        return _known(app, text.strip())
    return text


def _known(app: App, person: str) -> str:
    ids = [one.id for one in app.settings.people]
    if person in ids:
        return person
    choice = "、".join(f"{one.id}（{one.name}）" for one in app.settings.people)
    raise Refusal(
        f"people 里没有「{show.line(person, 30)}」；可用的编号：{choice or '（名单是空的）'}"
    )
