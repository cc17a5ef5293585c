"""`fengsui private`: what customers told us; numbers for all, words for customer service alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from monitor.app import App
from monitor.cli import private_key, show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ActorOption,
    ConfigOption,
    JsonOption,
    Refusal,
    opened,
    print_json,
)
from monitor.cli.guard import entitled
from monitor.cli.options import LimitOption, SinceOption
from monitor.domain.mention import RISK_LABELS
from monitor.store import private as store
from monitor.store.private_schema import PrivateRow
from monitor.vault import VaultError

READERS = ("service",)
ERASERS = ("service", "legal")
WEEK = timedelta(days=7)
KINDS = {
    "call": "来电",
    "chat": "在线客服",
    "consultation": "问诊",
    "review": "应用评价",
    "comment": "留言",
    "community": "社群",
    "other": "其他",
}
DAMAGED = "（这一条打不开：被改动过）"
NO_BRAND = "未定"


def register(app: typer.Typer) -> None:
    """Add `private count|list|show|purge|rekey`."""
    group = typer.Typer(help="非公开数据：来电、问诊、社群、应用后台评价", no_args_is_help=True)
    group.command("count")(count)
    group.command("list")(list_)
    group.command("show")(show_one)
    group.command("purge")(purge)
    group.command("rekey")(private_key.rekey)
    app.add_typer(group, name="private")


def count(
    *,
    since: SinceOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """数一数：各品牌各类来了多少、多少是投诉；谁都能看，没有一句原话。"""
    with opened(config) as app, app.database.reading() as session:
        now, zone = app.clock(), app.settings.zone
        start = show.moment(since, now, zone, ahead=False) if since else now - WEEK
        found = store.tallies(session, start, now + timedelta(seconds=1))
    total, bad = sum(one.total for one in found), sum(one.complaints for one in found)
    if as_json:
        groups = [
            {"brand": one.brand, "kind": one.kind, "risk": one.risk}
            | {"total": one.total, "complaints": one.complaints}
            for one in found
        ]
        facts: dict[str, Any] = {"since": show.stamp(start, zone), "until": show.stamp(now, zone)}
        print_json(
            facts
            | {"total": total, "complaints": bad, "rate": _rate(bad, total)}
            | {"groups": groups}
        )
        return
    if not found:
        show.say(f"{show.when(start, zone, now)} 以来没有非公开记录。")
        return
    show.table(("品牌", "来源", "类别", "数目", "其中投诉"), (_tally(one) for one in found))
    show.say(
        f"{show.when(start, zone, now)} 以来共 {total} 条，"
        f"投诉 {bad} 条，投诉率 {bad / total:.1%}。"
    )


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _tally(one: store.Tally) -> tuple[str, ...]:
    label = RISK_LABELS.get(one.risk or "", "没有指称")
    kind = KINDS.get(one.kind, one.kind)
    return (one.brand or NO_BRAND, kind, label, str(one.total), str(one.complaints))


def list_(
    *,
    since: SinceOption = None,
    limit: LimitOption = 50,
    actor: ActorOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """列出记录和开头的话，新的在前；只有客服能看，看过会留下记录。"""
    with opened(config) as app:
        entitled(app, actor, READERS, "private.list", "")
        now, zone = app.clock(), app.settings.zone
        with app.database.reading() as session:
            found = select(PrivateRow).order_by(PrivateRow.happened_at.desc(), PrivateRow.id.desc())
            if since:
                start = show.moment(since, now, zone, ahead=False)
                found = found.where(PrivateRow.happened_at >= start)
            rows = list(session.scalars(found.limit(limit)))
        if as_json:
            print_json([_plain(app, row) for row in rows])
        elif rows:
            titles = ("编号", "时间", "来源", "类别", "说了什么")
            show.table(titles, (_row(app, row, now) for row in rows))
        else:
            show.say("没有非公开记录。")


def _row(app: App, row: PrivateRow, now: datetime) -> tuple[str, ...]:
    said = "投诉·" if row.negative else ""
    return (
        row.code,
        show.when(row.happened_at, app.settings.zone, now),
        f"{KINDS.get(row.kind, row.kind)}\n{row.brand or NO_BRAND}",
        said + RISK_LABELS.get(row.risk or "", "没有指称"),
        show.line(_words(app, row)["text"], 60),
    )


def _words(app: App, row: PrivateRow) -> dict[str, Any]:
    try:
        return app.vault.open(row.content)
    except VaultError:
        return {"text": DAMAGED}


def _plain(app: App, row: PrivateRow) -> dict[str, Any]:
    zone, words = app.settings.zone, _words(app, row)
    return {
        "id": row.code,
        "kind": row.kind,
        "platform": row.platform,
        "source": row.source,
        "brand": row.brand,
        "happened_at": show.stamp(row.happened_at, zone),
        "stored_at": show.stamp(row.stored_at, zone),
        "risk": row.risk,
        "complaint": row.negative,
        "channel": show.safe(str(words.get("channel", ""))),
        "rating": words.get("rating"),
        "text": show.safe(str(words["text"])),
    }


def show_one(
    number: Annotated[str, typer.Argument(metavar="编号", help="如 P12", show_default=False)],
    *,
    actor: ActorOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """看一条的全文；只有客服能看，看过会留下记录。"""
    with opened(config) as app:
        row = _wanted(app, number)
        entitled(app, actor, READERS, "private.show", row.code)
        plain = _plain(app, row)
        if as_json:
            print_json(plain)
            return
        head = "｜".join(_row(app, row, app.clock())[:4]).replace("\n", "｜")
        show.say(head, style="bold")
        show.say(str(plain["text"]))
        show.say("非公开：不得转发、引用或写进声明。", style="dim")


def _wanted(app: App, number: str) -> PrivateRow:
    wanted = show.number(number.strip().lstrip("Pp"), "用 fengsui private list 查")
    with app.database.reading() as session:
        row = session.get(PrivateRow, wanted)
    if row is None:
        raise Refusal(f"没有非公开记录 P{wanted}：用 fengsui private list 查")
    return row


def purge(
    *,
    before: Annotated[
        str,
        typer.Option("--before", metavar="日期", help="这一天以前发生的都删", show_default=False),
    ] = "",
    record: Annotated[
        str, typer.Option("--record", metavar="编号", help="只删这一条，如 P12", show_default=False)
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只数一数，不删除")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="确认删除，不能恢复")] = False,
    actor: ActorOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """删除非公开记录（客服、法务）；到期的每天自动删，按来电人删用 db purge --author。"""
    if not dry_run and not yes:
        raise Refusal("删除后不能恢复：先用 --dry-run 看看会删多少，再加 --yes 确认")
    if bool(before) == bool(record):
        raise Refusal("请写 --before 日期 或 --record 编号，两个写一个")
    with opened(config) as app:
        which = (
            PrivateRow.id == _wanted(app, record).id
            if record
            else PrivateRow.happened_at
            < show.moment(before, app.clock(), app.settings.zone, ahead=False)
        )
        entitled(app, actor, ERASERS, "private.purge", record or before)
        with app.database.transaction() as session:
            gone = _number(session, which)
            if not dry_run:
                session.execute(delete(PrivateRow).where(which))
                store.begin_anew(session)
    if as_json:
        print_json({"dry_run": dry_run, "private": gone})
    else:
        show.say(f"{'会删除（还没有删）' if dry_run else '已删除'}：非公开记录 {gone} 条")


def _number(session: Session, which: Any) -> int:  # noqa: ANN401 - an SQL condition
    return session.scalar(select(func.count(PrivateRow.id)).where(which)) or 0
