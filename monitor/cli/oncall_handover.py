"""`fengsui oncall handover`: the sheet for the next person, its signature and its acceptance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
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
from monitor.stations import hand_over, notices
from monitor.stations.handover_sheet import sheet
from monitor.store import duty
from monitor.store.duty_schema import HandoverRow


def register(group: typer.Typer) -> None:
    """Add `oncall handover`."""
    group.command("handover")(handover)


def handover(
    *,
    sign: Annotated[bool, typer.Option("--sign", help="我交班：按现在的情况签字")] = False,
    accept: Annotated[bool, typer.Option("--accept", help="我接班：看过了，以后叫我")] = False,
    note: Annotated[
        str, typer.Option("--note", metavar="文字", help="交代的话：答应过谁回电、等谁回话")
    ] = "",
    actor_: ActorOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """交接班：没完的事、到期时间、说过和没说的话、看不到的来源。"""
    if sign and accept:
        raise Refusal("--sign（交班）和 --accept（接班）一次只写一个")
    if note and not sign:
        raise Refusal("交代的话和签字一起写：fengsui oncall handover --sign --note '…'")
    with opened(config) as app:
        if sign:
            hand_over.sign(app, actor(app, actor_), show.wording(note))
        if accept:
            hand_over.accept(app, actor(app, actor_))
        with app.database.reading() as session:
            now = sheet(app, session, app.clock())
            waiting = [_row(app, one) for one in duty.open_handovers(session)]
        if as_json:
            print_json({**now, "handovers": waiting})
            return
        for one in _lines(app, now, waiting):
            show.say(one)


def _row(app: App, one: HandoverRow) -> dict[str, Any]:
    zone = app.settings.zone
    return {
        "level": one.level,
        "turned_at": show.stamp(one.turned_at, zone),
        "outgoing": notices.names(app, tuple(one.outgoing)),
        "incoming": notices.names(app, tuple(one.incoming)),
        "signed_at": show.stamp(one.signed_at, zone),
        "note": one.note,
    }


def _lines(app: App, now: dict[str, Any], waiting: list[dict[str, Any]]) -> Iterator[str]:
    yield f"交接单　{_short(app, now['at'])}"
    for one in now["incidents"]:
        yield from _work(app, one)
    if not now["incidents"]:
        yield "没有打开的事件"
    for clause in now["blind_sources"]:
        yield f"看不到：来源{clause}"
    if now["undelivered"]:
        yield f"没送达：{now['undelivered']} 条消息，见 fengsui alerts list --status dead"
    for row in waiting:
        yield from _waiting(app, row)
    if not waiting:
        yield "没有等着签的交接"


def _work(app: App, one: dict[str, Any]) -> Iterator[str]:
    unsure = "" if one["confirmed"] else "·待核"
    holder = f"{one['holder']}在处理" if one["holder"] else "还没有人接手"
    tier = f"{one['tier_label']}{unsure}"
    yield f"\n{one['code']}　{tier}　{one['brand']}　{one['lifecycle_label']}，{holder}"
    if one["progress_due_at"]:
        yield f"  {_short(app, one['progress_due_at'])} 前要报告进展"
    for step in one["steps"]:
        yield f"  {_short(app, step['at'])}　{step['what']}"
    if one["said"]:
        yield f"  已对外说：{show.line(one['said'], 80)}（{show.line(one['said_at'], 80)}）"
    else:
        yield "  还没有对外说过话"
    if one["unsaid"]:
        yield f"  还没说出去：{show.line(one['unsaid'], 80)}"


def _waiting(app: App, row: dict[str, Any]) -> Iterator[str]:
    signed = f"{_short(app, row['signed_at'])} 已签" if row["signed_at"] else "还没签"
    yield (
        f"\n交接「{row['level']}」：{row['outgoing']} → {row['incoming']}，"
        f"{_short(app, row['turned_at'])} 换班，{signed}，还没接；接下之前有事两边都叫"
    )
    if row["note"]:
        yield f"  交代：{show.safe(row['note'])}"


def _short(app: App, stamp: str) -> str:
    return show.when(datetime.fromisoformat(stamp), app.settings.zone, app.clock())
