"""How a silence is put: in plain keys for programs, in Chinese for the eye."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from monitor.app import App
from monitor.cli import show
from monitor.cli.incident_words import MESSAGE_KINDS
from monitor.domain.silence import scope_words
from monitor.domain.tier import Tier
from monitor.stations import notices
from monitor.store.silence_schema import HeldRow, SilenceRow
from monitor.store.silences import scope_of


def facts(app: App, one: SilenceRow, held: Sequence[HeldRow], now: datetime) -> dict[str, Any]:
    """One silence as a program reads it."""
    zone = app.settings.zone
    return {
        "id": one.id,
        "code": one.code,
        "brand": one.brand,
        "risk": one.risk,
        "source": one.source,
        "scope": scope_words(scope_of(one), Tier(one.tier)),
        "tier": Tier(one.tier).key,
        "from": show.stamp(one.begin, zone),
        "to": show.stamp(one.end, zone),
        "active": one.begin <= now < one.end and one.settled_at is None,
        "reason": one.reason,
        "made_by": one.made_by,
        "ended_by": one.ended_by,
        "held": len(held),
        "held_messages": [message(app, row) for row in held],
    }


def message(app: App, row: HeldRow) -> dict[str, Any]:
    """One message that was not written, as a program reads it."""
    return {
        "silence": row.silence_id,
        "kind": row.kind,
        "recipient": row.recipient,
        "tier": Tier(row.tier).key,
        "at": show.stamp(row.at, app.settings.zone),
    }


def titles() -> tuple[str, ...]:
    """The heads of the table."""
    return ("号", "静默什么", "从\n到", "谁", "压下", "理由")


def row(app: App, one: dict[str, Any], now: datetime) -> tuple[str, ...]:
    """One silence for the eye."""
    zone = app.settings.zone
    times = [show.when(datetime.fromisoformat(one[key]), zone, now) for key in ("from", "to")]
    early = f"\n{notices.names(app, (one['ended_by'],))}提前结束" if one["ended_by"] else ""
    return (
        str(one["id"]),
        one["scope"],
        "\n".join(times),
        notices.names(app, (one["made_by"],)) + early,
        _held(one["held_messages"]),
        show.line(one["reason"]),
    )


def _held(messages: list[dict[str, Any]]) -> str:
    counted = Counter(MESSAGE_KINDS.get(one["kind"], one["kind"]) for one in messages)
    return "\n".join(f"{kind} {number}" for kind, number in counted.items()) or "—"
