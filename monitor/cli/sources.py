"""`sources`: what is watched and how well it sees, what could be watched, a reading right now.

`check` is the live canary of every source. Scrapy's contracts would be written into the docstrings
of callbacks, with one address for all installations; here the address, the keys and the words to
look for stand in the configuration, so the check runs the real request instead: it fails when the
page is a gate, the shape has changed, or a canary query that always finds something finds nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text
from sqlalchemy import select

from crawlers.connectors.base import About, Grade
from crawlers.connectors.registry import ABOUT
from crawlers.protocol import CrawlOutcome
from monitor.app import App
from monitor.cli import show
from monitor.cli.context import ConfigOption, JsonOption, Refusal, opened, print_json
from monitor.config import SourceConfig
from monitor.domain.source_health import SourceState
from monitor.stations.collect import request_of
from monitor.stations.receive import look
from monitor.stations.source_watch import is_authorised, resume
from monitor.store.schema import SourceRow

sources = typer.Typer(help="信息来源：列出、检查、恢复，有哪些种类。", no_args_is_help=True)
STYLES = {SourceState.OK: "green", SourceState.DEGRADED: "yellow", SourceState.NEW: "dim"}
BLIND = "bold red"
CHECK_REQUESTS = 3  # a look, not a run: the platforms' quotas count these too
NamesArgument = Annotated[list[str] | None, typer.Argument(help="只查这几个；不写就全查")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(sources, name="sources")


@sources.command("list")
def list_sources(config: ConfigOption = Path("fengsui.yaml"), as_json: JsonOption = False) -> None:
    """列出来源：等级、状态、最近内容、从什么时候起看不到。"""
    with opened(config) as app, app.database.reading() as session:
        rows = {row.name: row for row in session.scalars(select(SourceRow))}
        listed = [(one, rows.get(one.name)) for one in app.settings.sources]
        if as_json:
            print_json([_facts(app, *one) for one in listed])
        elif listed:
            titles = ("来源", "等级", "状态", "最近内容", "问题")
            show.table(titles, (_row(app, *one) for one in listed))
        else:
            show.say("还没有来源；在 fengsui.yaml 的 sources 里加一个，见 docs/configuration.md")


def _facts(app: App, source: SourceConfig, row: SourceRow | None) -> dict[str, Any]:
    zone, about = app.settings.zone, source.about
    return {
        "name": source.name,
        "kind": source.kind,
        "grade": about.grade,
        "url": show.safe(source.url.partition("?")[0]),  # a query may carry a key
        "every": str(source.every),
        "enabled": source.enabled,
        "status": row.status if row else SourceState.NEW,
        "last_ok_at": show.stamp(row.last_ok_at, zone) if row else None,
        "last_item_at": show.stamp(row.last_item_at, zone) if row else None,
        "blind_since": show.stamp(row.blind_since, zone) if row else None,
        "failures": row.failures if row else 0,
        "stopped": row.stopped if row else "",
        "problem": row.problem if row else "",
    }


def _row(app: App, source: SourceConfig, row: SourceRow | None) -> tuple[str | Text, ...]:
    zone, now = app.settings.zone, app.clock()
    state = SourceState(row.status) if row else SourceState.NEW
    last = show.when(row.last_item_at, zone, now) if row else "—"
    word = state.label if source.enabled else "未启用"
    if row and row.blind_since:
        word += f"\n{show.when(row.blind_since, zone, now)} 起"
    trouble = (row.stopped or row.problem) if row else ""
    return (
        f"{source.name}\n{source.about.title}",
        source.about.grade.value,
        Text(word, style=STYLES.get(state, BLIND)),
        last,
        show.line(trouble, 80) or "—",
    )


@sources.command("kinds")
def kinds(as_json: JsonOption = False) -> None:
    """有哪些种类的来源：等级、要什么、得到什么、多新、会出什么问题。"""
    if as_json:
        print_json([_kind(one) for one in ABOUT.values()])
        return
    for about in ABOUT.values():
        _print_kind(about)


def _kind(about: About) -> dict[str, Any]:
    return {
        "kind": about.kind,
        "title": about.title,
        "grade": about.grade,
        "needs": dict(about.needs),
        "optional": dict(about.optional),
        "options": {name: one.hint for name, one in about.options.items()},
        "gives": about.gives,
        "every": str(about.every),
        "risk": about.risk,
    }


def _print_kind(about: About) -> None:
    optional = [f"{name}（{hint}，可不写）" for name, hint in about.optional.items()]
    show.say(f"{about.kind}　{about.title}　{about.grade} {about.grade.label}", style="bold")
    show.say(f"  要什么：{'；'.join([*_needs(about), *optional]) or '什么都不要'}")
    show.say(f"  得到什么：{about.gives}；每 {show.span(about.every)}一次")
    show.say(f"  会出什么问题：{about.risk}")


def _needs(about: About) -> list[str]:
    needs = [] if about.address or about.waits else ["url（地址）"]
    needs += [f"credentials 的 {name}（{hint}）" for name, hint in about.needs.items()]
    required = ((name, one) for name, one in about.options.items() if one.required)
    needs += [f"options 的 {name}（{one.hint}）" for name, one in required]
    return needs + (["authorisation（法务书面授权）"] if about.grade is Grade.SESSION else [])


@sources.command("check")
def check_sources(
    names: NamesArgument = None,
    config: ConfigOption = Path("fengsui.yaml"),
    as_json: JsonOption = False,
) -> None:
    """现在就读一遍每个来源，只看不存，说出读到几条、有什么问题。"""
    with opened(config, outward=True) as app:
        wanted = [one for one in _named(app, names) if names or one.enabled]
        for one in wanted:
            if not is_authorised(one, app.clock()):
                raise Refusal(f"来源「{one.name}」的授权已到期；请法务重新授权并改写 expires")
        read = [(one, _read(app, one)) for one in wanted]
    if as_json:
        print_json([_said(*one) for one in read])
    else:
        for source, outcome in read:
            _print(source, outcome)
    if any(outcome.status == "failed" for _, outcome in read):
        raise typer.Exit(1)


def _named(app: App, names: list[str] | None) -> list[SourceConfig]:
    unknown = set(names or ()) - {one.name for one in app.settings.sources}
    if unknown:
        raise Refusal(f"没有这个来源：{'、'.join(sorted(unknown))}；运行 fengsui sources list 查看")
    return [one for one in app.settings.sources if not names or one.name in names]


def _read(app: App, source: SourceConfig) -> CrawlOutcome:
    request = request_of(
        app.settings, source, app.clock(), max_requests=CHECK_REQUESTS, folder="crawl-check"
    )
    return look(app, request) if source.about.waits else app.crawl(request)


def _said(source: SourceConfig, outcome: CrawlOutcome) -> dict[str, Any]:
    return {
        "name": source.name,
        "grade": source.about.grade,
        "status": outcome.status,
        "items": len(outcome.items),
        "problems": [{"kind": one.kind, "text": one.message_zh} for one in outcome.problems],
        "facts": outcome.facts,
    }


def _print(source: SourceConfig, outcome: CrawlOutcome) -> None:
    failed = outcome.status == "failed"
    troubles = "；".join(problem.message_zh for problem in outcome.problems)
    mark = "✗" if failed else "✓"
    rows, parsed = outcome.facts.get("rows", 0), outcome.facts.get("parsed", 0)
    understood = f"，{rows} 行里读懂 {parsed} 行" if rows != parsed else ""
    # Letters of staff are no items; their number stands in the facts.
    count = rows if source.about.waits else len(outcome.items)
    read = f"读到 {count} 条{understood}"
    said = f"{mark} {source.name}（{source.about.grade}）：{read}。{troubles}"
    show.say(show.safe(said), style="red" if failed else "")


@sources.command("resume")
def resume_sources(
    names: Annotated[list[str], typer.Argument(help="要恢复的来源")],
    config: ConfigOption = Path("fengsui.yaml"),
) -> None:
    """让停下的来源（遇到验证码的登录会话、授权到期）继续；先处理好原因。"""
    with opened(config) as app:
        wanted = _named(app, names)
        with app.database.transaction() as session:
            rows = [session.get(SourceRow, one.name) for one in wanted]
            for row in rows:
                if row is not None:
                    resume(row, app.clock())
    show.say(f"✓ 已恢复：{'、'.join(one.name for one in wanted)}。守护进程下一轮就会去读。")
