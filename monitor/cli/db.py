"""`fengsui db`: bring the schema up to date, copy the running database, forget what is old."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from monitor.cli import show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    Refusal,
    fail,
    opened,
    print_json,
    read_settings,
)
from monitor.config import Settings
from monitor.store import retention
from monitor.store.database import Database

LABELS = {
    "mentions": "提及",
    "predictions": "模型判断",
    "corrections": "人工更正",
    "topics": "话题",
    "rejects": "拒收记录",
    "crawls": "采集记录",
    "messages": "消息",
}


def register(app: typer.Typer) -> None:
    """Add `db upgrade|backup|purge`."""
    group = typer.Typer(help="数据库：升级、备份、清除过期数据", no_args_is_help=True)
    group.command("upgrade")(upgrade)
    group.command("backup")(backup)
    group.command("purge")(purge)
    app.add_typer(group, name="db")


def upgrade(*, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """建立数据库，或把表结构升到新版本；已有的数据不动。"""
    database = Database(read_settings(config).database_url)
    try:
        existed = database.is_ready()
        database.upgrade()
    except DBAPIError as error:
        # The driver's own text may hold the address with its password.
        kind = type(error.orig).__name__
        fail(f"数据库打不开（{kind}）：请检查 database 的地址、权限和磁盘空间", code=1)
    finally:
        database.close()
    show.say("✓ 表结构已是新版本。" if existed else "✓ 数据库已建好。", style="green")


def backup(
    file: Annotated[
        Path, typer.Argument(metavar="文件", help="备份写到哪里；不覆盖已有的", show_default=False)
    ],
    *,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """在运行中备份 SQLite 数据库，并检查备份是否完整。"""
    source = _source(read_settings(config))
    if file.exists() or file.is_symlink():
        raise Refusal(f"{file} 已经存在，不覆盖：请换一个文件名")
    if not file.parent.is_dir():
        raise Refusal(f"没有文件夹 {file.parent}：请先建好，或换一个地方")
    try:
        with _part(file) as part:
            _copy(source, part)
            problem = _check(part)
            if problem:
                fail(f"备份没有通过完整性检查（{problem}），没有保存：请检查磁盘后重试", code=1)
            os.link(part, file)
    except FileExistsError as error:
        raise Refusal(f"{file} 刚刚出现，不覆盖：请换一个文件名") from error
    except (OSError, sqlite3.Error) as error:
        fail(f"备份失败（{type(error).__name__}）：请检查磁盘空间和权限", code=1)
    size = file.stat().st_size / 1_000_000
    show.say(f"✓ 已备份到 {file}（{size:.1f} MB），完整性检查通过。", style="green")


def _source(settings: Settings) -> Path:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        raise Refusal("PostgreSQL 请用它自己的工具备份：pg_dump -Fc 数据库名 > 文件")
    source = Path(url.database or "")
    if not source.is_file():
        raise Refusal("还没有数据库，没有可备份的：先运行 fengsui db upgrade 或 fengsui run")
    return source


@contextlib.contextmanager
def _part(file: Path) -> Iterator[Path]:
    """A file of ours beside the target, readable by its owner alone, gone at the end."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    """Copy page by page while others may write: SQLite's own online backup."""
    with (
        contextlib.closing(
            sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)
        ) as old,
        contextlib.closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)
        # One file that stands alone, without the write-ahead log of the running database.
        new.execute("PRAGMA journal_mode=DELETE")


def _check(part: Path) -> str:
    """Read the whole copy; an empty answer means that it is sound."""
    with contextlib.closing(sqlite3.connect(part)) as copy:
        answer = str(copy.execute("PRAGMA integrity_check").fetchone()[0])
        broken = copy.execute("PRAGMA foreign_key_check").fetchone()
    if answer != "ok":
        return answer[:100]
    return "有悬空的引用" if broken else ""


def purge(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只数一数，不删除")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="确认删除，不能恢复")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """按 retention 清除过期的提及、拒收记录、采集记录和消息；处理中的事件的不动。"""
    if not dry_run and not yes:
        raise Refusal("清除后不能恢复：先用 --dry-run 看看会删多少，再加 --yes 确认")
    with opened(config) as app:
        days = app.settings.retention
        cut = retention.Cutoffs.at(app.clock(), days.mentions_days, days.raw_days, days.audit_days)
        if dry_run:
            with app.database.reading() as session:
                counts = retention.count(session, cut)
        else:
            counts = retention.purge(app.database, cut)
    _report(counts, dry_run=dry_run, as_json=as_json)


def _report(counts: dict[str, int], *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        print_json({"dry_run": dry_run, **counts})
        return
    show.say("会删除（还没有删）：" if dry_run else "已删除：")
    for name, number in counts.items():
        show.say(f"  {LABELS[name]} {number} 条")
