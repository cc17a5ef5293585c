"""Alert: one call that people would have had, with everything that speaks for and against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.domain.tier import Tier


@dataclass(frozen=True, slots=True)
class Told:
    """One mention of the topic that rang, as far as a remedy needs to know it."""

    mention_id: int
    """Its number in the live store."""
    source: str
    text: str
    names: tuple[tuple[int, int], ...]
    """Where the brand is named in the text."""
    rule: str | None
    """The watch rule it met."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One call: an incident opened, or got louder while nobody had answered."""

    brand: str
    topic: str
    """The topic's name."""
    tier: Tier
    decided_at: datetime
    rings_at: datetime
    """When the telephone rings: yellow waits for the morning."""
    night: bool
    people: tuple[str, ...]
    """Ids of those who are called first."""
    rules: tuple[str, ...]
    """Signals that asked for this tier."""
    code: str | None
    reason: str
    told: tuple[Told, ...]

    @property
    def evidence(self) -> tuple[int, ...]:
        """Up to five mentions of the live store."""
        return tuple(one.mention_id for one in self.told[:5])

    @property
    def key(self) -> tuple[str, Tier, int]:
        """What makes two alerts of two rehearsals the same: brand, tier, first mention."""
        return self.brand, self.tier, self.told[0].mention_id if self.told else 0

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it; texts of mentions stay in the store."""
        return {
            "brand": self.brand,
            "topic": self.topic,
            "tier": self.tier.key,
            "decided_at": self.decided_at.isoformat(),
            "rings_at": self.rings_at.isoformat(),
            "night": self.night,
            "people": list(self.people),
            "rules": list(self.rules),
            "code": self.code,
            "reason": self.reason,
            "mentions": list(self.evidence),
        }
