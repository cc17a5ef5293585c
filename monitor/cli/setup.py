"""`init` and `check`: from nothing to a configuration that is known to be good."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import checking, setup_form, setup_wizard
from monitor.cli.context import Refusal, console
from monitor.cli.writing import write_new

EXAMPLE = Path(__file__).parents[1] / "example.yaml"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("init")(init)
    app.command("check")(checking.check)


def init(
    file: Annotated[Path, typer.Argument(help="写到哪里")] = Path("fengsui.yaml"),
    *,
    wizard: Annotated[
        bool, typer.Option("--wizard", help="一问一答地写：一次一题，答错当场说，最后才写文件")
    ] = False,
    workbook: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="表格", help="照填好的开通表（.xlsx）写，一次说出所有填错的地方"
        ),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(
            "--template", metavar="表格", help="写一份空的开通表，带填法和示例，用 Excel 或 WPS 填"
        ),
    ] = None,
) -> None:
    """写一份配置：带注释的示例，或一问一答，或照开通表。已有的文件不会被覆盖。"""
    if sum(map(bool, (wizard, workbook, template))) > 1:
        raise Refusal("--wizard、--from、--template 只能用一个")
    if wizard:
        setup_wizard.wizard(file)
    elif template:
        setup_form.write_template(template)
    elif workbook:
        setup_form.from_workbook(workbook, file)
    else:
        _example(file)


def _example(file: Path) -> None:
    write_new(file, EXAMPLE.read_bytes(), private=False)
    console.print(
        f"已写好 {file}。下一步：改成自己的品牌和来源，然后运行 fengsui check", markup=False
    )
