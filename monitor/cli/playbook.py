"""`fengsui playbook`: what to do in the first four hours, by whom, by when, and how it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from monitor.app import App
from monitor.cli import show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ActorOption,
    ConfigOption,
    JsonOption,
    actor,
    opened,
    print_json,
    viewer,
)
from monitor.cli.incident_confirm import next_lines
from monitor.cli.incident_facts import clocks, name_of
from monitor.cli.incident_print import clock_words
from monitor.cli.options import CodeArgument, ReasonOption
from monitor.domain.incident import Incident
from monitor.domain.playbook import Step, StepState, StepStatus
from monitor.stations import obey
from monitor.stations.restriction import seen_by
from monitor.store import steps as store

StepArgument = Annotated[
    str, typer.Argument(metavar="步骤", help="步骤代号，如 facts", show_default=False)
]
MARKS = {
    StepStatus.OPEN: ("待办", ""),
    StepStatus.DONE: ("完成", "green"),
    StepStatus.SKIPPED: ("跳过", "yellow"),
    StepStatus.CANCELLED: ("取消", "dim"),
}


def register(app: typer.Typer) -> None:
    """Add `playbook show|done|skip`."""
    group = typer.Typer(help="预案：黄金四小时要做的每一步", no_args_is_help=True)
    group.command("show")(show_)
    group.command("done")(done)
    group.command("skip")(skip)
    app.add_typer(group, name="playbook")


@dataclass(frozen=True, slots=True)
class Line:
    """A step of an incident with what the playbook file says about it."""

    state: StepState
    step: Step | None
    """None when the file no longer has this step."""

    def late(self, now: datetime) -> int:
        """Whole minutes past its time; 0 for what is in time or no longer waited for."""
        if self.state.status is not StepStatus.OPEN or self.state.due_at >= now:
            return 0
        return int((now - self.state.due_at).total_seconds() // 60)


def show_(
    code: CodeArgument,
    *,
    full: Annotated[bool, typer.Option("--full", help="每一步都列出完成标准和模板")] = False,
    as_json: JsonOption = False,
    who: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """显示一个事件的步骤：几时前由谁做、怎样算完成、用什么模板。"""
    with opened(config) as app:
        incident, lines = _read(app, code, viewer(app, who))
        now = app.clock()
        if as_json:
            print_json([_plain(app, one, now) for one in lines])
            return
        _print(app, incident, lines, now, full=full)


def _read(app: App, code: str, person: str | None) -> tuple[Incident, list[Line]]:
    with app.database.reading() as session:
        incident = obey.find(session, code, seen_by(app.settings, person))
        states = store.of_incident(session, incident.id)
    known = {step.id: step for step in app.playbook.steps}
    return incident, [Line(one, known.get(one.step_id.partition("#")[0])) for one in states]


def _plain(app: App, one: Line, now: datetime) -> dict[str, Any]:
    state, step, zone = one.state, one.step, app.settings.zone
    return {
        "step": state.step_id,
        "title": state.title,
        "role": state.role,
        "phase": step.phase if step else None,
        "status": state.status.value,
        "due_at": show.stamp(state.due_at, zone),
        "minutes_late": one.late(now),
        "done_by": state.done_by,
        "done_at": show.stamp(state.done_at, zone),
        "note": state.note,
        "exit": step.exit if step else None,
        "template": step.template if step else None,
    }


def _print(app: App, incident: Incident, lines: list[Line], now: datetime, *, full: bool) -> None:
    tier = show.tier_words(incident.tier, confirmed=incident.tier_confirmed_by is not None)
    show.say(f"{incident.code}  ", tier, f"  {incident.brand}｜{incident.lifecycle.label}")
    for clock in clocks(incident, now):
        show.say(*clock_words(clock, app, now))
    if not lines:
        show.say("这个事件没有预案步骤：橙色和红色才启动预案。")
        return
    waiting = [one for one in lines if one.state.status is StepStatus.OPEN]
    following = min(waiting, key=lambda one: one.state.due_at, default=None)
    for one in lines:
        _step(app, one, now, detailed=full or one is following)
    show.say()
    show.say(f"做完一步：fengsui playbook done {incident.code} 步骤代号", style="dim")


def _step(app: App, one: Line, now: datetime, *, detailed: bool) -> None:
    state = one.state
    word, style = MARKS[state.status]
    show.bullet(
        Text(state.title, style="bold" if detailed else ""),
        Text(f"  {state.role}｜代号 {state.step_id}", style="dim"),
        lead=f"[{word}] ",
    )
    show.bullet(_times(app, one, now), lead="       ")
    if state.note:
        show.bullet(Text(f"说明：{show.line(state.note, 200)}", style=style), lead="       ")
    if one.step and (detailed or state.status is StepStatus.OPEN):
        show.bullet(f"完成标准：{one.step.exit}", lead="       ")
    if one.step and one.step.template and detailed:
        show.bullet(Text("模板：", style="cyan"), lead="       ")
        show.bullet(one.step.template.rstrip(), lead="       │ ", again="       │ ")


def _times(app: App, one: Line, now: datetime) -> Text:
    """When it is due, or who ended it and when."""
    state, zone = one.state, app.settings.zone
    if state.status is StepStatus.OPEN:
        at = show.when(state.due_at, zone, now)
        late = one.late(now)
        if late:
            return Text(f"{at} 到期，已超 {late} 分钟", style=show.LATE)
        return Text(f"{at} 前（还有 {show.span(state.due_at - now)}）")
    if state.done_at is None:
        return Text("事件结束，不用再做", style="dim")
    by, at = name_of(app, state.done_by), show.when(state.done_at, zone, now)
    return Text(f"{by} {at}", style="dim")


def done(
    code: CodeArgument,
    step: StepArgument,
    *,
    note: Annotated[
        str, typer.Option("--note", metavar="文字", help="补充说明", show_default=False)
    ] = "",
    as_person: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """把一步记为完成。"""
    _finish(config, as_person, code, step, note, skip=False)


def skip(
    code: CodeArgument,
    step: StepArgument,
    *,
    reason: ReasonOption = "",
    as_person: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """跳过一步，要写理由。"""
    _finish(config, as_person, code, step, reason, skip=True)


def _finish(
    config: Path, wanted: str | None, code: str, step: str, note: str, *, skip: bool
) -> None:
    with opened(config) as app:
        person = actor(app, wanted)
        obey.finish_step(app, code, step.strip(), person, show.wording(note), skip=skip)
        incident, lines = _read(app, code, person)
        one = next(line for line in lines if line.state.step_id == step.strip())
        word = one.state.status.label
        show.say(f"✓ {incident.code} 「{one.state.title}」{word}。", style="green")
        next_lines(app, incident)
