"""`fengsui oncall show`: who is called first, who next, until when, and what is missing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.text import Text

from monitor.app import App
from monitor.cli import oncall_handover, oncall_swap, show
from monitor.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, opened, print_json
from monitor.rota import Rota, rota
from monitor.stations import notices, rota_watch

_YEAR = timedelta(days=366)


def register(app: typer.Typer) -> None:
    """Add `oncall` with all its commands."""
    group = typer.Typer(help="值班：现在叫谁，换班，交接", no_args_is_help=True)
    group.command("show")(show_)
    oncall_swap.register(group)
    oncall_handover.register(group)
    group.callback()(_group)
    app.add_typer(group, name="oncall")


def _group() -> None:
    """值班：现在叫谁，换班，交接。"""


def show_(
    *,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="时间", help="看那时谁值班：02:00、6h 或 2026-11-22 02:00"),
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """显示呼叫顺序：每一级是谁、到什么时候、哪里有空缺。"""
    with opened(config) as app, app.database.reading() as session:
        zone, now = app.settings.zone, app.clock()
        moment = show.moment(at, now, zone, ahead=True) if at else now
        look = rota(app.settings, session)
        rows, holes = (
            duty(app, look, moment),
            [*gaps(app), *(rota_watch.words(app, one) for one in rota_watch.holes(look, now))],
        )
        if as_json:
            print_json({"at": show.stamp(moment, zone), "levels": rows, "gaps": holes})
            return
        show.say(f"{show.when(moment, zone, now)} 的呼叫顺序")
        if rows:
            show.table(("级", "名称", "叫谁", "到什么时候"), (_row(app, one, now) for one in rows))
        for hole in holes:
            show.say(f"空缺：{hole}", style=show.LATE)


def _row(app: App, one: dict[str, Any], now: datetime) -> tuple[str | Text, ...]:
    until = datetime.fromisoformat(one["until"]) if one["until"] else None
    ends = show.when(until, app.settings.zone, now) if until else "一直"
    people = notices.names(app, tuple(one["people"])) or Text("没有人", style=show.LATE)
    why = "（换班）" if one["swapped"] else "（交接未完）" if one["handing_over"] else ""
    return (str(one["level"]), one["name"], people, f"{ends}{why}")


def duty(app: App, look: Rota, at: datetime) -> list[dict[str, Any]]:
    """Who is called on each level at an instant, and when that changes next."""
    rows = []
    for place, level in enumerate(look.levels, 1):
        swaps = [one for one in look.swaps if one.level == level.name]
        later = look.turns(place, at, at + _YEAR)
        rows.append(
            {
                "level": place,
                "name": level.name,
                "people": list(look(place, at)),
                "swapped": any(one.begin <= at < one.end for one in swaps),
                "handing_over": look(place, at) != look.planned(place, at),
                "until": show.stamp(later[0] if later else None, app.settings.zone),
            }
        )
    return rows


def gaps(app: App) -> list[str]:
    """What is missing so that somebody is reached at any hour."""
    settings = app.settings
    holes = []
    if not settings.oncall.levels:
        holes.append("没有排值班表，出了事没有人会被叫到：请在 fengsui.yaml 里写 oncall.levels")
    people = {one.id: one for one in settings.people}
    called = {number for level in settings.oncall.levels for number in level.people}
    called |= {one.person for one in settings.oncall.overrides}
    for number in sorted(called):
        if number in people and not people[number].channels:
            name = people[number].name
            holes.append(f"{name}（{number}）没有渠道，叫不到：请在 people 里给他写上 channels")
    if not settings.operator_channels:
        holes.append("没有运维渠道，发送失败和监测中断没人知道：请写 operator_channels")
    return holes
