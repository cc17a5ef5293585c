"""`fengsui report weekly`: writes the weekly report and says where it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawlers.system_errors import reason
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    Refusal,
    opened,
    print_json,
)
from monitor.reports.week import Week, parse_week, week_of

if TYPE_CHECKING:
    from datetime import datetime

group = typer.Typer(help="周报。", no_args_is_help=True)
WeekOption = Annotated[
    str | None, typer.Option("--week", help="哪一周，如 2026-W47；默认本周到现在")
]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="写到哪个文件夹；默认按配置的 report.out")
]


def register(app: typer.Typer) -> None:
    """Add `report` to the command line."""
    app.add_typer(group, name="report")


@group.callback()
def report() -> None:
    """周报。"""


@group.command()
def weekly(
    week: WeekOption = None,
    out: OutOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
) -> None:
    """写出信任修复周报：一个 HTML 文件，每个数字都带着背后的编号。"""
    wanted = _parsed(week)
    from monitor.reports.run import run_weekly
    from monitor.reports.weekly import plain

    with opened(config) as app:
        now = app.clock()
        folder = out or Path(app.settings.report.out)
        try:
            made, path = run_weekly(app, _begun(wanted, now), now, folder)
        except OSError as error:
            raise Refusal(f"周报写不进 {folder}：{reason(error)}；请换一个 --out") from error
    if json:
        print_json(plain(made) | {"path": str(path)})
    else:
        typer.echo(path)


def _parsed(text: str | None) -> Week | None:
    try:
        return parse_week(text) if text is not None else None
    except ValueError as error:
        raise Refusal(str(error)) from error


def _begun(week: Week | None, now: datetime) -> Week:
    present = week_of(now)
    if week is not None and week.start > now:
        raise Refusal(f"{week.label} 还没有开始；现在是 {present.label}")
    return week or present
