"""Signal: one rule that fired, with what it measured against which limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.domain.tier import Tier


@dataclass(frozen=True, slots=True)
class Check:
    """A number that a rule looked at, and the limit from which it counts."""

    name: str
    value: float
    limit: float


@dataclass(frozen=True, slots=True)
class Signal:
    """A rule that fired: the tier it asks for, why, and the mentions that carry it."""

    rule: str
    tier: Tier
    text: str
    mentions: tuple[int, ...] = ()
    waits: bool = False
    """True for a lone claim at night: it becomes a candidate and waits for the morning."""
    checks: tuple[Check, ...] = ()
    until: datetime | None = None
    """When it ends by itself because its last claim leaves the window."""

    def to_json(self) -> dict[str, Any]:
        """As a decision stores it."""
        return {
            "rule": self.rule,
            "tier": self.tier.key,
            "text": self.text,
            "checks": [[one.name, round(one.value, 4), one.limit] for one in self.checks],
        }
