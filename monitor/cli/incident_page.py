"""`fengsui incidents show`: one incident on one page, from why it rings to what was sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.app import App
from monitor.cli import show as paint
from monitor.cli import silence_words
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ActorOption,
    ConfigOption,
    JsonOption,
    opened,
    print_json,
    viewer,
)
from monitor.cli.incident_facts import Page, clocks, read, would_lower
from monitor.cli.incident_print import print_page
from monitor.cli.incident_words import summary, transition
from monitor.cli.options import CodeArgument
from monitor.cli.topic_page import hint_plain
from monitor.store.response_schema import OutboxRow
from monitor.store.schema import MentionRow


def show(
    code: CodeArgument,
    *,
    as_json: JsonOption = False,
    who: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """显示一个事件的全部情况：为什么响、两个时钟、谁在做、发了什么。"""
    with opened(config) as app, app.database.reading() as session:
        page, now = read(app, session, code, viewer(app, who)), app.clock()
        if as_json:
            print_json(as_plain(app, page, now))
        else:
            print_page(app, page, now)


def as_plain(app: App, page: Page, now: datetime) -> dict[str, Any]:
    """The page as a program reads it."""
    incident, zone, run = page.view.incident, app.settings.zone, page.view.run
    decision = page.decision
    return {
        **summary(app, page.view),
        "peak_tier": incident.peak_tier.key,
        "occurrence": incident.occurrence,
        "reason": decision.reason if decision else None,
        "signals": decision.metrics.get("signals", []) if decision else [],
        "metrics": decision.metrics if decision else {},
        "latest": page.latest,
        "thresholds": (decision.metrics.get("thresholds") if decision else None) or page.policy,
        "would_lower": would_lower(page),
        "evidence": [_mention(app, one) for one in page.mentions],
        "hints": [hint_plain(one) for one in page.hints],
        "private_signs": dict(zip(("same", "alike"), page.private, strict=True)),
        "clocks": [
            {**one, "since": paint.stamp(one["since"], zone)} for one in clocks(incident, now)
        ],
        "commander": incident.commander,
        "spokesperson": incident.spokesperson,
        "lease_until": paint.stamp(incident.ack_lease_until, zone),
        "pin": _pin(app, page),
        "calling": {
            "active": bool(run and run.active),
            "level": run.level if run else 0,
            "loop": run.loop if run else 0,
            "next_deadline": paint.stamp(run.next_deadline, zone) if run else None,
        },
        "held_messages": [silence_words.message(app, one) for one in page.held],
        "steps_open": len(page.view.open_steps),
        "steps": len(page.view.steps),
        "statement": page.statement.status.value if page.statement else None,
        "messages": [message(app, one) for one in page.messages],
        "history": [transition(app, one) for one in page.history],
    }


def _pin(app: App, page: Page) -> dict[str, Any] | None:
    incident = page.view.incident
    if incident.pin_tier is None:
        return None
    until = paint.stamp(incident.pin_until, app.settings.zone)
    return {"tier": incident.pin_tier.key, "until": until, "reason": incident.pin_reason}


def _mention(app: App, row: MentionRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "platform": row.platform,
        "published_at": paint.stamp(row.published_at, app.settings.zone),
        "url": row.url,
        "text": paint.safe(row.text),
    }


def message(app: App, row: OutboxRow) -> dict[str, Any]:
    """One message as a program reads it; what it says stays with its recipient."""
    zone = app.settings.zone
    return {
        "id": row.id,
        "kind": row.kind,
        "recipient": row.recipient,
        "channel": row.channel,
        "status": row.status,
        "attempts": row.attempts,
        "created_at": paint.stamp(row.created_at, zone),
        "sent_at": paint.stamp(row.sent_at, zone),
        "detail": row.detail,
    }
