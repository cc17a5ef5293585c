"""Span: a stretch of a text that explains a decision; Cover: which spans lie inside others."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A word that was found, with its place: text[start:end]."""

    term: str
    start: int
    end: int


class Cover:
    """Answers in logarithmic time whether some span of a set contains another."""

    def __init__(self, spans: Iterable[Span]) -> None:
        ordered = sorted((span.start, span.end) for span in spans)
        self._starts = [start for start, _ in ordered]
        self._ends = list(accumulate((end for _, end in ordered), max))

    def holds(self, span: Span) -> bool:
        """Say whether a span of the set contains this one or equals it."""
        return self._reach(bisect_right(self._starts, span.start)) >= span.end

    def holds_longer(self, span: Span) -> bool:
        """Say whether a longer span of the set contains this one."""
        same_start = self._reach(bisect_right(self._starts, span.start)) > span.end
        return same_start or self._reach(bisect_left(self._starts, span.start)) >= span.end

    def _reach(self, count: int) -> int:
        """Give the farthest end of the first spans."""
        return self._ends[count - 1] if count else -1
