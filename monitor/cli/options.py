"""Arguments that several commands share, each described once."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.app import App
from monitor.cli import show
from monitor.cli.context import Refusal

CodeArgument = Annotated[
    str, typer.Argument(metavar="编号", help="事件编号，如 7K2（不分大小写）", show_default=False)
]
ReasonOption = Annotated[
    str,
    typer.Option("--reason", "-r", metavar="文字", help="理由，会留在记录里", show_default=False),
]
SinceOption = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="时间",
        help="从什么时候起：24h、7d、08:00，或 2026-11-22 08:00",
        show_default=False,
    ),
]
LimitOption = Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="最多列几条")]
BrandOption = Annotated[
    str | None,
    typer.Option("--brand", metavar="品牌", help="只看这个品牌（名称或别名）", show_default=False),
]


def brand_of(app: App, wanted: str) -> str:
    """The brand that this name or alias means; refuses what the configuration does not have."""
    for one in app.settings.brands:
        if wanted.strip() in (one.name, *one.aliases):
            return one.name
    known = "、".join(one.name for one in app.settings.brands)
    raise Refusal(f"没有品牌「{show.line(wanted, 30)}」；配置里有：{known}")
