"""`fengsui drill`: practise a crisis with the house's own rota, and see how the team did."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from crawlers.system_errors import reason
from monitor.app import App
from monitor.cli import drill_page, show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ConfigOption,
    Refusal,
    console,
    me,
    opened,
    system_user,
)
from monitor.cli.service import alone
from monitor.clock import utc_now
from monitor.domain.mention import SHANGHAI
from monitor.domain.tier import Tier
from monitor.stations import golive
from monitor.store import drills, incidents
from monitor.store.first_week_schema import DrillRow

INTERRUPTED = 130  # as shells report a program that was ended by Ctrl-C
SPEED = 10.0  # the four hours in 24 minutes, the five minutes of a RED in half a minute
WORD = "演练"


def register(app: typer.Typer) -> None:
    """Add `drill` and what is under it."""
    group = typer.Typer(help="演练：用自己的值班表演一场编出来的危机，给全队打分")
    group.callback(invoke_without_command=True)(drill)
    group.command("list")(drill_page.list_)
    group.command("show")(drill_page.show_)
    group.command("abort")(abort)
    app.add_typer(group, name="drill")


def drill(
    context: typer.Context,
    *,
    scenario: Annotated[
        str | None,
        typer.Option(
            "--scenario",
            metavar="剧本",
            help="misdiagnosis 误诊、privacy-leak 信息泄露、assault 伤医，或自己写的 .yaml",
            show_default=False,
        ),
    ] = None,
    auto: Annotated[
        bool, typer.Option("--auto", help="无人值守：程序自己扮演全队，一两分钟演完")
    ] = False,
    live: Annotated[
        bool, typer.Option("--live", help="真的发到各人的渠道，每条都标【演练】")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="--live 时不再问一遍")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="接着演上次停下的那一场")] = False,
    speed: Annotated[
        float, typer.Option("--speed", min=1, max=60, help="钟走多快：10 就是六分钟当一小时")
    ] = SPEED,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """演一场：帖子、呼叫、升级、预案都是真的流程，钟走得快，消息默认谁也不发。"""
    if context.invoked_subcommand is not None:
        return
    if auto and live:
        raise Refusal("--auto 是程序自己演，不发给人；要发给人就去掉 --auto")
    with opened(config) as app:
        _no_real_trouble(app)
        with alone(app, "drill.lock", "演练"):
            row = _taken_up(app) if resume else _begun(app, config, scenario, auto, live, yes)
            _play(app, row, speed)


def _no_real_trouble(app: App) -> None:
    if code := _real_trouble(app):
        raise Refusal(f"现在有真的事件 {code} 没有结束：先处理它（fengsui incidents show {code}）")


def _real_trouble(app: App) -> str:
    """The code of a real ORANGE or RED that is open: nobody practises beside it."""
    with app.database.reading() as session:
        found = incidents.all_incidents(session, active=True)
    return next((one.code for one in found if one.tier >= Tier.ORANGE), "")


def _taken_up(app: App) -> DrillRow:
    with app.database.transaction() as session:
        row = drills.unfinished(session)
        if row is None:
            raise Refusal("没有停在半路的演练；开始一场：fengsui drill --scenario misdiagnosis")
        row.status = "running"
    return row


def _begun(
    app: App, config: Path, wanted: str | None, auto: bool, live: bool, yes: bool
) -> DrillRow:
    from monitor.drill.folder import prepare
    from monitor.drill.scenario import ScenarioError, load_scenario, names

    if wanted is None:
        raise Refusal(f"演哪一场？写 --scenario 加 {'、'.join(names())} 之一，或自己的 .yaml 文件")
    with app.database.reading() as session:
        if drills.unfinished(session) is not None:
            raise Refusal(
                "有一场演练停在半路：fengsui drill --resume 接着演，或 fengsui drill abort 放弃"
            )
    try:
        now = utc_now()
        scenario = load_scenario(wanted, now.astimezone(SHANGHAI).date())
    except ScenarioError as error:
        raise Refusal(str(error)) from error
    if live:
        _confirm(app, yes=yes)
    with app.database.transaction() as session:
        row = DrillRow(
            scenario=wanted,
            title=scenario.title,
            auto=auto,
            live=live,
            folder="",
            started_at=now,
            started_by=me(app.settings) or system_user(app.settings),
        )
        session.add(row)
        session.flush()
        folder = _free(Path(app.settings.data_dir).absolute() / "drills" / str(row.id))
        # Before the commit: a drill that is on record has its folder.
        prepare(app, config, folder, scenario)
        row.folder = str(folder)
    return row


def _free(folder: Path) -> Path:
    """A folder that is not there yet: what was cut off before it was on record leaves its own."""
    names = (folder.with_name(f"{folder.name}-{number}") for number in range(2, 1000))
    return next((one for one in (folder, *names) if not one.exists()), folder)


def _confirm(app: App, *, yes: bool) -> None:
    """Nobody's telephone rings by a slip of the hand."""
    called = {one for level in app.settings.oncall.levels for one in level.people}
    people = "、".join(one.name for one in app.settings.people if one.id in called)
    groups = "、".join(app.settings.groups) or "（没有群）"
    show.say(f"消息会真的发出：{people or '（没有人值班）'}；群：{groups}。每条都标【演练】。")
    if yes:
        return
    if not sys.stdin.isatty():
        raise Refusal("--live 要人确认：在终端里运行，或加 --yes")
    if typer.prompt(f"先告诉过他们了吗？确认请输入「{WORD}」", default="").strip() != WORD:
        raise Refusal("没有开始，什么也没发")


