"""`fengsui incidents`: the list and the history; the page and the commands stand beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.text import Text

from monitor.app import App
from monitor.cli import incident_commands, incident_open, incident_page, show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ActorOption,
    ConfigOption,
    JsonOption,
    opened,
    print_json,
    viewer,
)
from monitor.cli.incident_facts import Overview, overview
from monitor.cli.incident_words import history_row, holder, numbers, summary, transition
from monitor.cli.options import CodeArgument
from monitor.stations import obey
from monitor.stations.restriction import may_see, seen_by
from monitor.store import incidents as store


def register(app: typer.Typer) -> None:
    """Add `incidents` and everything under it."""
    group = typer.Typer(help="事件：查看、接手、处置、结案", no_args_is_help=True)
    group.command("list")(list_)
    group.command("show")(incident_page.show)
    group.command("history")(history)
    group.command("open")(incident_open.open_)
    incident_commands.register(group)
    app.add_typer(group, name="incidents")


def list_(
    *,
    everything: Annotated[bool, typer.Option("--all", help="连已结束的一起列出")] = False,
    as_json: JsonOption = False,
    who: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """列出事件，最要紧的在前。"""
    with opened(config) as app, app.database.reading() as session:
        now, person = app.clock(), viewer(app, who)
        listed = store.all_incidents(session, active=not everything, restricted=True)
        found = [one for one in listed if may_see(app.settings, one, person)]
        views = [overview(session, incident, now) for incident in found]
        if as_json:
            print_json([summary(app, one) for one in views])
        elif views:
            show.table(_TITLES, (_row(app, one, now) for one in views))
        else:
            show.say(_nothing(everything=everything), style="green")


_TITLES = ("编号", "级别\n状态", "品牌\n类别", "网帖\n首帖", "谁在处理\n下一时限")


def _nothing(*, everything: bool) -> str:
    if everything:
        return "还没有过事件。"
    return "现在没有要处理的事件。已结束的用 fengsui incidents list --all 查看。"


def _row(app: App, one: Overview, now: datetime) -> tuple[str | Text, ...]:
    incident, zone = one.incident, app.settings.zone
    tier = show.tier_words(incident.tier, confirmed=incident.tier_confirmed_by is not None)
    return (
        f"{incident.code}\n受限" if incident.restricted else incident.code,
        Text.assemble(tier, "\n", incident.lifecycle.label),
        f"{incident.brand}\n{one.risk_label}",
        f"{numbers(one)}\n{show.when(incident.first_public_at, zone, now)}",
        Text.assemble(holder(app, one), "\n", _quiet(app, one, now) or _next(app, one, now)),
    )


def _quiet(app: App, one: Overview, now: datetime) -> Text | None:
    """Why nobody is called for it; it stays in the list all the same."""
    if one.silence is not None:
        return Text(f"静默到 {show.when(one.silence.end, app.settings.zone, now)}", style="dim")
    return Text(f"红色 {one.muted_by} 期间不呼叫", style="dim") if one.muted_by else None


def _next(app: App, one: Overview, now: datetime) -> Text:
    if one.next is None:
        return Text("—")
    late = one.next.at < now
    at = show.when(one.next.at, app.settings.zone, now)
    by = f"{at} 已超 {show.span(now - one.next.at)}：" if late else f"{at} 前 "
    return Text(f"{by}{one.next.what}", style=show.LATE if late else "")


def history(
    code: CodeArgument,
    *,
    as_json: JsonOption = False,
    who: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """列出一个事件从头到尾的每一次变化。"""
    with opened(config) as app, app.database.reading() as session:
        sees = seen_by(app.settings, viewer(app, who))
        incident, now = obey.find(session, code, sees), app.clock()
        lines = store.history(session, incident.id)
        if as_json:
            print_json([transition(app, one) for one in lines])
            return
        rows = (history_row(app, one, now) for one in lines)
        show.table(("时间", "谁", "做了什么", "级别", "状态", "说明"), rows)
