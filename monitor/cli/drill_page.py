"""How drills look: the list, and one drill with its score."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from monitor.app import App
from monitor.cli import show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    Refusal,
    opened,
    print_json,
)
from monitor.store import drills
from monitor.store.first_week_schema import DrillRow

STATES = {"running": "进行中", "paused": "停在半路", "done": "演完", "aborted": "放弃"}


def list_(*, as_json: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """列出演过的每一场和得分，新的在前。"""
    with opened(config) as app, app.database.reading() as session:
        rows, now = drills.newest(session), app.clock()
        if as_json:
            print_json([plain(app, one) for one in rows])
            return
        if not rows:
            show.say("还没有演练过。开始一场：fengsui drill --scenario misdiagnosis")
            return
        titles = ("场次", "时间", "剧本", "谁应答", "状态", "得分")
        zone = app.settings.zone
        show.table(
            titles,
            (
                (
                    str(one.id),
                    show.when(one.started_at, zone, now),
                    one.title,
                    _players(one),
                    STATES[one.status],
                    _points(one),
                )
                for one in rows
            ),
        )


def show_(
    number: Annotated[
        str, typer.Argument(metavar="场次", help="见 drill list", show_default=False)
    ],
    *,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """看一场演练的得分：接手、升级、步骤、声明。"""
    wanted = show.number(number, "用 fengsui drill list 查看")
    with opened(config) as app, app.database.reading() as session:
        row = session.get(DrillRow, wanted)
        if row is None:
            raise Refusal(f"没有第 {wanted} 场演练；用 fengsui drill list 查看")
        if as_json:
            print_json(plain(app, row))
        else:
            tell(app, row)


def plain(app: App, row: DrillRow) -> dict[str, Any]:
    """A drill as `--json` prints it."""
    zone = app.settings.zone
    return {
        "number": row.id,
        "scenario": row.scenario,
        "title": row.title,
        "auto": row.auto,
        "live": row.live,
        "status": row.status,
        "started_at": show.stamp(row.started_at, zone),
        "ended_at": show.stamp(row.ended_at, zone),
        "started_by": row.started_by,
        "score": row.score or None,
    }


def tell(app: App, row: DrillRow) -> None:
    """Say how one drill went."""
    show.heading(f"第 {row.id} 场演练：{row.title}（{_players(row)}，{STATES[row.status]}）")
    for sentence in sentences(app, row):
        show.say(f"  {sentence}")


def sentences(app: App, row: DrillRow) -> list[str]:
    """The score in Chinese, a line each."""
    score = row.score
    if not score:
        return ["没有得分：没有演完。"]
    names = {one.id: one.name for one in app.settings.people}
    late = "、".join(score["steps_late"])
    signed = "、".join(names.get(one, one) for one in score["approved_by"])
    published = score["publish_minutes"]
    return [
        f"得分 {score['total']}（满分 100）",
        f"接手 {score['acknowledge']}/25：{_acked(score, names)}",
        f"升级 {score['levels']}/25：叫到第 {score['levels_called']} 级",
        f"步骤 {score['steps']}/25：{score['steps_due']} 步到期，按时 {score['steps_on_time']} 步"
        + (f"；晚了或没做：{late}" if late else ""),
        f"声明 {score['statement']}/25：批准的人 {signed or '没有'}，"
        + ("没有登记发布" if published is None else f"呼叫后 {published:g} 分钟登记发布"),
    ]


def _acked(score: dict[str, Any], names: dict[str, str]) -> str:
    if score["ack_minutes"] is None:
        return "没有人接手"
    who = names.get(score["acked_by"], score["acked_by"])
    return f"{who}在呼叫后 {score['ack_minutes']:g} 分钟接手（按演练的钟）"


def _players(row: DrillRow) -> str:
    return "程序代演" if row.auto else "真人，真发" if row.live else "真人"


def _points(row: DrillRow) -> str:
    return str(row.score["total"]) if row.score else "—"
