"""What people may ask of an incident, and the sentence they get when it cannot be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monitor.domain.incident import Incident, Outcome


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
    ASSIGN = "assign"


@dataclass(frozen=True, slots=True)
class Command:
    """One wish of one person; `id` is its UUID, by which the store does it only once.

    `args`: confirm_tier, lower and pin take `tier` (a tier's key); pin takes `until` (ISO 8601
    with offset); assign takes `commander`, `spokesperson` or both.
    """

    id: str
    kind: Kind
    actor: str
    at: datetime
    reason: str = ""
    args: Mapping[str, str] = field(default_factory=dict)


def apply(incident: Incident, command: Command, now: datetime) -> Outcome:
    """Do what the person asked, or say in Chinese why not and what to do instead."""
    raise NotImplementedError
