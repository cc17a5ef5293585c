"""`fengsui topics`: what the mentions of one story add up to."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.text import Text
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.app import App
from monitor.cli import show, topic_page, topic_people, why
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ActorOption,
    ConfigOption,
    JsonOption,
    Refusal,
    opened,
    print_json,
    viewer,
)
from monitor.cli.incident_facts import decision_of, evidence
from monitor.cli.options import BrandOption, LimitOption, brand_of
from monitor.cli.topic_heat import heat_beside
from monitor.domain.mention import RISK_LABELS
from monitor.domain.tier import Tier
from monitor.stations.portrait import portrait
from monitor.stations.regroup import decisions_of
from monitor.stations.restriction import hidden_topics
from monitor.store.response_schema import IncidentRow
from monitor.store.schema import BrandMentionRow, DecisionRow, MentionRow, TopicRow

NEWEST = 10  # mentions on a topic's page


def register(app: typer.Typer) -> None:
    """Add `topics list|show|merge|split|undo`."""
    group = typer.Typer(help="话题：同一件事的网帖归在一起", no_args_is_help=True)
    group.command("list")(list_)
    group.command("show")(show_)
    group.command("merge")(topic_people.merge)
    group.command("split")(topic_people.split)
    group.command("undo")(topic_people.undo)
    app.add_typer(group, name="topics")


def list_(
    *,
    brand: BrandOption = None,
    limit: LimitOption = 30,
    who: ActorOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """列出话题，级别高的、最近的在前。"""
    with opened(config) as app, app.database.reading() as session:
        found = (
            select(TopicRow)
            .where(TopicRow.merged_into.is_(None))
            .where(TopicRow.id.not_in(hidden_topics(app, session, viewer(app, who))))
            .order_by(TopicRow.tier.desc(), TopicRow.last_published_at.desc(), TopicRow.id.desc())
            .limit(limit)
        )
        if brand is not None:
            found = found.where(TopicRow.brand == brand_of(app, brand))
        rows, now = [_plain(app, session, one) for one in session.scalars(found)], app.clock()
        if as_json:
            print_json(rows)
        elif rows:
            titles = ("编号", "级别", "热度", "条数\n负面", "品牌\n最近", "话题\n指控")
            show.table(titles, (_row(app, one, now) for one in rows))
        else:
            show.say("还没有话题。")


def _plain(app: App, session: Session, topic: TopicRow) -> dict[str, Any]:
    zone, metrics = app.settings.zone, topic.metrics
    of_topic = BrandMentionRow.topic_id == topic.id
    total = session.scalar(select(func.count()).where(of_topic)) or 0
    own = session.scalars(
        select(BrandMentionRow.mention_id)
        .where(of_topic, BrandMentionRow.own)
        .order_by(BrandMentionRow.published_at)
    )
    negative = session.scalar(select(func.count()).where(of_topic, BrandMentionRow.negative)) or 0
    codes = session.scalars(
        select(BrandMentionRow.risk).where(of_topic, BrandMentionRow.risk.is_not(None))
    )
    return {
        "topic": topic.id,
        "brand": topic.brand,
        "name": show.line(topic.name),
        "tier": Tier(topic.tier).key,
        "heat": round(metrics.get("heat", 0.0), 1),
        "mentions": total,
        "negative": negative,
        "own": list(own),
        "window_mentions": metrics.get("mentions", 0),
        "hour": metrics.get("hour", 0),
        "sources": metrics.get("sources", 0),
        "claims": dict(Counter(code for code in codes if code)),
        "first_published_at": show.stamp(topic.first_published_at, zone),
        "last_published_at": show.stamp(topic.last_published_at, zone),
        "incidents": _incidents(session, topic),
    }


def _incidents(session: Session, topic: TopicRow) -> list[str]:
    found = select(IncidentRow.code).where(
        IncidentRow.brand == topic.brand, IncidentRow.topic_key == topic.key
    )
    return list(session.scalars(found.order_by(IncidentRow.id)))


def _row(app: App, one: dict[str, Any], now: datetime) -> tuple[str | Text, ...]:
    last = datetime.fromisoformat(one["last_published_at"])
    tier = Tier[one["tier"].upper()]
    return (
        str(one["topic"]),
        Text(tier.label, style=show.TIER_STYLES[tier]),
        f"{one['heat']:.0f}",
        f"{one['mentions']}\n{one['negative']}",
        f"{one['brand']}\n{show.when(last, app.settings.zone, now)}",
        f"{one['name']}\n{_claims(one)}",
    )


def _claims(one: dict[str, Any]) -> str:
    counted = (f"{RISK_LABELS.get(code, code)} {number}" for code, number in one["claims"].items())
    return "、".join(counted) or "没有指控"


def show_(
    number: Annotated[
        str, typer.Argument(metavar="编号", help="话题编号，见 topics list", show_default=False)
    ],
    *,
    who: ActorOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """显示一个话题：级别、热度、条数、指控和最新的网帖。"""
    wanted = show.number(number, "用 fengsui topics list 查看")
    with opened(config) as app, app.database.reading() as session:
        topic = session.get(TopicRow, wanted)
        if topic is None or topic.id in hidden_topics(app, session, viewer(app, who)):
            raise Refusal(f"没有编号为 {wanted} 的话题；运行 fengsui topics list 查看")
        one, rows = _plain(app, session, topic), _newest(session, topic)
        one["merged_into"] = topic.merged_into
        one["newest"] = [row.id for row in rows]
        one["heat_beside"] = heat_beside(session, topic)
        one |= _explained(session, topic)
        told, decisions = portrait(session, topic), decisions_of(session, topic)
        if as_json:
            print_json(one | topic_page.plain(app, told, decisions))
        else:
            _print(app, one)
            topic_page.print_portrait(app, told, app.clock())
            topic_page.print_posts(app, f"最新的网帖（{len(rows)} 条）", rows, app.clock())
            topic_page.print_decisions(app, decisions, app.clock())


def _explained(session: Session, topic: TopicRow) -> dict[str, Any]:
    """Inputs, thresholds, rules, what would lower it, and the mentions behind it."""
    decision = decision_of(session, topic.id, topic.tier)
    metrics = topic.metrics
    return {
        "reason": _reason(topic, decision),
        "signals": metrics.get("signals", []),
        "metrics": metrics,
        "thresholds": metrics.get("thresholds", {}),
        "would_lower": metrics.get("would_lower", ""),
        "evidence": [row.id for row in evidence(session, topic.id, decision)],
    }


def _reason(topic: TopicRow, decision: DecisionRow | None) -> str | None:
    """Why the topic has its tier; no reason of a tier that it has left since."""
    if decision is None or decision.to_tier != topic.tier:
        return None
    rose = decision.to_tier > decision.from_tier
    cooling = rose and not topic.metrics.get("signals")
    return (
        f"现在已没有条件撑着它，还在冷却。升级时：{decision.reason}" if cooling else decision.reason
    )


def _newest(session: Session, topic: TopicRow) -> list[MentionRow]:
    found = (
        select(MentionRow)
        .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
        .where(BrandMentionRow.topic_id == topic.id, MentionRow.private.is_(False))
        .order_by(MentionRow.published_at.desc(), MentionRow.id.desc())
        .limit(NEWEST)
    )
    return list(session.scalars(found))


def _print(app: App, one: dict[str, Any]) -> None:
    zone, now = app.settings.zone, app.clock()
    first, last = (
        show.when(datetime.fromisoformat(one[key]), zone, now)
        for key in ("first_published_at", "last_published_at")
    )
    tier = Tier[one["tier"].upper()]
    level = Text(tier.label, style=show.TIER_STYLES[tier])
    show.say(f"话题 {one['topic']}｜{one['brand']}｜", level, f"｜热度 {one['heat']:.0f}")
    show.say(f"「{one['name']}」（未核实）")
    if one["merged_into"]:
        show.say(f"已并入话题 {one['merged_into']}", style="yellow")
    ours = f"，其中本方发布 {len(one['own'])} 条（不算来源）" if one["own"] else ""
    show.say(f"{one['mentions']} 条{ours}，负面 {one['negative']} 条，{first} 到 {last}")
    show.say(f"指控：{_claims(one)}；事件：{'、'.join(one['incidents']) or '没有'}")
    show.heading(f"为什么是{tier.label}")
    why.signals(one["metrics"], one["reason"] or "没有达到任何一级的条件")
    show.bullet(f"数字：{why.numbers(one['metrics'])}")
    show.bullet(f"门槛：{why.thresholds(one['thresholds'])}")
    show.bullet(f"怎样会降级：{one['would_lower'] or '当前没有警报'}")
    if one["evidence"]:
        ids = "、".join(map(str, one["evidence"]))
        show.bullet(f"依据的网帖：{ids}（fengsui mentions show 编号）")
