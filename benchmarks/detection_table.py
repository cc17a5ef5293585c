"""What a module of `detection.py` returns."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Table:
    """A table in Markdown and the bars that it holds or misses."""

    title: str
    lines: list[str]
    bars: list[tuple[str, bool]] = field(default_factory=list)
    """Each bar in words, with its figure, and whether it holds."""
