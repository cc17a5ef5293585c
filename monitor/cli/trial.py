"""`fengsui trial`: what the trial week would have sent to whom, and the step to real duty."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

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
)
from monitor.config import warnings
from monitor.stations import golive
from monitor.stations.trial import Summary, sentences, summary
from monitor.store import incidents, trials
from monitor.store.first_week_schema import TrialRow

NONE = (
    "没有试运行：消息直接发给值班的人。要试运行，在 fengsui.yaml 里写上 "
    "trial: {owner: 编号, until: 年-月-日}"
)


def register(app: typer.Typer) -> None:
    """Add `trial status|end`."""
    group = typer.Typer(help="试运行：消息只发给负责人，看够了再转正", no_args_is_help=True)
    group.command("status")(status)
    group.command("end")(end)
    app.add_typer(group, name="trial")


def status(*, as_json: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """显示试运行到哪天、本来会给谁发多少条、夜里会叫醒谁几次、误报几起。"""
    with opened(config) as app, app.database.reading() as session:
        trial = trials.last(session)
        told = summary(app, session, trial) if trial else None
        if as_json:
            print_json(_plain(app, trial, told))
        elif trial is None or told is None:
            show.say(NONE)
        else:
            show.say(_state(app, trial), style="bold")
            _tell(told)


def _plain(app: App, trial: TrialRow | None, told: Summary | None) -> dict[str, Any]:
    if trial is None or told is None:
        return {"trial": None}
    zone = app.settings.zone
    return {
        "trial": {
            "owner": trial.owner,
            "started_at": show.stamp(trial.started_at, zone),
            "until": show.stamp(trial.until, zone),
            "ended_at": show.stamp(trial.ended_at, zone),
            "ended_by": trial.ended_by,
            "running": trial.ended_at is None,
        },
        "messages": told.messages,
        "night_calls": told.night,
        "incidents": told.incidents,
        "false_alarms": told.false_alarms,
    }


def _state(app: App, trial: TrialRow) -> str:
    zone, now = app.settings.zone, app.clock()
    begun, owner = show.when(trial.started_at, zone, now), trial.names.get(trial.owner, trial.owner)
    if trial.ended_at is not None:
        return f"试运行已结束（{begun} 到 {show.when(trial.ended_at, zone, now)}），消息正常发出"
    until = show.when(trial.until, zone, now)
    over = "；已到期，等人结束" if now >= trial.until else ""
    return f"试运行中：{begun} 起，到 {until}，消息只发给{owner}{over}"


def _tell(told: Summary) -> None:
    for line in sentences(told):
        show.say(f"  {line}")


def _prove(app: App, session: Session, person: str, reason: str) -> None:
    """Refuse to go live while anybody might sleep through a RED, unless somebody answers for it."""
    lacking = golive.missing(app, session)
    if not lacking:
        return
    if not reason:
        listed = "".join(f"\n  · {one}" for one in lacking)
        raise Refusal(
            f"还不能转正，缺这些：{listed}\n"
            '情况紧急、来不及补：fengsui trial end --go-live --without-drill "理由"'
        )
    golive.waive(session, person, reason, lacking, app.clock())
    for one in lacking:
        show.say(f"还欠：{one}", style="yellow")


def end(
    *,
    go_live: Annotated[
        bool, typer.Option("--go-live", help="写明要转正：从下一条消息起真的通知大家")
    ] = False,
    without_drill: Annotated[
        str,
        typer.Option(
            "--without-drill",
            metavar="理由",
            help="试呼、演练没做全也转正，写明理由；会记下来，补齐之前 status 一直提醒",
            show_default=False,
        ),
    ] = "",
    who: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """结束试运行，转为正式值班；每个值班的人都确认过试呼、演练过一场，才转得成。"""
    with opened(config) as app, app.database.transaction() as session:
        trial = trials.running(session)
        if trial is None:
            raise Refusal(NONE if trials.last(session) is None else "试运行已经结束了，不用再结束")
        person = actor(app, who)
        if not go_live:
            _tell(summary(app, session, trial))
            raise Refusal(
                "还在试运行。结束以后，夜里的红色告警会真的叫醒值班的人；"
                "想好了就运行 fengsui trial end --go-live"
            )
        _prove(app, session, person, show.wording(without_drill))
        trials.end(session, trial, person, app.clock())
        _tell(summary(app, session, trial))
        still_open = len(incidents.all_incidents(session, active=True))
    show.say("✓ 试运行已结束，从下一条消息起正常通知值班的人。", style="green")
    if still_open:
        show.say(f"还有 {still_open} 起事件没有结束，它们后面的呼叫会真的发出。", style="yellow")
    for sentence in warnings(app.settings):
        show.say(f"提醒：{sentence}", style="yellow")
    show.say("fengsui.yaml 里的 trial 一段可以删掉；留着也不会再起作用，除非把 until 改晚。")
