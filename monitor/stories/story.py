"""What a story is once it has been read: instants, rows, claims and expectations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.mention import Claim
from monitor.domain.tier import Tier

Row = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One claim of a story, and whose voice it is: claims of one voice are one source."""

    claim: Claim
    voice: str


@dataclass(frozen=True, slots=True)
class Pin:
    """A person holds at least this tier, between two instants."""

    tier: Tier
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Lowered:
    """The commander lowers the tier; what was alleged until then counts no more."""

    tier: Tier
    at: datetime


@dataclass(frozen=True, slots=True)
class Expected:
    """The tier that must hold at an instant; `candidate` is a lone claim that waits."""

    at: datetime
    tier: Tier
    candidate: bool
    line: int


@dataclass(frozen=True, slots=True)
class Story:
    """A row of counts and what must come of it."""

    name: str
    line: int
    start: datetime
    interval: timedelta
    counts: Row
    """Mentions published in each step; None where nothing was crawled."""
    negatives: Row
    heat: Row
    """The heat index at each step; empty where it follows from the counts."""
    claims: tuple[Told, ...]
    expected: tuple[Expected, ...]
    brand: str = ""
    usual: float = 1.0
    """Mentions of the brand in an ordinary hour."""
    pins: tuple[Pin, ...] = ()
    lowered: tuple[Lowered, ...] = ()

    @property
    def end(self) -> datetime:
        """The last instant that anything is said of."""
        steps = max(len(self.counts), len(self.negatives), len(self.heat), 1)
        return max(self.start + self.interval * (steps - 1), *(one.at for one in self.expected))
