"""`run` and `status`: the daemon, and whether it is healthy."""

from __future__ import annotations

import fcntl
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import typer

from monitor.app import App
from monitor.cli.context import ConfigOption, JsonOption, Refusal, console, opened, print_json
from monitor.cli.context import read_settings as read
from monitor.cli.show import span
from monitor.status import Health, health


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("run")(run)
    app.command("status")(status)


def run(config: ConfigOption = Path("fengsui.yaml")) -> None:
    """昼夜运行：采集、判断、预警、催办，直到收到停止信号（SIGTERM）。"""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(threadName)s %(message)s"
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)  # the first start makes all tables
    with opened(config, outward=True) as app, sole_daemon(app):
        from monitor import bootstrap
        from monitor.daemon import Daemon

        bootstrap.verify(app.settings)
        app.classifier()  # a wrong model path must be said at the start, not at the first mention

        daemon = Daemon(app, lambda running: bootstrap.rebuild(running, read(config)))
        daemon.listen()
        console.print("烽燧已启动。查看状态：fengsui status；停止：Ctrl-C")
        daemon.run()
    console.print("烽燧已停止，手上的事都已落盘。")
    # A crawl child may still run into its deadline; the interpreter would wait for its thread.
    sys.stdout.flush()
    os._exit(0)


@contextmanager
def sole_daemon(app: App) -> Iterator[None]:
    """Hold the data folder for one daemon."""
    with alone(app, "daemon.lock", "烽燧"):
        yield


@contextmanager
def alone(app: App, file: str, what: str) -> Iterator[None]:
    """Hold the data folder for one process of a kind; the lock dies with it, however it dies."""
    path = Path(app.settings.data_dir) / file
    with path.open("w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refusal(
                f"{app.settings.data_dir} 已有一个{what}在运行；先停掉它，或换一个 data_dir"
            ) from error
        yield


def status(config: ConfigOption = Path("fengsui.yaml"), as_json: JsonOption = False) -> None:
    """一屏看清是否正常：进程、来源、待判断、事件、消息。"""
    with opened(config) as app, app.database.reading() as session:
        seen = health(app, session, app.clock())
    print_json(seen.to_json()) if as_json else _show(seen)
    if not seen.healthy:
        raise typer.Exit(1)


def _show(seen: Health) -> None:
    console.print("状态：正常" if seen.healthy else "状态：需要处理", style="bold")
    for sentence in seen.troubles:
        console.print(f"  ! {sentence}", style="red", markup=False, soft_wrap=True)
    if seen.trial:
        console.print(f"试运行：{seen.trial}", style="yellow", markup=False)
    age = "从未运行" if seen.beat_age is None else f"{_ago(seen.beat_age)}前有心跳"
    if seen.stopped and seen.beat_age is not None:
        age = f"{_ago(seen.beat_age)}前已正常停止"
    console.print(f"进程：{age}")
    for name, line in seen.sources:
        console.print(f"来源：{name}　{line}", markup=False, soft_wrap=True)
    console.print(f"待判断：{seen.waiting} 条；最近 24 小时新提及 {seen.mentions_day} 条")
    if seen.rescoring:
        console.print(f"换了模型：还有 {seen.rescoring} 条近期提及等着重读，新的在前")
    for line in seen.incidents or ("没有打开的事件",):
        console.print(f"事件：{line}", markup=False, soft_wrap=True)
    told = "，".join(f"{name} {count}" for name, count in seen.messages.items()) or "没有"
    console.print(f"最近 24 小时消息：{told}")


def _ago(age: timedelta) -> str:
    seconds = int(age.total_seconds())
    return f"{seconds} 秒" if seconds < 120 else span(age)  # noqa: PLR2004 - two minutes
