"""Strands: what hangs together by itself, joined as links turn up; the earliest names them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

Order = tuple[datetime, str, str]
"""Time, platform, native id: one order for every run."""
Score = tuple[float, int, int]
"""How well a remark fits a case; of equals the earlier case wins, then any fixed one."""

NOTHING: Score = (float("-inf"), 0, 0)
BY_HAND: Score = (float("inf"), 0, 0)


@dataclass(eq=False, slots=True)
class Strand:
    """A set of mentions; `into` leads to the strand that it has become part of."""

    first: Order
    key: str
    main: bool = False
    """It tells of a case of its own; otherwise it may be a remark on another strand's."""
    anchor: Strand | None = None
    score: Score = NOTHING
    apart: list[Strand] = field(default_factory=list)
    """Strands that a person has parted from it."""
    into: Strand | None = None

    def root(self) -> Strand:
        """The strand that this one has become part of; shortens the way there."""
        one = self
        while one.into is not None:
            if one.into.into is not None:
                one.into = one.into.into
            one = one.into
        return one

    def topic(self) -> Strand:
        """The main strand of the topic."""
        one = self.root()
        for _ in range(_DEEPEST):
            if one.anchor is None:
                break
            one = one.anchor.root()
        return one

    def parted_from(self, other: Strand) -> bool:
        """Whether a person has said that the two are different stories."""
        there = other.root()
        return any(one.root() is there for one in self.root().apart)


# A remark hangs on a main strand; by hand a main strand may hang on another, and so on.
_DEEPEST = 16


def join(a: Strand, b: Strand) -> Strand | None:
    """Make one strand of two and return it; None where a person has parted them."""
    one, other = a.root(), b.root()
    if one is other:
        return one
    if _kept_apart(one, other):
        return None
    first, later = (one, other) if one.first <= other.first else (other, one)
    first.main = first.main or later.main
    if later.score > first.score:
        first.anchor, first.score = later.anchor, later.score
    first.apart += later.apart
    later.into = first
    settle(first)
    return first


def settle(strand: Strand) -> None:
    """A strand with a case of its own hangs on no other, unless a person hung it there.

    Nor does one on itself, after two have been joined.
    """
    hung = strand.anchor is not None and strand.anchor.root() is strand
    if (strand.main and strand.score != BY_HAND) or hung:
        strand.anchor, strand.score = None, NOTHING


def _kept_apart(one: Strand, other: Strand) -> bool:
    return one.parted_from(other) or one.topic().parted_from(other.topic())
