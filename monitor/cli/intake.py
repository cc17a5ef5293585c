"""`ingest` and `sources`: what comes in, and where from."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import select

from crawlers.items import Item
from monitor.app import App
from monitor.cli.context import (
    ConfigOption,
    JsonOption,
    Refusal,
    console,
    errors,
    opened,
    print_json,
)
from monitor.stations.take_in import Intake, full_text, refusal, take_in
from monitor.status import SOURCE_STATUSES, health
from monitor.store.schema import RejectRow, SourceRow
from monitor.text.clean import clean
from monitor.text.pii import mask

BATCH = 500  # items per transaction: an import that is killed loses and doubles nothing

sources = typer.Typer(help="信息来源：列出、检查。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("ingest")(ingest)
    app.add_typer(sources, name="sources")


def ingest(
    files: Annotated[list[Path], typer.Argument(help="提及 JSON Lines 文件，可以是 .gz")],
    config: ConfigOption = Path("fengsui.yaml"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会进来什么，不写入")] = False,
    file_format: Annotated[str, typer.Option("--format", help="文件格式")] = "jsonl",
    as_json: JsonOption = False,
) -> None:
    """导入文件里的提及；坏行写明行号和原因，存进旁边的 .rejects.jsonl，好行照常进来。"""
    if file_format != "jsonl":
        raise Refusal(f"不认识格式 {file_format}；目前支持 jsonl（见 docs/interchange.md）")
    for file in files:
        if not file.is_file():
            raise Refusal(f"找不到文件 {file}；请检查路径")
    with opened(config) as app:
        reports = [_ingest(app, file, dry_run=dry_run) for file in files]
        with app.database.reading() as session:
            running = health(app, session, app.clock()).running
    if as_json:
        print_json(reports)
        return
    for one in reports:
        console.print(_sentence(one), markup=False, soft_wrap=True)
    if dry_run:
        console.print("试读：什么也没有写入。没有和已有的比对，转发只看自己的文字。")
    else:
        console.print("守护进程会马上判断它们" if running else "运行 fengsui run 后会判断它们")


def _ingest(app: App, file: Path, *, dry_run: bool) -> dict[str, Any]:
    from crawlers.importers.jsonl import Rejected, read_items

    now, total = app.clock(), Counter[str]()
    rejects: list[dict[str, Any]] = []

    def good(lines: Iterable[Item | Rejected]) -> Iterator[Item]:
        for one in lines:
            if isinstance(one, Rejected):
                rejects.append(_reject(f"第 {one.line} 行", one.reason, one.text, one.line))
            else:
                yield one

    items = good(read_items(file, now))
    while batch := list(islice(items, BATCH)):
        intake = _would(app, batch, now) if dry_run else _take(app, batch, file, now)
        total.update(new=intake.new, again=intake.again, unmatched=intake.unmatched)
        total.update(waiting=intake.waiting)
        rejects += [_reject(f"编号 {number}", reason, "") for number, reason in intake.rejected]
    if not dry_run:
        _keep(app, file, rejects, now)
    counts = {name: total[name] for name in ("new", "again", "unmatched", "waiting")}
    return {"file": str(file), **counts, "rejected": rejects}


def _take(app: App, batch: list[Item], file: Path, now: Any) -> Intake:  # noqa: ANN401 - an instant
    return app.database.repeat(lambda session: take_in(app, session, batch, now, source=file.name))


def _would(app: App, batch: list[Item], now: Any) -> Intake:  # noqa: ANN401 - an instant
    """What would come in, judged without the store: known posts and reposts are not told apart."""
    intake = Intake()
    for item in batch:
        reason = refusal(item, now)
        if reason is not None:
            intake.rejected.append((item.id, reason))
        elif app.matcher.match(full_text(item)):
            intake.new += 1
        else:
            intake.unmatched += 1
    return intake


def _reject(place: str, reason: str, text: str, line: int | None = None) -> dict[str, Any]:
    return {"line": line, "place": place, "reason": reason, "text": mask(clean(text))[:500]}


def _keep(app: App, file: Path, rejects: list[dict[str, Any]], now: Any) -> None:  # noqa: ANN401
    if not rejects:
        return
    with app.database.transaction() as session:
        for one in rejects:
            session.add(
                RejectRow(
                    at=now,
                    source=file.name,
                    place=one["place"],
                    reason=one["reason"],
                    text=one["text"],
                )
            )
    target = file.with_name(f"{file.name}.rejects.jsonl")
    lines = (json.dumps(one, ensure_ascii=False) + "\n" for one in rejects)
    try:
        target.write_text("".join(lines), encoding="utf-8")
    except OSError:
        errors.print(f"{target} 写不进去；被拒的行仍记在数据库里", markup=False)


def _sentence(report: dict[str, Any]) -> str:
    first = (
        f"{report['file']}：新提及 {report['new']} 条，已有 {report['again']} 条，"
        f"不涉及任何品牌 {report['unmatched']} 条，等原帖 {report['waiting']} 条，"
        f"拒收 {len(report['rejected'])} 行"
    )
    bad = [f"  {one['place']}：{one['reason']}" for one in report["rejected"][:5]]
    return "\n".join([first, *bad])


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
