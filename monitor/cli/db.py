"""`fengsui db`: bring the schema up to date, copy the running database; what it forgets, below."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from crawlers.system_errors import reason
from monitor.cli import show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ConfigOption,
    Refusal,
    fail,
    read_settings,
)
from monitor.cli.db_purge import purge
from monitor.cli.db_refuse import refusals, refuse, unrefuse
from monitor.config import Settings
from monitor.files import aside, settle
from monitor.store import trouble
from monitor.store.database import Database


def register(app: typer.Typer) -> None:
    """Add `db upgrade|backup|purge|refuse|refusals|unrefuse`."""
    group = typer.Typer(help="数据库：升级、备份、清除、拒收名单", no_args_is_help=True)
    group.command("upgrade")(upgrade)
    group.command("backup")(backup)
    group.command("purge")(purge)
    group.command("refuse")(refuse)
    group.command("refusals")(refusals)
    group.command("unrefuse")(unrefuse)
    app.add_typer(group, name="db")


def upgrade(*, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """建立数据库，或把表结构升到新版本；已有的数据不动。"""
    database = Database(read_settings(config).database_url)
    try:
        existed = database.is_ready()
        database.upgrade()
    except DBAPIError as error:
        # The driver's own text may hold the address with its password.
        fail(
            f"数据库打不开（{trouble.reason(error)}）：请检查 database 的地址、权限和磁盘空间",
            code=1,
        )
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
        with aside(file) as part:
            _copy(source, part)
            problem = _check(part)
            if problem:
                fail(f"备份没有通过完整性检查（{problem}），没有保存：请检查磁盘后重试", code=1)
            settle(part, file)
    except FileExistsError as error:
        raise Refusal(f"{file} 刚刚出现，不覆盖：请换一个文件名") from error
    except (OSError, sqlite3.Error) as error:
        why = reason(error) if isinstance(error, OSError) else trouble.reason(error)
        fail(f"备份失败（{why}）：请检查磁盘空间和权限", code=1)
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
