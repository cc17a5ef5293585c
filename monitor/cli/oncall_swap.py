"""`fengsui oncall override`: somebody stands in for a level, until a named end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

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
)
from monitor.cli.options import ReasonOption
from monitor.stations import hand_over, notices
from monitor.store import duty
from monitor.store.duty_schema import SwapRow

LONGEST = timedelta(days=366)  # as every length in the configuration: longer is a slip of the year


def register(group: typer.Typer) -> None:
    """Add `oncall override`."""
    group.command("override")(override)


def override(
    *,
    level: Annotated[str, typer.Option("--level", metavar="名称", help="哪一级")] = "",
    person: Annotated[str, typer.Option("--person", metavar="人员编号", help="谁来顶")] = "",
    begin: Annotated[
        str, typer.Option("--from", metavar="时间", help="从什么时候起；不写就是现在")
    ] = "",
    end: Annotated[
        str, typer.Option("--to", metavar="时间", help="到什么时候，一定要写：12h、09:00 或日期")
    ] = "",
    reason: ReasonOption = "",
    cancel: Annotated[
        int | None, typer.Option("--cancel", metavar="号", min=1, max=10**9, help="撤销这一条换班")
    ] = None,
    actor_: ActorOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """临时换班，马上生效；什么也不写就列出现有的换班。"""
    new = any((level, person, begin, end, reason))
    if new and cancel is not None:
        raise Refusal("撤销（--cancel）和新的换班一次只写一个")
    with opened(config) as app:
        if cancel is not None:
            _cancel(app, cancel, actor(app, actor_))
        elif new:
            _add(app, level, person, begin, end, show.wording(reason), actor(app, actor_))
        _list(app, as_json=as_json)


def _add(app: App, level: str, person: str, begin: str, end: str, reason: str, by: str) -> None:
    zone, now = app.settings.zone, app.clock()
    _known(
        level, [one.name for one in app.settings.oncall.levels], "oncall.levels 里的级", "--level"
    )
    _known(person, [one.id for one in app.settings.people], "people 里的编号", "--person")
    if not end:
        raise Refusal("换班要写到什么时候（--to）：没有尽头的换班总会被忘掉")
    start = show.moment(begin, now, zone, ahead=True) if begin else now
    until = show.moment(end, now, zone, ahead=True)
    if until <= max(start, now):
        raise Refusal(f"换班在 {show.when(until, zone, now)} 已经结束：请写将来的、晚于开始的时间")
    if until - start > LONGEST:
        raise Refusal(f"一次换班最长 {LONGEST.days} 天：请检查 --to 的年份")
    row = SwapRow(
        level=level, person=person, begin=start, end=until, reason=reason, made_by=by, made_at=now
    )
    with app.database.transaction() as session:
        session.add(row)
    show.say(
        f"已换班：{show.when(start, zone, now)} 到 {show.when(until, zone, now)}，"
        f"「{level}」由{notices.names(app, (person,))}值班"
    )


def _known(word: str, known: list[str], what: str, option: str) -> None:
    if word not in known:
        raise Refusal(f"{option} 要写 {what}：{'、'.join(known) or '（还没有）'}")


def _cancel(app: App, number: int, by: str) -> None:
    with app.database.transaction() as session:
        row = session.get(SwapRow, number)
        if row is None or row.cancelled_at is not None:
            raise Refusal(f"没有第 {number} 条换班；不带参数运行 fengsui oncall override 可以列出")
        now = app.clock()
        row.cancelled_by, row.cancelled_at = by, now
        if row.end > now:  # a duty that was served is handed over all the same
            hand_over.withdraw(app, session, row, now)
    show.say(f"已撤销第 {number} 条换班")


def _list(app: App, *, as_json: bool) -> None:
    zone, now = app.settings.zone, app.clock()
    with app.database.reading() as session:
        rows = [_facts(app, one) for one in duty.swaps(session, now)]
    if as_json:
        print_json(rows)
    elif not rows:
        show.say("没有临时换班（写在 fengsui.yaml 里的不在此列）")
    else:
        show.table(
            ("号", "哪一级", "谁顶", "从", "到", "理由"),
            (
                (
                    str(one["id"]),
                    one["level"],
                    one["name"],
                    *(
                        show.when(datetime.fromisoformat(one[key]), zone, now)
                        for key in ("from", "to")
                    ),
                    show.line(one["reason"]),
                )
                for one in rows
            ),
        )


def _facts(app: App, one: SwapRow) -> dict[str, Any]:
    zone = app.settings.zone
    return {
        "id": one.id,
        "level": one.level,
        "person": one.person,
        "name": notices.names(app, (one.person,)),
        "from": show.stamp(one.begin, zone),
        "to": show.stamp(one.end, zone),
        "reason": one.reason,
        "made_by": one.made_by,
    }
