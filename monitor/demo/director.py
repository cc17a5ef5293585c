"""The director: lets everybody work, then jumps the clock to whatever comes next."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from time import monotonic, sleep

from rich.console import Console

from monitor.clock import Clock
from monitor.demo import hourly, scene
from monitor.demo.checks import Finding, examine
from monitor.demo.gateway import Gateway
from monitor.demo.hands import Hands
from monitor.demo.narrator import Narrator
from monitor.demo.people import Cast
from monitor.demo.stage import DemoError, Stage, set_up
from monitor.reports.run import run_weekly
from monitor.reports.week import week_of

LOOK = 0.02  # seconds between two looks at whether all is quiet
# Far longer than a crawl's own deadline of 120 s: a starved machine is slow, not wrong.
PATIENCE = 600.0
WORTH_A_WORD = 20.0  # an instant takes about a second; after this the audience asks what is wrong


def perform(console: Console, folder: Path, real: Clock) -> list[Finding]:
    """Play the whole demo into `folder` and return what was to happen, each with whether it did."""
    console.print("正在搭台：网站、机器人、邮箱、模型、守护进程……", style="dim")
    with set_up(folder, real) as stage:
        try:
            report, findings = _perform(console, stage)
        except KeyboardInterrupt:
            console.print("正在停下，等手上的采集和发送做完……", style="dim")
            raise
    _close(console, stage, report, findings)
    return findings


def _perform(console: Console, stage: Stage) -> tuple[Path, list[Finding]]:
    narrator = Narrator(console, stage)
    hands = Hands(stage, lambda text: narrator.say(text, "green"), narrator.chapter)
    cast = Cast(hands)
    narrator.chapter(f"{stage.story.begins:%Y-%m-%d}，清河镇，平静的早晨")
    problem = _play(stage, narrator, cast)
    report = _report(stage)
    _count(console, stage)
    return report, examine(stage, hands.refused, cast.waiting, problem, report)


def _play(stage: Stage, narrator: Narrator, cast: Cast) -> str:
    """Run until everybody is done or the day is over; what broke off the story, if anything."""
    gateway = Gateway(stage)
    try:
        while True:
            narrator.ingested(gateway.hand_over(stage.clock()))
            _settle(stage, narrator)
            narrator.tell()
            if cast.act():
                continue
            coming = _next(stage, gateway, cast)
            if coming is None or cast.done:
                return ""
            stage.clock.jump(coming)
    except DemoError as error:
        narrator.say(f"演示中断：{error}", "bold red")
        return str(error)


def _next(stage: Stage, gateway: Gateway, cast: Cast) -> datetime | None:
    """The next instant at which a machine or a person has something to do, within the day."""
    found = (scene.next_instant(stage.app), gateway.next(), cast.next())
    coming = min((instant for instant in found if instant is not None), default=None)
    return coming if coming is not None and coming <= stage.story.ends else None


def _settle(stage: Stage, narrator: Narrator) -> None:
    """Wait in real time until no crawl, score, decision or send is due or in flight."""
    begun, told = monotonic(), False
    while not _is_settled(stage):
        waited = monotonic() - begun
        if waited > PATIENCE:
            raise DemoError(f"手上的事等了 {PATIENCE:.0f} 秒还没做完，请看运行日志")
        if waited > WORTH_A_WORD and not told:
            narrator.say("（机器很忙，等手上的采集、判断和发送做完……）", "dim")
            told = True
        sleep(LOOK)


def _is_settled(stage: Stage) -> bool:
    """All loops have woken and rest, nothing is due, and nobody began anew while we looked."""
    rests = stage.awake and stage.daemon.idle
    return rests and scene.is_quiet(stage.app, stage.clock()) and stage.daemon.idle


def _count(console: Console, stage: Stage) -> None:
    """How many messages each got in each hour."""
    names = {one.id: one.name for one in stage.app.settings.people}
    with stage.app.database.reading() as session:
        usual = hourly.hours(session, stage.clock())
        reds = hourly.hours(session, stage.clock(), urgent=True)
    console.print()
    console.print("── 每人每小时收到几条（+ 后面是新的红色）", style="bold cyan")
    for line in hourly.table(usual, reds, names):
        console.print(line, markup=False)


def _report(stage: Stage) -> Path:
    now = stage.clock()
    _, path = run_weekly(stage.app, week_of(now), now, Path(stage.app.settings.report.out))
    return path


def _close(console: Console, stage: Stage, report: Path, findings: list[Finding]) -> None:
    """Say what came of it, where everything is, and what to try."""
    console.print()
    console.print("── 核对", style="bold cyan")
    for one in findings:
        mark, style = ("√", "green") if one.held else ("×", "bold red")
        console.print(f"{mark} {one.text}", style=style, markup=False)
    config = _shown(stage.config)
    console.print()
    for line in (
        f"周报：{_shown(report)}（用浏览器打开）",
        f"配置：{config}",
        f"运行日志：{_shown(stage.folder / 'fengsui.log')}",
        "接着可以试：",
        f"  fengsui incidents list --all -c {config}",
        f"  fengsui mentions list -c {config}",
        "  fengsui init　　写一份自己的配置",
    ):
        console.print(line, markup=False, soft_wrap=True)


def _shown(path: Path) -> str:
    """A path as short as it can be typed from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
