"""Metrics: what the engine is told of one topic at one instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.domain.mention import Claim


@dataclass(frozen=True, slots=True)
class Volume:
    """How unusual one stream of counts is: a brand, or one risk code of it."""

    code: str
    """Risk code; empty for all mentions of the brand."""
    signal: str
    """What is counted: mentions, negative (mentions), heat (in plain posts)."""
    count_15m: float
    usual_15m: float
    count_60m: float
    usual_60m: float
    surprise_15m: float
    """−log10 of the chance of so many in the last 15 minutes."""
    surprise_60m: float
    cusum: float
    """Evidence for a lasting rise, from any start: logarithm of its odds."""
    limits: tuple[float, float, float]
    """From where each of the three is an alarm: once in 30 days without a cause, all together."""
    score: float
    """The largest share of a limit."""
    alarmed: bool
    """Whether the alarm is on: it goes off once and rests until twelve hours were quiet."""


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
    """−log10 of the chance of so many mentions of the brand: the larger of 15 and 60 minutes."""
    surprise_15m: float = 0.0
    surprise_60m: float = 0.0
    cusum: float = 0.0
    """Evidence that the brand's mentions have become several times as many, for slow builds."""
    volume_score: float = 0.0
    """The largest share of its own limit that any of the three has reached; 1 is an alarm."""
    volumes: tuple[Volume, ...] = ()
    """The same for the brand's mentions, negative ones and heat, then for the topic's codes."""
    healthy: bool = True
    """False while crawling is impaired: no data is not good news."""
    blind: tuple[str, ...] = ()
    """Sources that show nothing at the moment, each a clause in Chinese with its time."""
