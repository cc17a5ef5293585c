"""How an incident is put: in Chinese for the eye, in plain keys for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from alerts.text import count
from monitor.app import App
from monitor.cli import show
from monitor.cli.incident_facts import Overview, name_of
from monitor.domain.incident import Lifecycle
from monitor.domain.tier import Tier
from monitor.store.response_schema import TransitionRow

KINDS = {
    "open": "发现",
    "raise": "升级",
    "lower": "降级",
    "recur": "再次出现",
    "lease_lost": "接手失效",
    "review_due": "到点复核",
    "lease_warning": "催办",
    "lease_reset": "时限重计",
    "date_back": "首帖提前",
    "expire": "候选过期",
    "settle": "自动平息",
    "ack": "接手",
    "take": "换人接手",
    "confirm_tier": "确认级别",
    "pin": "钉住级别",
    "unpin": "解除钉住",
    "respond": "开始处置",
    "stabilise": "转入监测",
    "resolve": "平息",
    "close": "结案",
    "dismiss": "排除",
    "dismiss_asked": "提议排除",
    "reopen": "重新打开",
    "touch": "有进展",
    "pass": "转备班",
    "review": "疑似误报，等复核",
    "assign": "指定人员",
    "first_post": "记下首帖",
    "statement": "发布声明",
    "merge": "并入",
    "merge_in": "合并",
}


def numbers(one: Overview) -> str:
    """The counts in few words."""
    metrics = one.topic.metrics
    sources = f"/{metrics['sources']}来源" if metrics.get("sources") else ""
    views = "" if one.views is None else f" 阅读{count(one.views)}"
    number = metrics.get("mentions", 0)
    # The window has emptied since: an incident that is over was not about nothing.
    return f"{number}条{sources}{views}" if number else f"近来0条{views}"


def holder(app: App, one: Overview) -> str:
    """Who has it, or that nobody has."""
    if one.incident.acked_by:
        return name_of(app, one.incident.acked_by)
    return "无人接手" if one.incident.lifecycle.active else "—"


def summary(app: App, one: Overview) -> dict[str, Any]:
    """One incident as a program reads it."""
    incident, zone, metrics = one.incident, app.settings.zone, one.topic.metrics
    return {
        "code": incident.code,
        "tier": incident.tier.key,
        "confirmed_by": incident.tier_confirmed_by,
        "brand": incident.brand,
        "risk": one.risk,
        "lifecycle": incident.lifecycle.value,
        "lifecycle_label": incident.lifecycle.label,
        "mentions": metrics.get("mentions", 0),
        "sources": metrics.get("sources", 0),
        "views": one.views,
        "first_public_at": show.stamp(incident.first_public_at, zone),
        "detected_at": show.stamp(incident.detected_at, zone),
        "holder": incident.acked_by,
        "next_deadline": show.stamp(one.next.at, zone) if one.next else None,
        "next": one.next.what if one.next else None,
        "topic": one.topic.id,
        "kind": incident.kind,
        "muted_by": one.muted_by,
        "mutes": list(one.mutes),
        "silenced_until": show.stamp(one.silence.end if one.silence else None, zone),
    }


def history_row(app: App, one: TransitionRow, now: datetime) -> tuple[str, ...]:
    """One change for the eye; what stayed the same is left out."""
    before, after = Tier(one.from_tier), Tier(one.to_tier)
    moved = one.from_lifecycle != one.to_lifecycle
    return (
        show.when(one.at, app.settings.zone, now),
        name_of(app, one.actor),
        KINDS.get(one.kind, one.kind),
        f"{before.label}→{after.label}" if before != after else "",
        Lifecycle(one.to_lifecycle).label if moved else "",
        show.line(one.reason, 200),
    )


def transition(app: App, one: TransitionRow) -> dict[str, Any]:
    """One change as a program reads it."""
    return {
        "version": one.version,
        "at": show.stamp(one.at, app.settings.zone),
        "kind": one.kind,
        "actor": one.actor,
        "from_tier": Tier(one.from_tier).key,
        "to_tier": Tier(one.to_tier).key,
        "from_lifecycle": one.from_lifecycle,
        "to_lifecycle": one.to_lifecycle,
        "reason": one.reason,
    }


# What people read of a message's state, and how it looks.
MESSAGE_STATUS = {
    "pending": ("等待发送", ""),
    "leased": ("正在发送", ""),
    "sent": ("已送达渠道", "green"),
    "retry": ("稍后重试", "yellow"),
    "unknown": ("不知是否收到", "yellow"),
    "dead": ("发送失败", "bold red"),
    "cancelled": ("已撤回", "dim"),
    "superseded": ("被新消息取代", "dim"),
}
MESSAGE_KINDS = {
    "page": "呼叫",
    "ring": "电话",
    "group": "群消息",
    "notice": "提醒",
    "meta": "系统",
    "trial": "试运行",
    "digest": "汇总",
    "bundle": "汇总",
    "briefing": "简报",
    "reply": "回执",
    "card": "卡片更新",
    "test": "测试",
}


def recipient(app: App, who: str) -> str:
    """Who a message is for, by name."""
    if who == "operator":
        return "运维"
    return "群" if who.startswith("group") else name_of(app, who)
