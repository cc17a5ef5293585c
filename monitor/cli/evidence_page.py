"""How captures look on a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from monitor.app import App
from monitor.cli import show
from monitor.cli.context import print_json
from monitor.store.evidence_schema import EvidenceRow

if TYPE_CHECKING:
    from monitor.evidence.capture import Captured
    from monitor.evidence.verify import Finding

MARKS = {True: ("✓", "green"), False: ("✗", "red"), None: ("—", "yellow")}


def captured(app: App, done: Captured, *, as_json: bool) -> None:
    """Say what was captured and what to do next."""
    with app.database.reading() as session:
        row = session.get_one(EvidenceRow, int(done.code[1:]))
    if as_json:
        print_json({**plain(row, set(), app.settings.zone), "warnings": done.warnings})
        return
    show.say(f"✓ 已固定为 {done.code}，内容已封存给法务。", style="green")
    show.say(f"  清单哈希（SHA-256）：{done.manifest_sha256}")
    show.say(f"  时间戳：{stamp_words(row, app.settings.zone, app.clock())}")
    for warning in done.warnings:
        show.say(f"  ! {warning}", style="yellow")
    show.say(f"  要一直保留：fengsui evidence hold {done.code} --reason 理由", style="dim")


def stamp_words(row: EvidenceRow, zone: ZoneInfo, now: datetime) -> str:
    """Where the time stamp of a capture stands."""
    if row.stamp == "done":
        return f"已取得，{show.when(row.stamped_at, zone, now)}"
    if row.stamp == "off":
        return "没有配置时间戳机构（evidence.timestamp）"
    why = f"（{show.line(row.stamp_problem, 50)}）" if row.stamp_problem else ""
    return f"排队中，{show.when(row.stamp_due_at, zone, now)} 再试{why}"


def plain(row: EvidenceRow, held: set[int], zone: ZoneInfo) -> dict[str, Any]:
    """A capture as programs read it."""
    return {
        "code": row.code,
        "at": show.stamp(row.at, zone),
        "by": row.actor,
        "url": row.url,
        "status": row.status,
        "incident": row.incident,
        "mention": row.mention_id,
        "manifest_sha256": row.manifest_sha256,
        "stamp": row.stamp,
        "stamped_at": show.stamp(row.stamped_at, zone),
        "stamp_problem": row.stamp_problem or None,
        "held": row.id in held,
        "purged_at": show.stamp(row.purged_at, zone),
    }


def table(rows: list[EvidenceRow], held: set[int], zone: ZoneInfo, now: datetime) -> None:
    """All captures, one a line."""
    if not rows:
        show.say("还没有证据。固定一个网页：fengsui evidence capture 网址")
        return
    stamps = {"done": "有", "pending": "排队", "off": "未配置"}
    cells = (
        (
            row.code,
            show.when(row.at, zone, now),
            "已清除" if row.purged_at else stamps[row.stamp],
            "保全" if row.id in held else "",
            row.incident or "",
            show.line(row.url, 120),
        )
        for row in rows
    )
    show.table(("编号", "固定时间", "时间戳", "保全", "事件", "网址"), cells)


def findings(found: Iterable[Finding]) -> None:
    """What was checked, a line each."""
    for one in found:
        mark, style = MARKS[one.good]
        show.say(f"  {mark} {one.text}", style=style)
