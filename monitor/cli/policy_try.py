"""`fengsui policy test`: stories in YAML, played through the engine against a policy."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from monitor.cli import show, why
from monitor.cli.context import JsonOption, Refusal, print_json
from monitor.cli.policy_files import FileOption, policy_from
from monitor.domain.mention import SHANGHAI
from monitor.domain.tier import Tier
from monitor.stories.file import SHIPPED, StoryError, load_stories
from monitor.stories.play import Verdict, judge
from monitor.stories.story import Story

Played = tuple[Story, tuple[Verdict, ...]]


def try_(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[文件]...", help="故事文件；不写就用自带的故事", show_default=False
        ),
    ] = None,
    *,
    policy: FileOption = None,
    example: Annotated[
        bool, typer.Option("--print", help="打印自带的故事，可以照着写自己的")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """用故事试策略：一行条数、几条指控，到第几分钟该是什么级别。有一个不符，退出码是 1。"""
    if example:
        sys.stdout.write(SHIPPED.read_text("utf-8"))
        return
    wanted = policy_from(policy)
    played = [(one, judge(wanted, one)) for path in files or [SHIPPED] for one in _stories(path)]
    failed = [one for one in played if not all(verdict.holds for verdict in one[1])]
    if as_json:
        print_json({"policy": wanted.version, "stories": [_plain(*one) for one in played]})
    else:
        for one in played:
            _print(*one)
        tail = f"，{len(failed)} 个不符" if failed else "，全部相符"
        show.say(f"策略 {wanted.version}：{len(played)} 个故事{tail}", style=_STYLE[bool(failed)])
    if failed:
        raise typer.Exit(1)


_STYLE = {True: "red", False: "green"}


def _stories(path: Path) -> tuple[Story, ...]:
    try:
        return load_stories(path)
    except StoryError as error:
        raise Refusal(str(error)) from error


def _print(story: Story, verdicts: tuple[Verdict, ...]) -> None:
    wrong = [one for one in verdicts if not one.holds]
    mark = Text("✗ ", style="red") if wrong else Text("✓ ", style="green")
    place = f"（第 {story.line} 行）" if wrong else ""
    show.bullet(mark, show.line(story.name, 80), place, lead="")
    for one in wrong:
        look, minute = one.look, _minute(story, one)
        at = f"{look.at.astimezone(SHANGHAI):%m-%d %H:%M}"
        got, wanted = _word(look.decision.tier, look.decision.candidate), _wanted(one)
        show.bullet(f"第 {minute} 分钟（{at}，文件第 {one.expected.line} 行）：", lead="  ")
        show.bullet(f"期望 {wanted}，实际 {got}", lead="    ")
        show.bullet(f"原因：{look.decision.reason}", lead="    ")
        show.bullet(f"当时：{why.numbers(_numbers(one))}", lead="    ")
        if got != "无":
            show.bullet(f"怎样会降级：{look.way_down}", lead="    ")


def _minute(story: Story, one: Verdict) -> int:
    return int((one.expected.at - story.start).total_seconds() // 60)


def _word(tier: Tier, candidate: bool) -> str:
    return "候选" if candidate else tier.label


def _wanted(one: Verdict) -> str:
    return _word(one.expected.tier, one.expected.candidate)


def _numbers(one: Verdict) -> dict[str, Any]:
    metrics = one.look.metrics
    names = ("hour", "previous_hour", "mentions", "platforms", "sources", "negative_share", "heat")
    return {
        **{name: getattr(metrics, name) for name in names},
        "claims": len(metrics.claims),
        "healthy": metrics.healthy,
    }


def _plain(story: Story, verdicts: tuple[Verdict, ...]) -> dict[str, Any]:
    return {
        "name": story.name,
        "line": story.line,
        "holds": all(one.holds for one in verdicts),
        "looks": [
            {
                "minute": _minute(story, one),
                "at": one.look.at.astimezone(SHANGHAI).isoformat(),
                "line": one.expected.line,
                "expected": _wanted(one),
                "got": _word(one.look.decision.tier, one.look.decision.candidate),
                "holds": one.holds,
                "reason": one.look.decision.reason,
                "metrics": _numbers(one),
                "would_lower": one.look.way_down,
            }
            for one in verdicts
        ],
    }
