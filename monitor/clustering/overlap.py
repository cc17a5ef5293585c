"""Finds points by what they tell: which share enough to be one event, and which are remarks.

All points of a brand stand in columns, so that one look costs the same however many tell alike.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from monitor.clustering.point import CODE, TENTHS, Point
from monitor.clustering.strand import Score, Strand

# Two posts tell of one event when what they share weighs enough, and enough beside all that the
# shorter one tells (weight times part); a hot-list title shares most of the little that it says.
# Chosen on the tuning half of benchmarks/topic_pairs.jsonl; the other half is reported beside it.
SHARED, TERMS, WEIGHT_TIMES_PART = 12.0, 2, 4.7
SHARED_OF_SHORT, TERMS_OF_SHORT, MOST_OF_SHORT = 8.5, 3, 0.5
# A remark needs less: the same class of claim and one party or word in common, or without a
# class about two telling words.
REMARK_SAME_CODE, REMARK = CODE + 1.5, 6.0

_COLUMNS = np.dtype(
    [
        ("low", "i8"),
        ("high", "i8"),
        ("tie", "i8"),
        ("total", "i4"),
        ("codes", "i4"),
        ("main", "?"),
        ("used", "?"),
    ]
)
_START = 64
Slots = NDArray[np.int64]


class Overlaps:
    """The points of one brand in columns, with postings from term to point."""

    def __init__(self, window: int) -> None:
        """Start empty; the window is in microseconds."""
        self._window = window
        self._points: list[Point | None] = []
        self._free: list[int] = []
        self._rows = np.zeros(_START, dtype=_COLUMNS)
        self._postings: dict[str, array[int]] = {}

    def add(self, one: Point) -> None:
        """Take a point in."""
        one.slot = self._free.pop() if self._free else self._grown()
        self._points[one.slot] = one
        total = sum(one.weights.values())
        self._rows[one.slot] = (one.low, one.high, one.tie, total, one.codes, one.main, True)
        for term in one.weights:
            self._postings.setdefault(term, array("q")).append(one.slot)

    def stretch(self, one: Point) -> None:
        """Take over the new ends of a point."""
        self._rows[one.slot]["low"], self._rows[one.slot]["high"] = one.low, one.high

    def remove(self, one: Point) -> None:
        """Forget a point."""
        self._points[one.slot] = None
        self._rows[one.slot]["used"] = False
        self._free.append(one.slot)
        for term in one.weights:
            posting = self._postings[term]
            posting.remove(one.slot)
            if not posting:
                del self._postings[term]

    def look(self, one: Point) -> tuple[list[Point], list[tuple[Point, Score]]]:
        """Return a point of every strand that tells of the same event, and the remarks.

        A remark is either `one` on the points given, or the points given on `one`; each comes
        with how well it fits, the best of every strand alone.
        """
        shared, terms = self._shared(one)
        slots = np.flatnonzero(shared >= round(REMARK_SAME_CODE * TENTHS))
        rows = self._rows[slots]
        near = (rows["low"] - one.high <= self._window) & (one.low - rows["high"] <= self._window)
        slots, rows = slots[near & rows["used"]], rows[near & rows["used"]]
        same = _one_event(one, rows, shared[slots], terms[slots])
        remarks = ~same & _remarks(one, rows, shared[slots])
        events = [point for point, _ in self._a_strand(slots[same])]
        return events, self._best(one, slots[remarks], shared)

    def _shared(self, one: Point) -> tuple[NDArray[np.int32], NDArray[np.int16]]:
        """Per point the weight and the number of terms that it shares with this one."""
        weight = np.zeros(len(self._points), dtype=np.int32)
        terms = np.zeros(len(self._points), dtype=np.int16)
        for term, heavy in one.weights.items():
            posting = self._postings.get(term)
            if posting is not None:
                slots = np.frombuffer(posting, dtype=np.int64)
                weight[slots] += heavy
                terms[slots] += 1
        if one.slot >= 0:
            weight[one.slot] = 0
        return weight, terms

    def _a_strand(self, slots: Slots) -> Iterator[tuple[Point, Strand]]:
        """Give one point of each strand."""
        seen: set[int] = set()
        for slot in slots:
            point = self._points[slot]
            if point is not None and id(root := point.strand.root()) not in seen:
                seen.add(id(root))
                yield point, root

    def _best(
        self, one: Point, slots: Slots, shared: NDArray[np.int32]
    ) -> list[tuple[Point, Score]]:
        """Give the point of each strand that fits best; of equals the one whose case is earlier."""
        rows = self._rows[slots]
        ordered = slots[np.lexsort((rows["tie"], rows["low"], -shared[slots]))]
        found = []
        for point, _ in self._a_strand(ordered):
            case = one if one.main else point
            found.append((point, (float(shared[point.slot]), -case.low, -case.tie)))
        return found

    def _grown(self) -> int:
        self._points.append(None)
        if len(self._points) > len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        return len(self._points) - 1


def _one_event(
    one: Point, rows: NDArray[np.void], shared: NDArray[np.int32], terms: NDArray[np.int16]
) -> NDArray[np.bool_]:
    part = shared / np.maximum(1, np.minimum(rows["total"], sum(one.weights.values())))
    told = shared / TENTHS
    enough = (told >= SHARED) & (terms >= TERMS) & (told * part >= WEIGHT_TIMES_PART)
    most = (told >= SHARED_OF_SHORT) & (terms >= TERMS_OF_SHORT) & (part >= MOST_OF_SHORT)
    found: NDArray[np.bool_] = enough | most
    return found


def _remarks(one: Point, rows: NDArray[np.void], shared: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Where one of two has a case and the other has none, but speaks of such a case later."""
    if one.main:
        pairs = ~rows["main"] & (rows["high"] >= one.low)
    else:
        pairs = rows["main"] & (rows["low"] <= one.high)
    coded = (rows["codes"] & one.codes) != 0
    least = np.where(coded, REMARK_SAME_CODE * TENTHS, REMARK * TENTHS)
    found: NDArray[np.bool_] = pairs & (shared >= least)
    return found
