"""`fengsui db purge`: forget what is old, what one author wrote, or what lies before a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated

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
from monitor.evidence import expiry
from monitor.stations.tip_shelf import TipShelf
from monitor.stations.upkeep import cutoffs
from monitor.store import retention
from monitor.store.forget import Toll, Wish, forget_author, toll
from monitor.text.pii import author_key

LABELS = {
    "mentions": "提及",
    "predictions": "模型判断",
    "corrections": "人工更正",
    "topics": "话题",
    "rejects": "拒收记录",
    "crawls": "采集记录",
    "messages": "消息",
    "private": "非公开记录",
    "silences": "静默",
    "tips": "员工上报",
    "evidence": "证据",
}
AuthorOption = Annotated[
    str | None,
    typer.Option(
        "--author", metavar="昵称", help="只删这个作者的，昵称照平台上写", show_default=False
    ),
]
PlatformOption = Annotated[
    str | None,
    typer.Option(
        "--platform",
        metavar="平台",
        help="只管这个平台，如 weibo；不写就是所有平台",
        show_default=False,
    ),
]


def purge(
    *,
    author: AuthorOption = None,
    platform: PlatformOption = None,
    before: Annotated[
        str | None,
        typer.Option(
            "--before", metavar="日期", help="这一天以前的都删，如 2026-01-01", show_default=False
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只数一数，不删除")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="确认删除，不能恢复")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """清除数据：默认按 retention，也可按作者或日期；处理中的事件和保全令下的不动。"""
    if not dry_run and not yes:
        raise Refusal("清除后不能恢复：先用 --dry-run 看看会删多少，再加 --yes 确认")
    if platform and author is None:
        raise Refusal("--platform 要和 --author 一起用：写上要删哪个作者的")
    with opened(config) as app:
        now = app.clock()
        day = show.moment(before, now, app.settings.zone, ahead=False) if before else None
        if day is not None and day > now:
            raise Refusal("--before 的日期还没到：请写一个过去的日子，如 2026-01-01")
        if author is not None:
            done = _of_author(app, author, platform, day, dry_run=dry_run)
            _report_author(done, dry_run=dry_run, as_json=as_json)
            return
        counts = _old(app, day, dry_run=dry_run)
    _report(counts, dry_run=dry_run, as_json=as_json)


def _of_author(
    app: App, author: str, platform: str | None, day: datetime | None, *, dry_run: bool
) -> Toll:
    if not author.strip():
        raise Refusal("--author 是空的：写上平台上显示的昵称")
    wish = Wish(author_key(author, app.author_secret), platform or "", day)
    if not dry_run:
        return forget_author(app.database, wish)
    with app.database.reading() as session:
        return toll(session, wish)


def _old(app: App, day: datetime | None, *, dry_run: bool) -> dict[str, int]:
    now = app.clock()
    cut = cutoffs(app.settings.retention, now)
    if day is not None:
        # What retention would take anyway goes too; records of who did what keep their own time.
        own = {name: max(day, at) for name, at in cut.sources.items()}
        private = max(day, cut.private or day)
        cut = replace(
            cut,
            mentions=max(day, cut.mentions),
            raw=max(day, cut.raw),
            private=private,
            sources=own,
        )
    if dry_run:
        with app.database.reading() as session:
            return {**retention.count(session, cut), "evidence": expiry.count(app, now)}
    gone = retention.purge(app.database, cut)
    TipShelf(app).sweep()
    return {**gone, "evidence": expiry.expire(app, now)}


def _report(counts: dict[str, int], *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        print_json({"dry_run": dry_run, **counts})
        return
    show.say("会删除（还没有删）：" if dry_run else "已删除：")
    for name, number in counts.items():
        show.say(f"  {LABELS[name]} {number} 条")


def _report_author(done: Toll, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        counts = {"mentions": done.gone, "kept_incident": done.worked, "kept_hold": done.held}
        counts["private"] = done.private
        print_json({"dry_run": dry_run, **counts})
        return
    lead = "会删除（还没有删）" if dry_run else "已删除"
    show.say(f"{lead}：这个作者的提及 {done.gone} 条，连同读数、判断和更正")
    if done.private:
        show.say(f"  非公开记录 {done.private} 条")
    if done.worked:
        show.say(f"  {done.worked} 条属于处理中的事件，没有动：事件结束后再运行一次")
    if done.held:
        show.say(f"  {done.held} 条在保全令下，没有动：由法务解除后再运行一次")
    if not (done.gone or done.worked or done.held or done.private):
        show.say("  没有找到：请核对昵称是否和平台上一字不差")
    show.say("  以后也不再收集他：fengsui db refuse 昵称 --reason 理由", style="dim")
