"""`fengsui demo`: a crisis from the first post to the weekly report, on real parts, on loopback."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from monitor.clock import utc_now

FOLDER = Path("demo-output")
INTERRUPTED = 130  # as shells report a program that was ended by Ctrl-C


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件夹；每次运行都会替换")] = FOLDER,
) -> None:
    """看一遍完整的流程：不用配置、不用联网，一两分钟演完一场危机，最后给出周报。"""
    from monitor.demo.director import perform
    from monitor.demo.stage import DemoError

    console = _console()
    try:
        findings = perform(console, out.absolute(), utc_now)
    except DemoError as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        console.print("演示已停止。", markup=False)
        raise typer.Exit(INTERRUPTED) from error
    missing = [one.text for one in findings if not one.held]
    if missing:
        console.print("演示没有按预期走完，少了：", style="bold red", markup=False)
        for text in missing:
            console.print(f"  {text}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1)
    console.print("演示完成：该发生的都发生了。", style="bold green", markup=False)


def _console() -> Console:
    """A console that writes Chinese whatever the locale says, and breaks no word of it."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    return Console(highlight=False)
