"""`fengsui incidents merge` and `split`: two incidents are one story, or one is two."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli import show
from monitor.cli.context import DEFAULT_CONFIG, ActorOption, ConfigOption, actor, opened
from monitor.cli.incident_confirm import next_lines
from monitor.cli.options import CodeArgument, ReasonOption
from monitor.cli.topic_people import reason_of, say_undo
from monitor.stations import joining


def merge(
    code: CodeArgument,
    into: Annotated[str, typer.Argument(metavar="并入", help="留下哪个编号", show_default=False)],
    *,
    reason: ReasonOption,
    who: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """把一个事件并入另一个：级别取高的，首帖取早的，不重新计时。"""
    with opened(config) as app:
        done = joining.merge(app, code, into, actor(app, who), reason_of(reason))
        root = done.incident
        show.say(f"✓ {code.upper()} 已并入 {root.code}，移过去 {done.mentions} 条。", style="green")
        say_undo(done.number)
        next_lines(app, root)


def split(
    code: CodeArgument,
    mentions: Annotated[
        list[str],
        typer.Argument(
            metavar="提及…", help="要拆出去的提及编号，见 incidents show", show_default=False
        ),
    ],
    *,
    reason: ReasonOption,
    who: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """把几条提及连同转发拆成另一个事件，时钟从它自己的首帖算；发过的消息不再发。"""
    wanted = [show.number(one, f"用 fengsui incidents show {code} 查看") for one in mentions]
    with opened(config) as app:
        done = joining.split(app, code, wanted, actor(app, who), reason_of(reason))
        part = done.incident
        said = f"✓ 拆出事件 {part.code}（{part.tier.label}），{done.mentions} 条。"
        show.say(said, style="green")
        say_undo(done.number)
        next_lines(app, part)
