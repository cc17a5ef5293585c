"""`fengsui oncall show`: who is called first, who next, until when, and what is missing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.text import Text

from alerts.oncall import Level
from monitor.app import App
from monitor.cli import show
from monitor.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, opened, print_json
from monitor.rota import levels, who
from monitor.stations import notices

_DAY = timedelta(days=1)


def register(app: typer.Typer) -> None:
    """Add `oncall show`."""
    group = typer.Typer(help="值班：现在叫谁，下一个叫谁", no_args_is_help=True)
    group.command("show")(show_)
    group.callback()(_group)
    app.add_typer(group, name="oncall")


def _group() -> None:
    """值班：现在叫谁，下一个叫谁。"""


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
    with opened(config) as app:
        zone, now = app.settings.zone, app.clock()
        moment = show.moment(at, now, zone, ahead=True) if at else now
        rows, holes = duty(app, moment), gaps(app)
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
    people = notices.names(app, tuple(one["people"]))
    return (str(one["level"]), one["name"], people, f"{ends}（换班）" if one["swapped"] else ends)


def duty(app: App, at: datetime) -> list[dict[str, Any]]:
    """Who is on duty on each level at an instant, and when that changes next."""
    look = who(app.settings)
    rows = []
    for place, level in enumerate(levels(app.settings), 1):
        swaps = [one for one in app.settings.oncall.overrides if one.level == level.name]
        rows.append(
            {
                "level": place,
                "name": level.name,
                "people": list(look(place, at)),
                "swapped": any(one.begin <= at < one.end for one in swaps),
                "until": show.stamp(_until(app, place, level, at), app.settings.zone),
            }
        )
    return rows


def _until(app: App, place: int, level: Level, at: datetime) -> datetime | None:
    """The next instant at which somebody else is on duty; None if nothing is planned."""
    look, moments = who(app.settings), list(_hand_overs(level, at))
    for one in app.settings.oncall.overrides:
        moments += [one.begin, one.end] if one.level == level.name else []
    later = sorted(moment for moment in moments if moment > at)
    return next((one for one in later if look(place, one) != look(place, at)), None)


def _hand_overs(level: Level, at: datetime) -> list[datetime]:
    """The next change of shift of each person in turn; none for a level that does not rotate."""
    if not level.rotation_days:
        return []
    shift = level.rotation_days * _DAY
    local = at.astimezone(level.zone).replace(tzinfo=None)
    begin = datetime.combine(level.start, level.handover)
    first = begin + ((local - begin) // shift + 1) * shift
    return [
        (first + turn * shift).replace(tzinfo=level.zone) for turn in range(len(level.people) + 1)
    ]


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
