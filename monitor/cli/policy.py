"""`fengsui policy`: the tier policy as people see it: show, try with stories, compare."""

from __future__ import annotations

import sys

import typer

from monitor.cli import policy_compare, policy_try, show
from monitor.cli.context import JsonOption, print_json
from monitor.cli.policy_files import FileOption, policy_from
from monitor.domain.explain import thresholds
from monitor.policy_file import DEFAULT


def register(app: typer.Typer) -> None:
    """Add `policy show|test|compare`."""
    group = typer.Typer(help="分级策略：查看、试故事、比较两份", no_args_is_help=True)
    group.command("show")(show_)
    group.command("test")(policy_try.try_)
    group.command("compare")(policy_compare.compare)
    app.add_typer(group, name="policy")


def show_(policy: FileOption = None, *, as_json: JsonOption = False) -> None:
    """打印一份策略文件，先检查它能不能用；不写文件就是自带的那一份，可以照着改。"""
    found = policy_from(policy)
    if as_json:
        print_json({**thresholds(found), "night": list(found.night), "source": found.source})
    else:
        sys.stdout.write(show.safe((policy or DEFAULT).read_text("utf-8-sig")))
