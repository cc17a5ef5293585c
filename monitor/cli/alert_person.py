"""`fengsui alerts test --person` and `alerts confirm`: whether a call really wakes somebody."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from alerts.message import Status
from monitor.cli import show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ActorOption,
    ConfigOption,
    Refusal,
    actor,
    known_person,
    me,
    opened,
    system_user,
)
from monitor.stations import golive, reach

ANSWERS = {
    Status.SENT: ("通了", "green"),
    Status.RETRY: ("暂时不通", "yellow"),
    Status.UNKNOWN: ("不知是否收到", "yellow"),
    Status.DEAD: ("不通", "bold red"),
    Status.TOO_LONG: ("被拒，说太长", "bold red"),
}


def ring(config: Path, wanted: str, channels: list[str]) -> None:
    """Ring one person now, with a number to be told back."""
    if channels:
        raise Refusal("--person 试的是最能叫醒他的那个渠道，不用再写渠道名")
    with opened(config, outward=True) as app:
        number = known_person(app.settings, wanted)
        person = next(one for one in app.settings.people if one.id == number)
        sender = me(app.settings) or system_user(app.settings)
        name, delivery = reach.ring(app, person, sender)
        word, style = ANSWERS[delivery.status]
        show.say(f"{name}：{word}。{show.line(delivery.detail, 200)}", style=style)
        if delivery.status is not Status.SENT:
            raise typer.Exit(1)
        show.say(f"请{person.name}把听到（看到）的六位确认码告诉你，一天之内：")
        show.say(f"  fengsui alerts confirm 确认码 --person {number}")


def confirm(
    code: Annotated[
        str,
        typer.Argument(metavar="[确认码]", help="试呼里的六位数；本人确认可以不写"),
    ] = "",
    *,
    person: Annotated[
        str | None,
        typer.Option(
            "--person", metavar="人员编号", help="替谁确认；不写就是你自己", show_default=False
        ),
    ] = None,
    who: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """确认试呼叫到了人：写上他听到的确认码，或由本人登录确认。"""
    with opened(config) as app:
        typed = actor(app, who)
        wanted = known_person(app.settings, person) if person else typed
        row = reach.confirm(app, wanted, "".join(code.split()), typed)
        name = next(one.name for one in app.settings.people if one.id == wanted)
        show.say(f"✓ {name}的试呼已确认（{row.channel}）；换了号码或渠道要重做。", style="green")
        with app.database.transaction() as session:
            golive.settle(app, session, app.clock())
            lacking = golive.missing(app, session)
        if lacking:
            show.say(f"转正还缺 {len(lacking)} 项：")
            for one in lacking:
                show.say(f"  · {one}")
        else:
            show.say("转正要的试呼和演练都齐了。", style="green")
