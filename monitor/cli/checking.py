"""`check`: what a configuration lacks, what needs a hand first, and the settings in force."""

from __future__ import annotations

from pathlib import Path

import typer
import yaml
from sqlalchemy.exc import DBAPIError

from monitor.cli.context import ConfigOption, JsonOption, Refusal, console, errors, print_json
from monitor.cli.context import read_settings as read
from monitor.clock import utc_now
from monitor.config import Settings, calendar_notes, mask, trial_note, warnings
from monitor.config_waking import unwoken
from monitor.vault import Vault, VaultError

_OVER = (
    "试运行已经有人结束了，文件里的 trial 一段不再起作用，按正式值班检查；"
    "这一段可以删掉，要再试运行就把 until 改晚"
)


def check(
    config: ConfigOption = Path("fengsui.yaml"),
    as_json: JsonOption = False,
) -> None:
    """检查配置：有错逐条指出文件和行号；没错先说还缺什么，再列出生效的设置。

    红色叫不醒谁，也算不合格（试运行结束以前只提醒）。
    """
    settings = read(config)
    _verify(settings)
    over = trial_is_over(settings)
    asleep = unwoken(settings)
    missing = [*warnings(settings), *calendar_notes(utc_now())]
    # In a trial nobody is woken anyway; once a person has ended it, people are.
    lenient = settings.trial is not None and not over
    refused, told = ([], asleep + missing) if lenient else (asleep, missing)
    if as_json:
        found = {"ok": not refused, "refused": refused, "warnings": told}
        print_json({**found, "settings": mask(settings)})
    else:
        _print(settings, _OVER if over else trial_note(settings), refused, told)
    raise typer.Exit(2 if refused else 0)


def _print(settings: Settings, note: str, refused: list[str], told: list[str]) -> None:
    """Print what needs a hand first; the long list of settings comes last."""
    if refused:
        errors.print(f"要改好 {len(refused)} 处，才能上岗：", style="red", markup=False)
    for sentence in refused:
        errors.print(sentence, style="red", markup=False, soft_wrap=True)
    if note:
        console.print(note, style="yellow", markup=False, soft_wrap=True)
    if told:
        console.print(f"提醒 {len(told)} 条：", style="yellow", markup=False)
    for sentence in told:
        console.print(f"提醒：{sentence}", style="yellow", markup=False, soft_wrap=True)
    if not refused:
        console.print("配置没有错误。", style="green")
    shown = yaml.safe_dump(mask(settings), allow_unicode=True, sort_keys=False)
    console.print("\n生效的设置：", markup=False)
    console.print(shown, markup=False, soft_wrap=True)


def trial_is_over(settings: Settings) -> bool:
    """Whether a person has ended the trial that still stands in the file.

    A database that is not there yet, or cannot be read, has seen nobody end it.
    """
    from monitor import bootstrap
    from monitor.store import trials
    from monitor.store.database import Database

    plan = bootstrap.trial_plan(settings)
    if plan is None or not Path(settings.data_dir).is_dir():
        return False
    database = Database(settings.database_url)
    try:
        if not database.is_ready():
            return False
        with database.reading() as session:
            return trials.is_over(trials.last(session), plan)
    except DBAPIError:
        return False
    finally:
        database.close()


def _verify(settings: Settings) -> None:
    from monitor import bootstrap

    vault = Vault(Path(settings.data_dir))
    try:
        bootstrap.verify(settings)
        if vault.exists():
            vault.seal({})
    except (bootstrap.StartError, VaultError) as error:
        raise Refusal(str(error)) from error
