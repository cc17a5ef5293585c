"""Metrics: what the engine is told of one topic at one instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.domain.mention import Claim


@dataclass(frozen=True, slots=True)
class Metrics:
    """Counts over one topic's window, as known at `at`."""

    at: datetime
    mentions: int = 0
    hour: int = 0
    """Mentions published in the last 60 minutes."""
    previous_hour: int = 0
    views: int | None = None
    """Views of the window's mentions, where any platform told them."""
    negative_share: float = 0.0
    heat: float = 0.0
    sources: int = 0
    """Independent sources of the claims: authors differ, no reposts, texts differ."""
    platforms: int = 0
    claims: tuple[Claim, ...] = ()
    watched: tuple[tuple[str, int], ...] = ()
    """Watch rules that hold for negative mentions: name and mention id."""
    surprise: float = 0.0
    """−log10 of the chance of this many mentions of the brand in its usual hour."""
    healthy: bool = True
    """False while crawling is impaired: no data is not good news."""
    blind: tuple[str, ...] = ()
    """Sources that show nothing at the moment, each a clause in Chinese with its time."""
