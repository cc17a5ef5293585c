"""Shelves of one brand's points: same wording, near copies, same event by what happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from monitor.clustering.overlap import Overlaps
from monitor.clustering.point import Point
from monitor.clustering.strand import Score, Strand
from monitor.text.shelf_keys import Key, is_near

_K = TypeVar("_K")
Shelf = dict[Strand, list[Point]]
"""Points by strand: who is linked to one of a strand need not look at the others of it."""


@dataclass(slots=True)
class Found:
    """One point of every strand that a point is linked to, and remarks with how they fit."""

    near: list[Point] = field(default_factory=list)
    event: list[Point] = field(default_factory=list)
    remarks: list[tuple[Point, Score]] = field(default_factory=list)


class Shelves:
    """The points of one brand on all their shelves; the window is in microseconds."""

    def __init__(self, window: int) -> None:
        """Start empty."""
        self._window = window
        self._wordings: dict[Key, list[Point]] = {}
        self._keyed: dict[Key, Shelf] = {}
        self._overlaps = Overlaps(window)
        self.count = 0
        self._last = self._last_case = 0

    def same(self, wording: Key) -> list[Point]:
        """All points of a wording; more than one where time parts them."""
        return self._wordings.get(wording, [])

    def find(self, one: Point) -> Found:
        """Look for everything that a point, new or longer than before, is linked to."""
        events, remarks = self._overlaps.look(one)
        seen: set[Strand] = set()
        near = [*self._sharing(one.bands, one, seen)]
        return Found(near, [*self._sharing(one.keys, one, seen), *events], remarks)

    def add(self, one: Point) -> None:
        """Put a point on all its shelves."""
        self.count += 1
        self._last = max(self._last, one.high)
        self._last_case = max(self._last_case, one.low if one.main else 0)
        self._overlaps.add(one)
        self._wordings.setdefault(one.wording, []).append(one)
        strand = one.strand.root()
        for key in (*one.keys, *one.bands):
            self._keyed.setdefault(key, {}).setdefault(strand, []).append(one)

    def stretch(self, one: Point, at: int) -> bool:
        """Let a point reach to a copy at this moment; returns whether it may meet others now.

        Not where the copy is one of many in between, nor where nothing stands farther on: then all
        that it meets was met by an earlier copy.
        """
        low, high = one.low, one.high
        one.low, one.high = min(low, at), max(high, at)
        if (low, high) == (one.low, one.high):
            return False
        self._overlaps.stretch(one)
        self._last = max(self._last, one.high)
        later_case = not one.main and self._last_case > high
        return one.low < low or later_case or self._last > high + self._window

    def remove(self, one: Point) -> None:
        """Take a point off all its shelves."""
        self.count -= 1
        self._overlaps.remove(one)
        _taken(self._wordings, one.wording, one)
        for key in (*one.keys, *one.bands):
            shelf = self._renewed(key)
            _taken(shelf, one.strand.root(), one)
            if not shelf:
                del self._keyed[key]

    def _sharing(self, keys: Iterable[Key], one: Point, seen: set[Strand]) -> Iterator[Point]:
        """Give one linked point of every strand on these shelves that was not seen before."""
        for key in keys:
            if key not in self._keyed:
                continue
            for strand, points in self._renewed(key).items():
                if strand in seen:
                    continue
                for other in reversed(points):
                    if self._linked(one, other, by_wording=key[0] != "e"):
                        seen.add(strand)
                        yield other
                        break

    def _linked(self, one: Point, other: Point, *, by_wording: bool) -> bool:
        if one is other or not one.near(other, self._window):
            return False
        return not by_wording or is_near(one.signature, other.signature)

    def _renewed(self, key: Key) -> Shelf:
        """The shelf with strands that have become one since put together."""
        shelf = self._keyed[key]
        for strand in [one for one in shelf if one.into is not None]:
            shelf.setdefault(strand.root(), []).extend(shelf.pop(strand))
        return shelf


def _taken(shelves: dict[_K, list[Point]], key: _K, one: Point) -> None:
    shelf = shelves[key]
    shelf.remove(one)
    if not shelf:
        del shelves[key]
