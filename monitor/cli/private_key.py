"""`fengsui private rekey`: another key for the private store."""

from __future__ import annotations

from rich.progress import Progress

from monitor.cli import show
from monitor.cli.context import DEFAULT_CONFIG, ActorOption, ConfigOption, errors, opened
from monitor.cli.guard import entitled
from monitor.store import private as store

KEEPERS = ("operator", "legal")


def rekey(*, actor: ActorOption = None, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """换一把钥匙：全部记录用新钥匙重封；中断了再运行一次（运维、法务）。"""
    with opened(config) as app:
        entitled(app, actor, KEEPERS, "private.rekey", "")
        done = 0
        with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
            task = progress.add_task("重封", total=None)
            for count in store.rekey(app.database, app.vault, app.clock()):
                done += count
                progress.update(task, completed=done)
        show.say(f"✓ 已换新钥匙，重封 {done} 条：{app.vault.path}", style="green")
    show.say("现在就备份一次数据库和这个文件。旧备份只能用旧钥匙打开：旧钥匙和旧备份放在一起，")
    show.say("旧备份到期销毁时一起销毁。")
