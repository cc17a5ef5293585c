"""Item: what every spider and importer yields (standard library only).

Fields follow the interchange format, mention JSON Lines; see docs/interchange.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Item:
    """One raw post, question, article or comment as the source gave it."""

    platform: str
    id: str
    text: str
    title: str = ""
    url: str | None = None
    author: str | None = None
    author_followers: int | None = None
    author_verified: bool | None = None
    parent_id: str | None = None
    published_at: datetime | None = None
    """Aware; the source's own time. None when the source does not say."""
    observed_at: datetime | None = None
    """Aware; when the counters were read."""
    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    reposts: int | None = None
    heat: float | None = None
    """The platform's own index, on the platform's own scale."""
    rating: float | None = None
    private: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict)


class ItemError(ValueError):
    """A record is not an item; the message is a Chinese sentence that says why."""
