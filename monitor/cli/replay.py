"""`fengsui replay`: how the engine would have seen a recorded stream."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from crawlers.items import Item
from monitor import files
from monitor import replay as replays
from monitor.app import App
from monitor.cli import show
from monitor.cli.context import JsonOption, Refusal, console, errors, print_json
from monitor.cli.writing import refusing
from monitor.clock import utc_now
from monitor.config import BrandConfig, Settings, TierConfig
from monitor.domain.mention import SHANGHAI


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replay")(replay)


def replay(
    file: Annotated[Path, typer.Argument(help="提及 JSON Lines 文件，可以是 .gz")],
    brand: Annotated[str, typer.Option("--brand", help="品牌名")],
    alias: Annotated[list[str] | None, typer.Option("--alias", help="别名，可写多次")] = None,
    policy: Annotated[Path | None, typer.Option("--policy", help="分级策略文件")] = None,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="网页", help="另画一张图：提及、热度、级别在一条时间线上"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """回放一段真实记录：从第一条提及到每一次级别变化，用的就是日常运行的那条流水线。"""
    if plot is not None:
        _check_place(plot)
    items = read(file)
    started = time.perf_counter()
    with scratch(brand, tuple(alias or ()), policy) as app, _bar(as_json) as bar:
        task = bar.add_task("回放", total=len(items))
        result = replays.run(
            app,
            brand,
            items,
            lambda n, _all: bar.update(task, advance=n),
            watched=plot is not None,
        )
        bands, version = app.policy.bands, app.policy.version
    if plot is not None:
        _plot(result, plot, bands, version)
    document = result.to_json(time.perf_counter() - started)
    print_json(document) if as_json else _show(result, document["seconds"])


def _check_place(plot: Path) -> None:
    """Refuse, before minutes of work, a place where no picture may go; ours may be redrawn."""
    from monitor.reports.replay_page import is_ours

    if not plot.parent.is_dir():
        raise Refusal(f"没有文件夹 {plot.parent}；先建好，或换一个能写的位置")
    with refusing(plot):
        if os.path.lexists(plot) and not (plot.is_file() and is_ours(plot)):
            raise FileExistsError


def _plot(result: replays.Replay, file: Path, bands: tuple[float, ...], version: str) -> None:
    """Write the picture; a place that cannot be written to is refused in words."""
    from monitor.reports.replay_chart import Moment
    from monitor.reports.replay_page import Change, render

    page = render(
        brand=result.brand,
        moments=[Moment(one.at, one.mentions, one.heat, one.tier) for one in result.looks],
        changes=[
            Change(one.tier, one.at, one.minutes_after_first, one.mentions_seen, one.reason)
            for one in result.tiers
        ],
        bands=bands,
        policy=version,
        zone=SHANGHAI,
    )
    with refusing(file):
        files.put(file, page.encode(), private=False)
    errors.print(f"图写在 {file}，用浏览器打开", markup=False, soft_wrap=True)


def read(file: Path) -> list[Item]:
    """All good lines of the file; bad ones are counted aloud, no good one at all is refused."""
    from crawlers.importers.jsonl import Rejected, read_items

    if not file.is_file():
        raise Refusal(f"找不到文件 {file}；请检查路径")
    items, rejected = [], []
    for one in read_items(file, utc_now()):
        if isinstance(one, Rejected):
            rejected.append(one)
        elif one.observed_at or one.published_at:
            items.append(one)
        else:
            rejected.append(Rejected(0, f"{one.id} 没有时间，无法回放", ""))
    for one in rejected[:5]:
        errors.print(f"跳过第 {one.line} 行：{one.reason}", markup=False)
    if len(rejected) > 5:  # noqa: PLR2004 - the same five as above
        errors.print(f"……共跳过 {len(rejected)} 行")
    if not items:
        raise Refusal(f"{file} 里没有一条能用的提及；格式见 docs/interchange.md")
    return items


@contextmanager
def scratch(brand: str, aliases: tuple[str, ...], policy: Path | None = None) -> Iterator[App]:
    """An application on a scratch store that watches one brand."""
    from monitor import bootstrap

    with replays.scratch_folder() as folder:
        settings = Settings(
            data_dir=Path(folder),
            brands=(BrandConfig(name=brand, aliases=aliases, platform_notices=False),),
            tiers=TierConfig(policy=policy),
        )
        classifier = replays.Remembering(bootstrap.shipped_classifier())
        app = bootstrap.build_scratch(settings, utc_now, classifier)
        try:
            yield app
        finally:
            app.database.close()


def _bar(as_json: bool) -> Progress:
    return Progress(console=errors, transient=True, disable=as_json)


def _show(result: replays.Replay, seconds: float) -> None:
    console.print(
        f"{result.brand}：{result.mentions} 条，命中 {result.matched} 条，用时 {seconds:.1f} 秒",
        markup=False,
    )
    if not result.tiers:
        console.print("级别一直是「无」。")
        return
    show.table(("级别", "时间", "首条之后", "已见", "原因"), map(_row, result.tiers))


def _row(one: replays.TierChange) -> tuple[str, ...]:
    at = f"{one.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    after = f"{one.minutes_after_first:.1f} 分钟"
    return one.tier.label, at, after, f"{one.mentions_seen} 条", one.reason
