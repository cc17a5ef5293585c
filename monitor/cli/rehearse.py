"""`fengsui rehearse`: whom the last weeks would have woken, for what, and what would spare them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from monitor.app import App
from monitor.cli import rehearsing, show
from monitor.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, opened, print_json
from monitor.cli.policy_files import FileOption, policy_from
from monitor.cli.remedies import remedy
from monitor.domain.tier import Tier
from monitor.rehearsal.alert import Alert
from monitor.rehearsal.causes import Cause, causes
from monitor.stations.notices import names

LISTED = 30  # alerts on the terminal; --json has them all
Words = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude", metavar="词", help="当作排除词再算一遍，可写多次", show_default=False
    ),
]
Rules = Annotated[
    list[str] | None,
    typer.Option("--without-rule", metavar="名称", help="去掉这条关注规则再算", show_default=False),
]
Sources = Annotated[
    list[str] | None,
    typer.Option("--without-source", metavar="名称", help="去掉这个来源再算", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("rehearse")(rehearse)


def rehearse(
    *,
    since: Annotated[
        str, typer.Option("--since", metavar="时间", help="从什么时候起：30d、90d，或一个日期")
    ] = "30d",
    exclude: Words = None,
    without_rule: Rules = None,
    without_source: Sources = None,
    policy: FileOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """过去 30 天会叫醒谁几次、为什么，去掉哪个词、规则或来源能少几次。只读，不改数据。"""
    tried = bool(exclude or without_rule or without_source)
    with opened(config) as app, rehearsing.progress(as_json) as bar:
        wanted = policy_from(policy) if policy else None
        settings = rehearsing.without(app.settings, exclude or [], without_rule or [])
        history, begin = rehearsing.past(app, since)
        full = rehearsing.rehearsed(app, history, begin, bar, policy=wanted)
        less = None
        if tried:
            left = rehearsing.without_sources(history, without_source or [])
            less = rehearsing.rehearsed(
                app, left, begin, bar, title="去掉以后", policy=wanted, settings=settings
            )
        bar.stop()
        found = causes(full.alerts, full.others)
        if as_json:
            print_json(_plain(app, config, begin, full, less, found))
        else:
            _print(app, config, begin, full, less, found)


def _plain(
    app: App,
    config: Path,
    begin: datetime,
    full: rehearsing.Rehearsed,
    less: rehearsing.Rehearsed | None,
    found: tuple[Cause, ...],
) -> dict[str, Any]:
    return {
        "since": begin.astimezone(app.settings.zone).isoformat(),
        "mentions": full.mentions,
        "read_anew": full.fresh,
        "calls": _sum(full.alerts),
        "people": {person: _sum(ours) for person, ours in _by_person(full.alerts)},
        "alerts": [one.to_json() for one in full.alerts],
        "causes": [_cause(config, app, one) for one in found],
        "remaining": None
        if less is None
        else {"calls": _sum(less.alerts), "alerts": [one.to_json() for one in less.alerts]},
    }


def _sum(alerts: tuple[Alert, ...] | list[Alert]) -> dict[str, int]:
    tiers = Counter(one.tier.key for one in alerts)
    return {"all": len(alerts), "night": sum(one.night for one in alerts), **tiers}


def _by_person(alerts: tuple[Alert, ...]) -> list[tuple[str, list[Alert]]]:
    called: dict[str, list[Alert]] = {}
    for one in alerts:
        for person in one.people:
            called.setdefault(person, []).append(one)
    return sorted(called.items(), key=lambda pair: (-len(pair[1]), pair[0]))


def _cause(config: Path, app: App, one: Cause) -> dict[str, Any]:
    change, trial = remedy(config, app.settings, one)
    return {
        "kind": one.kind,
        "what": one.what,
        "brand": one.brand,
        "alerts": len(one.alerts),
        "night": one.nights,
        "lost": one.lost,
        "change": change,
        "try": trial,
    }


def _print(
    app: App,
    config: Path,
    begin: datetime,
    full: rehearsing.Rehearsed,
    less: rehearsing.Rehearsed | None,
    found: tuple[Cause, ...],
) -> None:
    zone, now = app.settings.zone, app.clock()
    show.say(
        f"{show.when(begin, zone, now)} 到现在，{full.mentions} 条提及，按现在的配置和策略重放："
    )
    _counts(full.alerts)
    for person, ours in _by_person(full.alerts):
        night = sum(one.night for one in ours)
        show.bullet(f"{names(app, (person,))}：{len(ours)} 次，其中夜里 {night} 次")
    if any(not one.people for one in full.alerts):
        show.bullet("有的时候没有人值班：那几次谁也叫不到（fengsui oncall show）", lead="  ")
    if full.fresh:
        show.bullet(f"有 {full.fresh} 段文字以前没读过（配置改了），这次由模型现读。")
    if full.alerts:
        table(app, full.alerts, zone, now)
        _causes(app, config, found)
    if less is not None:
        _remaining(app, full, less, zone, now)
    show.say("只算第一遍呼叫：当时有人接手、排除、降级，或来源看不到，这里都没有算。", style="dim")


def _counts(alerts: tuple[Alert, ...]) -> None:
    night = sum(one.night for one in alerts)
    tiers = Counter(one.tier for one in alerts)
    each = "、".join(f"{tier.label} {tiers[tier]}" for tier in sorted(tiers, reverse=True))
    style = "bold" if alerts else "green"
    show.say(
        f"会叫人 {len(alerts)} 次，其中夜里 {night} 次{f'（{each}）' if each else ''}", style=style
    )


def table(app: App, alerts: tuple[Alert, ...], zone: tzinfo, now: datetime) -> None:
    """Each alert: when it rings, how loud, whom, and why."""
    show.say("")
    show.table(
        ("响铃", "级别", "品牌\n叫谁", "话题（未核实）\n为什么"),
        (_row(app, one, zone, now) for one in alerts[:LISTED]),
    )
    if len(alerts) > LISTED:
        show.bullet(f"还有 {len(alerts) - LISTED} 次，用 --json 看全部")


def _row(app: App, one: Alert, zone: tzinfo, now: datetime) -> tuple[str | Text, ...]:
    at = show.when(one.rings_at, zone, now)
    return (
        Text(f"{at} 夜" if one.night else at, style=show.LATE if one.night else ""),
        Text(one.tier.label, style=show.TIER_STYLES[one.tier]),
        f"{one.brand}\n{names(app, one.people) or '没有人'}",
        f"{show.line(one.topic, 40)}\n{show.line(one.reason, 120)}",
    )


def _causes(app: App, config: Path, found: tuple[Cause, ...]) -> None:
    if not found:
        show.heading("没有哪一个词、规则或来源能一步去掉几次")
        return
    show.heading("最吵的来由，和能去掉它的一步")
    for place, one in enumerate(found, 1):
        change, trial = remedy(config, app.settings, one)
        price = f"，会同时看不到另外 {one.lost} 条提及" if one.lost else ""
        loud = f"{len(one.alerts)} 次（夜里 {one.nights} 次）"
        show.bullet(f"{_KINDS[one.kind]}「{show.line(one.what, 40)}」：{loud}", lead=f"{place}. ")
        show.bullet(f"改法：{change}{price}", lead="   ")
        if any(alert.tier >= Tier.ORANGE for alert in one.alerts):
            show.bullet("其中有橙色或红色：先看原文，确认说的不是我们，再排除", lead="   ")
        show.bullet(f"先试：{trial}", lead="   ")


_KINDS = {"word": "更长的词", "rule": "关注规则", "source": "来源"}


def _remaining(
    app: App,
    full: rehearsing.Rehearsed,
    less: rehearsing.Rehearsed,
    zone: tzinfo,
    now: datetime,
) -> None:
    show.heading("去掉以后")
    _counts(less.alerts)
    show.bullet(
        f"少了 {full.mentions - less.mentions} 条提及、{len(full.alerts) - len(less.alerts)} 次呼叫"
    )
    if less.alerts:
        table(app, less.alerts, zone, now)
