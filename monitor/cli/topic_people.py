"""`fengsui topics merge|split|undo`: a person's word on what is one story."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli import show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ActorOption,
    ConfigOption,
    Refusal,
    actor,
    opened,
)
from monitor.cli.options import ReasonOption
from monitor.stations import regroup
from monitor.text.pii import mask

_LIST = "用 fengsui topics list 查看"
REASON_LIMIT = 500
TopicArgument = Annotated[str, typer.Argument(metavar="话题", help="话题编号", show_default=False)]


def merge(
    topic: TopicArgument,
    into: Annotated[str, typer.Argument(metavar="并入", help="并到哪个话题", show_default=False)],
    *,
    reason: ReasonOption,
    who: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """把一个话题并入另一个：人说是一件事，以后也不再分开。"""
    child, root = show.number(topic, _LIST), show.number(into, _LIST)
    with opened(config) as app:
        person = actor(app, who)
        done = regroup.merge(app, child, root, person, reason_of(reason))
    show.say(f"✓ 话题 {child} 已并入话题 {root}，移过去 {done.mentions} 条。", style="green")
    show.say("  事件随后合并：级别取高的，首帖取早的，不重新计时。", style="dim")
    say_undo(done.number)


def split(
    topic: TopicArgument,
    mentions: Annotated[
        list[str],
        typer.Argument(metavar="提及…", help="要拆出去的提及编号", show_default=False),
    ],
    *,
    reason: ReasonOption,
    who: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """把几条提及拆成另一个话题，连同它们的转发和原样复制；以后不会自动合回去。"""
    number = show.number(topic, _LIST)
    wanted = [show.number(one, f"用 fengsui topics show {number} 查看") for one in mentions]
    with opened(config) as app:
        person = actor(app, who)
        done = regroup.split(app, number, wanted, person, reason_of(reason))
    show.say(f"✓ 拆出话题 {done.topic}，{done.mentions} 条（含转发和复制）。", style="green")
    say_undo(done.number)


def undo(
    decision: Annotated[
        str,
        typer.Argument(metavar="几号", help="合并或拆分的编号，见 topics show", show_default=False),
    ],
    *,
    reason: ReasonOption,
    who: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """撤回一次合并或拆分；记录留着。"""
    number = show.number(decision, "见 fengsui topics show 话题编号")
    with opened(config) as app:
        person = actor(app, who)
        done = regroup.undo(app, number, person, reason_of(reason))
    show.say(f"✓ {number} 号已撤回：{done.mentions} 条回到话题 {done.topic}。", style="green")


def reason_of(text: str) -> str:
    """A reason as it is kept: masked, and not endless."""
    reason = mask(show.wording(text))[:REASON_LIMIT]
    if not reason:
        raise Refusal("--reason 是空的：写一句为什么，会留在记录里")
    return reason


def say_undo(number: int) -> None:
    """Say how to take a decision back."""
    show.say(
        f"  记为 {number} 号；弄错了就撤回：fengsui topics undo {number} --reason 理由", style="dim"
    )
