"""`fengsui silence`: keep YELLOW, or one incident up to ORANGE, from ringing until a named end."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Annotated

import typer

from monitor.app import App
from monitor.cli import show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ActorOption,
    ConfigOption,
    JsonOption,
    Refusal,
    actor,
    opened,
    print_json,
    viewer,
)
from monitor.cli.options import ReasonOption, brand_of
from monitor.cli.silence_words import facts, row, titles
from monitor.domain.mention import RISK_LABELS
from monitor.domain.silence import Scope
from monitor.domain.tier import Tier
from monitor.stations import silencing
from monitor.store import silences

_TIERS = {tier.key: tier for tier in Tier if tier}


def register(app: typer.Typer) -> None:
    """Add `silence` with its commands."""
    group = typer.Typer(help="静默：一段时间内不响，一定有尽头，红色除外", no_args_is_help=True)
    group.command("add")(add)
    group.command("list")(list_)
    group.command("end")(end)
    app.add_typer(group, name="silence")


def add(
    *,
    code: Annotated[
        str, typer.Option("--code", metavar="编号", help="只静默这一起事件", show_default=False)
    ] = "",
    brand: Annotated[
        str, typer.Option("--brand", metavar="品牌", help="静默这个品牌", show_default=False)
    ] = "",
    risk: Annotated[
        str,
        typer.Option(
            "--risk", metavar="类别", help="只静默品牌的这一类，如 收费与欺诈", show_default=False
        ),
    ] = "",
    source: Annotated[
        str,
        typer.Option(
            "--source", metavar="来源", help="静默这个来源的监测中断告警", show_default=False
        ),
    ] = "",
    tier: Annotated[
        str, typer.Option("--tier", metavar="级别", help="yellow，点名事件时也可以 orange")
    ] = "yellow",
    begin: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="时间",
            help="从什么时候起：20:00 或日期；不写就是现在",
            show_default=False,
        ),
    ] = "",
    length: Annotated[
        str, typer.Option("--for", metavar="时长", help="静默多久：2h、3d", show_default=False)
    ] = "",
    until: Annotated[
        str,
        typer.Option(
            "--until", metavar="时间", help="静默到什么时候：18:00 或日期", show_default=False
        ),
    ] = "",
    reason: ReasonOption = "",
    who: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """开始一次静默：到点自动结束，没人处理的到时再通知；红色照响。"""
    with opened(config) as app:
        by, now, zone = actor(app, who), app.clock(), app.settings.zone
        said = show.wording(reason)
        if not said:
            raise Refusal("静默要写理由（--reason）：周报会列出谁、为什么、静默了什么")
        scope = _scope(app, code, brand, risk, source)
        start = show.moment(begin, now, zone, ahead=True) if begin else now
        end_at = _end(length, until, start, app)
        planned = start if begin else None
        number = silencing.add(app, scope, _tier(tier), end_at, said, by, begin=planned)
        later = f"定在 {show.when(start, zone, now)} " if begin else ""
        show.say(f"第 {number} 条静默{later}开始，到 {show.when(end_at, zone, now)} 自动结束。")
        show.say(f"期间红色照响；提前结束：fengsui silence end {number}")


def _scope(app: App, code: str, brand: str, risk: str, source: str) -> Scope:
    if [bool(one.strip()) for one in (code, brand, source)].count(True) != 1:
        raise Refusal("静默什么？--code 编号、--brand 品牌、--source 来源，写其中一个")
    if risk and not brand:
        raise Refusal("--risk 要和 --brand 一起写：静默这个品牌的这一类")
    return Scope(
        code=code.strip().upper() or None,
        brand=brand_of(app, brand) if brand else None,
        risk=_risk(risk) if risk else None,
        source=_source(app, source) if source else None,
    )


def _risk(text: str) -> str:
    codes = {**{code: code for code in RISK_LABELS}, **{v: k for k, v in RISK_LABELS.items()}}
    return codes[_one_of(text.strip(), codes, "--risk", tuple(RISK_LABELS.values()))]


def _source(app: App, text: str) -> str:
    names = [one.name for one in app.settings.sources]
    return _one_of(text.strip(), names, "--source", names)


def _tier(text: str) -> Tier:
    return _TIERS[_one_of(text.strip().lower(), _TIERS, "--tier", ("yellow", "orange"))]


def _one_of(word: str, known: Collection[str], option: str, shown: Collection[str]) -> str:
    if word not in known:
        choice = "、".join(shown) or "（还没有）"
        raise Refusal(f"{option} 没有「{show.line(word, 30)}」；可用的：{choice}")
    return word


def _end(length: str, until: str, start: datetime, app: App) -> datetime:
    if bool(length) == bool(until):
        raise Refusal("静默到什么时候？--for 2h 或 --until 18:00，写一个：没有尽头的静默总会被忘掉")
    return show.moment(length or until, start, app.settings.zone, ahead=True)


def list_(
    *,
    everything: Annotated[bool, typer.Option("--all", help="连已结束的一起列出")] = False,
    as_json: JsonOption = False,
    who: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """列出静默：谁、为什么、静默什么、到什么时候、压下了哪些通知。"""
    with opened(config) as app, app.database.reading() as session:
        now = app.clock()
        found = silences.everything(session) if everything else silences.unfinished(session, now)
        seen = silencing.visible(app, session, found, viewer(app, who))
        rows = [facts(app, one, silences.held_by(session, one.id), now) for one in seen]
    if as_json:
        print_json(rows)
    elif rows:
        show.table(titles(), (row(app, one, now) for one in rows))
    else:
        show.say("还没有过静默。" if everything else "现在没有静默。", style="green")


def end(
    number: Annotated[
        int, typer.Argument(metavar="号", help="silence list 里的号", min=1, max=10**9)
    ],
    *,
    who: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """提前结束一次静默；没人处理的马上通知。"""
    with opened(config) as app:
        silencing.end(app, number, actor(app, who))
        with app.database.reading() as session:
            held = len(silences.held_by(session, number))
    show.say(f"第 {number} 条静默已结束，期间压下 {held} 条通知；没人处理的马上再发。")