def _play(app: App, row: DrillRow, speed: float) -> None:
    from models.labels import ModelError
    from monitor.drill.folder import enter
    from monitor.drill.run import Play
    from monitor.drill.scenario import ScenarioError, load_scenario

    folder = Path(row.folder)
    try:
        begun = row.started_at.astimezone(SHANGHAI).date()
        scenario = load_scenario(row.scenario, begun)
        stage = enter(folder / "fengsui.yaml", scenario, live=row.live)
    except (ScenarioError, OSError) as error:
        _set(app, row, "paused")
        why = reason(error) if isinstance(error, OSError) else error
        raise Refusal(f"这场演练接不下去（{why}）；放弃它：fengsui drill abort") from error
    try:
        stage.app.classifier()
        _greet(stage.config, row)
        play = Play(console, stage, auto=row.auto, speed=speed)
        score = play.run(lambda: bool(_real_trouble(app)))
        if code := _real_trouble(app):
            _set(app, row, "paused")
            raise Refusal(f"演练停下了：真的事件 {code} 来了，先处理它。以后接着演：--resume")
        with app.database.transaction() as session:
            kept = session.get_one(DrillRow, row.id)
            drills.end(kept, "done", score.to_json(), utc_now())
            session.flush()
            golive.settle(app, session, utc_now())
    except ModelError as error:
        _set(app, row, "paused")
        raise Refusal(str(error)) from error
    except KeyboardInterrupt as error:
        _set(app, row, "paused")
        show.say("演练停在这里，没有消息再发出。接着演：fengsui drill --resume", style="yellow")
        show.say("不演了：fengsui drill abort")
        raise typer.Exit(INTERRUPTED) from error
    finally:
        stage.app.database.close()
    drill_page.tell(app, kept)
    for sentence in play.team.refused if play.team else ():
        show.say(f"  {sentence}", style="yellow")


def _greet(config: Path, row: DrillRow) -> None:
    show.say("【演练】事情全是编的，数据单独放，不碰真的事件、统计和周报里的数字。", style="bold")
    if row.auto:
        return
    show.say("另开一个终端应答，命令和夜里一样，只是先打这一行：")
    show.say(f"  export FENGSUI_CONFIG={config}")
    show.say("然后 fengsui incidents list、fengsui incidents ack 编号……；停下：Ctrl-C")


def _set(app: App, row: DrillRow, status: str) -> None:
    with app.database.transaction() as session:
        session.get_one(DrillRow, row.id).status = status


def abort(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """放弃停在半路的演练；记录留着，不打分。"""
    with opened(config) as app, alone(app, "drill.lock", "演练"):
        with app.database.transaction() as session:
            row = drills.unfinished(session)
            if row is None:
                raise Refusal("没有停在半路的演练")
            drills.end(row, "aborted", {}, utc_now())
        show.say(f"✓ 第 {row.id} 场演练已放弃。", style="green")
