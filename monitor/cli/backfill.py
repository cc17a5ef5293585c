"""`fengsui backfill`: read the past of every source that has one; resumable wherever it stops."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from monitor.app import App
from monitor.cli import show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    Refusal,
    errors,
    opened,
    print_json,
)
from monitor.cli.service import alone
from monitor.config import SourceConfig
from monitor.domain.stretches import Stretch
from monitor.stations.backfill import Course, plan, step

AGAIN = "做完的都记着；再运行同一条命令就接着补。"
SourceOption = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="来源", help="只补这个来源；可以写几次", show_default=False),
]
SinceOption = Annotated[
    str, typer.Option("--since", metavar="时间", help="补到多早：90d，或 2026-09-01")
]
UntilOption = Annotated[
    str | None,
    typer.Option("--until", metavar="时间", help="补到哪天为止；不写就到现在", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("backfill")(backfill)


def backfill(
    *,
    since: SinceOption = "90d",
    until: UntilOption = None,
    only: SourceOption = None,
    again: Annotated[bool, typer.Option("--again", help="补过的日子也重补")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说要补什么，不去读")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """按日期回补过去的提及：带进度条，中断了再运行就接着补；不会为旧帖报警。"""
    with opened(config, outward=True) as app, alone(app, "backfill.lock", "回补"):
        wanted = _wanted(app, since, until)
        courses = [plan(app, one, wanted, again=again) for one in _chosen(app, only or [])]
        if not dry_run:
            _read(app, courses, quiet=as_json)
        if as_json:
            print_json(_plain(app, courses, wanted))
        else:
            _tell(app, courses, wanted, dry_run=dry_run)
    if any(one.failed for one in courses):
        raise typer.Exit(1)


def _wanted(app: App, since: str, until: str | None) -> Stretch:
    """The stretch that was asked for, from a midnight on: the next day's call asks for the same."""
    zone, now = app.settings.zone, app.clock()
    begin = show.moment(since, now, zone, ahead=False).astimezone(zone)
    begin = begin.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)
    end = min(now, show.moment(until, now, zone, ahead=False)) if until else now
    if begin >= end:
        raise Refusal("--since 要早于 --until；写成 --since 90d，或 --since 2026-09-01")
    kept = timedelta(days=app.settings.retention.mentions_days)
    if begin < now - kept - timedelta(days=1):
        raise Refusal(
            f"提及只留 {kept.days} 天（retention.mentions_days），更早的补来也会清掉；"
            f"写 --since {kept.days}d，或先把留存改长"
        )
    return begin, end


def _chosen(app: App, names: list[str]) -> list[SourceConfig]:
    known = {one.name: one for one in app.settings.sources if one.enabled}
    if not known:
        raise Refusal("没有启用的来源：请在 fengsui.yaml 的 sources 里写上，写法见 docs/sources.md")
    unknown = [one for one in names if one not in known]
    if unknown:
        listed = "、".join(known)
        raise Refusal(f"没有来源「{show.line(unknown[0], 30)}」，或没有启用；可以写：{listed}")
    return [known[one] for one in dict.fromkeys(names)] if names else list(known.values())


def _read(app: App, courses: list[Course], *, quiet: bool) -> None:
    with _bar(hidden=quiet) as bar:
        try:
            for course in courses:
                _follow(app, course, bar)
        except KeyboardInterrupt:
            for course in courses:
                course.stopped = course.stopped or ("被中断" if course.todo else "")
            if not quiet:
                errors.print("已停下。", style="yellow")


def _follow(app: App, course: Course, bar: Progress) -> None:
    name, first = course.source.name, True
    task = bar.add_task(name, total=len(course.todo), visible=bool(course.todo))
    while course.todo and not course.stopped:
        if not first:  # each piece is a process of its own, which knows nothing of the last
            time.sleep(course.source.about.delay_seconds)
        step(app, course)
        first = False
        bar.update(task, completed=course.done, total=course.done + len(course.todo))


@contextmanager
def _bar(*, hidden: bool) -> Iterator[Progress]:
    columns = (TextColumn("回补 {task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=errors, disable=hidden or not errors.is_terminal) as bar:
        yield bar


def _plain(app: App, courses: list[Course], wanted: Stretch) -> dict[str, Any]:
    zone = app.settings.zone
    return {
        "since": show.stamp(wanted[0], zone),
        "until": show.stamp(wanted[1], zone),
        "sources": [
            {
                "source": one.source.name,
                "cannot": one.why_not or None,
                "reach": one.reach.said if one.reach else None,
                "read": one.done,
                "left": len(one.todo),
                "new": one.new,
                "known": one.known,
                "unmatched": one.unmatched,
                "undated": one.undated,
                "stopped": one.stopped or None,
                "partial": [[show.stamp(at, zone) for at in pair] for pair in one.partial],
            }
            for one in courses
        ],
    }


def _tell(app: App, courses: list[Course], wanted: Stretch, *, dry_run: bool) -> None:
    zone, now = app.settings.zone, app.clock()
    begin, end = (show.when(one, zone, now) for one in wanted)
    show.say(f"回补 {begin} 到 {end}{'（只看不读）' if dry_run else ''}", style="bold")
    rows = ((one.source.name, _came(one, dry_run=dry_run), _about(app, one)) for one in courses)
    show.table(("来源", "结果", "说明"), rows)
    if any(one.stopped for one in courses):
        show.say(AGAIN, style="yellow")
    elif not dry_run and any(one.new for one in courses):
        show.say("守护进程会在空闲时判断它们；日子在窗口以外的不会报警，只进话题和平时的水平。")


def _came(course: Course, *, dry_run: bool) -> str:
    if course.why_not:
        return "补不了"
    if dry_run:
        return f"要读 {len(course.todo)} 段" if course.todo else "已补过"
    if not course.done and not course.todo:
        return "已补过"
    left = f"，还剩 {len(course.todo)} 段" if course.todo else ""
    return f"新提及 {course.new} 条{left}"


def _about(app: App, course: Course) -> str:
    if course.why_not:
        return course.why_not
    parts = [course.stopped] if course.stopped else []
    parts += [course.reach.said] if course.reach else []
    if course.known or course.unmatched:
        parts.append(f"已有 {course.known} 条，不涉及品牌 {course.unmatched} 条")
    if course.undated:
        parts.append(f"{course.undated} 条没有日期，没收")
    if course.partial:
        parts.append(f"只取到一部分的：{_days(app, course.partial)}")
    return "；".join(parts)


def _days(app: App, stretches: list[Stretch]) -> str:
    zone = app.settings.zone
    said = [f"{_day(begin, zone)} 到 {_day(end, zone)}" for begin, end in stretches[:5]]
    return "、".join(said) + (f" 等 {len(stretches)} 段" if len(stretches) > len(said) else "")


def _day(at: datetime, zone: Any) -> str:  # noqa: ANN401 - a tzinfo
    return f"{at.astimezone(zone):%m-%d}"
