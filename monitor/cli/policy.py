"""`fengsui policy`: the tier policy as people see it: what is in force, and whether it is sound."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import show
from monitor.cli.context import JsonOption, Refusal, print_json
from monitor.domain.explain import thresholds
from monitor.policy_file import DEFAULT, PolicyError, load_policy

FileOption = Annotated[
    Path | None, typer.Option("--policy", help="分级策略文件；不写就用自带的", show_default=False)
]


def register(app: typer.Typer) -> None:
    """Add `policy show`."""
    group = typer.Typer(help="分级策略：查看、试故事、比较两份", no_args_is_help=True)
    group.command("show")(show_)
    app.add_typer(group, name="policy")


def show_(policy: FileOption = None, *, as_json: JsonOption = False) -> None:
    """打印一份策略文件，先检查它能不能用；不写文件就是自带的那一份，可以照着改。"""
    path = policy or DEFAULT
    try:
        found = load_policy(path)
    except PolicyError as error:
        raise Refusal(str(error)) from error
    if as_json:
        print_json({**thresholds(found), "night": list(found.night), "source": found.source})
    else:
        sys.stdout.write(show.safe(path.read_text("utf-8")))
