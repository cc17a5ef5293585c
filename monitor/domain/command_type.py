"""The shape of what a person asks of an incident, and the checks that all askings share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.domain.incident import Incident, Lifecycle, Outcome, changed, short_code
from monitor.domain.tier import Tier

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(StrEnum):
    """Everything a person can ask."""

    ACK = "ack"
    TAKE = "take"
    CONFIRM_TIER = "confirm_tier"
    LOWER = "lower"
    PIN = "pin"
    UNPIN = "unpin"
    RESPOND = "respond"
    STABILISE = "stabilise"
    RESOLVE = "resolve"
    CLOSE = "close"
    DISMISS = "dismiss"
    REOPEN = "reopen"
    TOUCH = "touch"
    PASS = "pass"  # noqa: S105 - a word, no secret
    REVIEW = "review"
    ASSIGN = "assign"
    FIRST_POST = "first_post"
    RESTRICT = "restrict"
    UNRESTRICT = "unrestrict"


@dataclass(frozen=True, slots=True)
class Command:
    """One wish of one person; `id` is its UUID, by which the store does it only once.

    `args`: confirm_tier, lower and pin take `tier` (a tier's key); pin and review take `until`, and
    first_post takes `at` (ISO 8601 with offset); assign takes `commander`, `spokesperson` or both.
    """

    id: str
    kind: Kind
    actor: str
    at: datetime
    reason: str = ""
    args: Mapping[str, str] = field(default_factory=dict)


def done(before: Incident, after: Incident, command: Command) -> Outcome:
    """Record what the command changed."""
    return changed(
        before,
        after,
        command.kind.value,
        actor=command.actor,
        at=command.at,
        reason=command.reason,
    )


def no(incident: Incident, sentence: str) -> Outcome:
    """Refuse, with a sentence that says what to do instead."""
    return Outcome(incident, refused=sentence)


def ended(incident: Incident) -> str | None:
    """Say that the incident takes no more work, if that is so."""
    if incident.lifecycle.active:
        return None
    if incident.lifecycle is Lifecycle.MERGED:
        return f"本事件已并入 {short_code(incident.merged_into or 0)}：请到那个事件上操作。"
    label = incident.lifecycle.label
    return f"本事件{label}，不能再这样操作：72 小时内可以 reopen，更晚请开新事件。"


def not_commander(incident: Incident, command: Command) -> str | None:
    """Say that this is the commander's to decide, if there is one and it is somebody else."""
    if incident.commander in (None, command.actor):
        return None
    return f"这一步由总指挥 {incident.commander} 决定：请联系总指挥，或先用 assign 更换总指挥。"


def no_reason(command: Command) -> str | None:
    """Say that a reason is missing."""
    return None if command.reason.strip() else "请写明理由（--reason），它会留在记录里。"


def wanted_tier(command: Command) -> Tier | None:
    """Read the tier that the command names, or None if it names none of ours."""
    return {tier.key: tier for tier in Tier}.get(command.args.get("tier", "").strip().lower())


def wanted_until(command: Command) -> datetime | None:
    """Read the end that the command names, or None if it is no instant with an offset."""
    try:
        until = datetime.fromisoformat(command.args.get("until", "").strip())
    except ValueError:
        return None
    return until if until.tzinfo else None
