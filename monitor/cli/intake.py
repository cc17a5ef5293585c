"""`ingest`, `watch` and `sources`: what comes in, and where from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import select

from monitor.cli import watch
from monitor.cli.context import ConfigOption, JsonOption, Refusal, console, opened, print_json
from monitor.cli.ingest import ingest
from monitor.status import SOURCE_STATUSES
from monitor.store.schema import SourceRow

sources = typer.Typer(help="信息来源：列出、检查。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("ingest")(ingest)
    watch.register(app)
    app.add_typer(sources, name="sources")


@sources.command("list")
def list_sources(config: ConfigOption = Path("fengsui.yaml"), as_json: JsonOption = False) -> None:
    """列出来源和新鲜度。"""
    with opened(config) as app, app.database.reading() as session:
        rows = {row.name: row for row in session.scalars(select(SourceRow))}
        zone = app.settings.zone
        listed: list[dict[str, Any]] = [
            {
                "name": one.name,
                "url": one.url,
                "every": str(one.every),
                "status": rows[one.name].status if one.name in rows else "new",
                "last_ok_at": rows[one.name].last_ok_at if one.name in rows else None,
                "last_item_at": rows[one.name].last_item_at if one.name in rows else None,
                "problem": rows[one.name].problem if one.name in rows else "",
            }
            for one in app.settings.sources
        ]
    if as_json:
        print_json(listed)
        return
    for one in listed:
        last = one["last_ok_at"]
        when = f"{last.astimezone(zone):%m-%d %H:%M}" if last else "还没有"
        word = SOURCE_STATUSES.get(one["status"], one["status"])
        trouble = f"　{one['problem']}" if one["problem"] else ""
        line = f"{one['name']}　{word}　最近成功 {when}{trouble}"
        console.print(line, markup=False, soft_wrap=True)
    if not listed:
        console.print("还没有来源；在 fengsui.yaml 的 sources 里加一个，见 docs/configuration.md")


@sources.command("check")
def check_sources(
    names: Annotated[list[str] | None, typer.Argument(help="只查这几个；不写就全查")] = None,
    config: ConfigOption = Path("fengsui.yaml"),
) -> None:
    """现在就读一遍每个来源，只看不存，说出读到几条、有什么问题。"""
    from crawlers.protocol import CrawlRequest

    with opened(config, outward=True) as app:
        unknown = set(names or ()) - {one.name for one in app.settings.sources}
        if unknown:
            raise Refusal(
                f"没有这个来源：{'、'.join(sorted(unknown))}；运行 fengsui sources list 查看"
            )
        failed = False
        for one in app.settings.sources:
            if names and one.name not in names:
                continue
            outcome = app.crawl(
                CrawlRequest(
                    source=one.name,
                    platform=one.platform,
                    url=one.url,
                    cache_dir=Path(app.settings.data_dir) / "crawl-check",
                    now=app.clock(),
                    follow_articles=False,
                    obey_robots=one.robots,
                )
            )
            failed = failed or outcome.status == "failed"
            troubles = "；".join(problem.message_zh for problem in outcome.problems)
            said = f"{one.name}：读到 {len(outcome.items)} 条。{troubles}"
            console.print(said, markup=False, soft_wrap=True)
    if failed:
        raise typer.Exit(1)
