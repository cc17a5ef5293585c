"""`init` and `check`: from nothing to a configuration that is known to be good."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
import yaml

from monitor.cli import setup_form, setup_wizard
from monitor.cli.context import ConfigOption, JsonOption, Refusal, console, print_json
from monitor.cli.context import read_settings as read
from monitor.cli.writing import write_new
from monitor.clock import utc_now
from monitor.config import Settings, calendar_notes, mask, trial_note, warnings
from monitor.config_waking import unwoken
from monitor.vault import Vault, VaultError

EXAMPLE = Path(__file__).parents[1] / "example.yaml"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("init")(init)
    app.command("check")(check)


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


def check(
    config: ConfigOption = Path("fengsui.yaml"),
    as_json: JsonOption = False,
) -> None:
    """检查配置：有错逐条指出文件和行号；没错就列出生效的设置和还缺什么。

    红色叫不醒谁，也算不合格（试运行里只提醒）。
    """
    settings = read(config)
    _verify(settings)
    asleep = unwoken(settings)
    missing = [*warnings(settings), *calendar_notes(utc_now())]
    # In a trial nobody is woken anyway; going live asks for it again.
    refused, told = ([], asleep + missing) if settings.trial else (asleep, missing)
    if as_json:
        found = {"ok": not refused, "refused": refused, "warnings": told}
        print_json({**found, "settings": mask(settings)})
        raise typer.Exit(2 if refused else 0)
    shown = yaml.safe_dump(mask(settings), allow_unicode=True, sort_keys=False)
    console.print(shown, markup=False, soft_wrap=True)
    if note := trial_note(settings):
        console.print(note, style="yellow", markup=False, soft_wrap=True)
    for sentence in told:
        console.print(f"提醒：{sentence}", style="yellow", markup=False, soft_wrap=True)
    if refused:
        raise Refusal("\n".join(refused))
    console.print("配置没有错误。", style="green")


def _verify(settings: Settings) -> None:
    from monitor import bootstrap

    vault = Vault(Path(settings.data_dir))
    try:
        bootstrap.verify(settings)
        if vault.exists():
            vault.seal({})
    except (bootstrap.StartError, VaultError) as error:
        raise Refusal(str(error)) from error
