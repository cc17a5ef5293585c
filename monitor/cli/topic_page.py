"""How a topic's story looks: beginning, sources, spread, spreaders, posts, hints, decisions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from crawlers.importers.platforms import platform_label
from monitor.app import App
from monitor.cli import show
from monitor.cli.incident_facts import name_of
from monitor.domain.hints import Hint
from monitor.stations.portrait import Portrait
from monitor.store.regrouping_schema import RegroupingRow
from monitor.store.schema import MentionRow

_BARS = "▁▂▃▄▅▆▇█"
KINDS = {"merge": "合并", "split": "拆分"}


def plain(app: App, portrait: Portrait, decisions: list[RegroupingRow]) -> dict[str, Any]:
    """The story as a program reads it."""
    zone = app.settings.zone
    return {
        "first_post": _id(portrait.first_post),
        "by_platform": dict(portrait.sources),
        "spreaders": [
            {"author": one.code, "posts": one.posts, "followers": one.followers}
            for one in portrait.spreaders
        ],
        "representative": [row.id for row in portrait.representative],
        "most_negative": [row.id for row in portrait.most_negative],
        "curve": {
            "step_minutes": int(portrait.step / timedelta(minutes=1)),
            "points": [[show.stamp(at, zone), number] for at, number in portrait.curve],
        },
        "rumour": portrait.has("doubted") or portrait.has("denied"),
        "denied": portrait.has("denied"),
        "hints": [hint_plain(one) for one in portrait.hints],
        "regroupings": [_decision(app, row) for row in decisions],
    }


def hint_plain(hint: Hint) -> dict[str, Any]:
    """A hint as a program reads it."""
    return {"kind": hint.kind, "text": hint.text, "mentions": list(hint.mentions)}


def _id(row: MentionRow | None) -> int | None:
    return row.id if row is not None else None


def _decision(app: App, row: RegroupingRow) -> dict[str, Any]:
    zone = app.settings.zone
    return {
        "number": row.id,
        "kind": row.kind,
        "topic": row.topic_id,
        "other": row.other_id,
        "mentions": len(row.mentions),
        "actor": row.actor,
        "reason": row.reason,
        "at": show.stamp(row.at, zone),
        "undone_at": show.stamp(row.undone_at, zone),
        "undone_by": row.undone_by,
    }


def print_portrait(app: App, portrait: Portrait, now: datetime) -> None:
    """Print the story, section by section."""
    zone = app.settings.zone
    first = portrait.first_post
    if first is not None:
        at = show.when(first.published_at, zone, now)
        show.say(f"首帖：{at}，{show.line(platform_label(first.platform), 16)}，提及 {first.id}")
    platforms = "、".join(
        f"{show.line(platform_label(name), 16)} {n} 条" for name, n in portrait.sources
    )
    show.say(f"来源：{platforms or '没有'}")
    _spread(portrait)
    print_hints(portrait.hints)
    print_posts(app, "最有代表性的网帖", portrait.representative, now)
    print_posts(app, "最负面的网帖", portrait.most_negative, now)


def _spread(portrait: Portrait) -> None:
    if portrait.curve:
        most = max(number for _, number in portrait.curve)
        bars = "".join(_bar(number, most) for _, number in portrait.curve)
        begins = f"{portrait.curve[0][0]:%m-%d %H:%M}"
        step = show.span(portrait.step)
        show.say(f"传播：{bars}（从 {begins} 起，每格 {step}，最多 {most} 条）")
    for one in portrait.spreaders[:3]:
        show.say(f"  用户 {one.code}：{one.posts} 条，粉丝 {one.followers or '不详'}", style="dim")


def _bar(number: int, most: int) -> str:
    return _BARS[-(-number * (len(_BARS) - 1) // most)] if number else " "


def print_hints(hints: tuple[Hint, ...]) -> None:
    """Print what to know beside the tier, with the mentions that show it."""
    if not hints:
        return
    show.heading("迹象（供参考，不影响级别）")
    for one in hints:
        ids = "、".join(map(str, one.mentions))
        show.bullet(f"{one.text}（提及 {ids}）", lead="  · ")


def print_posts(app: App, title: str, rows: Sequence[MentionRow], now: datetime) -> None:
    """Print posts as a table; nothing where there are none."""
    if not rows:
        return
    show.heading(title)
    show.table(
        ("编号", "发布", "平台", "网帖称（未核实）"),
        (
            (
                str(row.id),
                show.when(row.published_at, app.settings.zone, now),
                show.line(platform_label(row.platform), 16),
                show.line(row.text),
            )
            for row in rows
        ),
    )


def print_decisions(app: App, decisions: list[RegroupingRow], now: datetime) -> None:
    """Print what people have merged and split, and how to take it back."""
    if not decisions:
        return
    show.heading("人工合并与拆分")
    for row in decisions:
        at = show.when(row.at, app.settings.zone, now)
        undone = f"（已由{name_of(app, row.undone_by)}撤回）" if row.undone_at else ""
        way = f"话题 {row.topic_id} " + ("并入" if row.kind == "merge" else "拆自")
        show.bullet(
            f"{row.id} 号 {at} {name_of(app, row.actor)}：{way}话题 {row.other_id}，"
            f"{len(row.mentions)} 条，理由：{show.line(row.reason)}{undone}"
        )
    if any(row.undone_at is None for row in decisions):
        show.say("撤回：fengsui topics undo 几号 --reason 理由", style="dim")
