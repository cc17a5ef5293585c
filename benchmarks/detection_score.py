"""The score of the Numenta Anomaly Benchmark, written from its paper.

Lavin and Ahmad, Evaluating Real-time Anomaly Detection Algorithms (2015), section II: the earliest
detection in a labelled window earns σ(y) = 2 / (1 + e^(5y)) − 1 at its relative place y, from −1
at the window's left end to 0 at its right, as a share of the most it could earn; a window without
any costs one; every detection outside costs a share of 0.11 that grows with its distance from the
window before it. The first 15 % of a file are probation. The sum is put on a scale on which no
detection at all is 0 and one at the left end of every window is 100.

The published scores come from code that counts at most 5,000 rows for the 15 %; `probation` has
both readings.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FALSE_ALARM = 0.11  # the standard profile's weight; true detections and misses weigh 1
SHARE = 0.15
CAPPED_ROWS = 5000
FAR = 3.0  # window widths behind a window from which a detection is plainly false

Window = tuple[int, int]
"""First and last row of a labelled anomaly."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What detections in one file came to; files add up."""

    earned: float = 0.0
    windows: int = 0
    hit: int = 0
    outside: int = 0

    def __add__(self, other: Scored) -> Scored:
        """Two files together."""
        return Scored(
            self.earned + other.earned,
            self.windows + other.windows,
            self.hit + other.hit,
            self.outside + other.outside,
        )

    @property
    def normalised(self) -> float:
        """0 for no detection at all, 100 for a perfect one; may lie below 0."""
        nothing, perfect = -float(self.windows), float(self.windows)
        return 100 * (self.earned - nothing) / (perfect - nothing) if self.windows else 0.0


def probation(rows: int, *, capped: bool = True) -> int:
    """Rows at a file's start that are not judged."""
    return int(SHARE * (min(rows, CAPPED_ROWS) if capped else rows))


def score(detections: Iterable[int], windows: Sequence[Window], start: int) -> Scored:
    """Judge the detections (row numbers) of one file from row `start` on."""
    earned: dict[Window, float] = {one: -1.0 for one in windows if one[1] >= start}
    lost, outside = 0.0, 0
    for row in detections:
        if row < start:
            continue
        window = next((one for one in windows if one[0] <= row <= one[1]), None)
        if window is None:
            lost, outside = lost + FALSE_ALARM * _behind(row, windows), outside + 1
        else:
            earned[window] = max(earned[window], _within(row, window))
    hit = sum(value > -1 for value in earned.values())
    return Scored(sum(earned.values()) + lost, len(earned), hit, outside)


def _sigma(place: float) -> float:
    return 2 / (1 + math.exp(5 * place)) - 1


def _within(row: int, window: Window) -> float:
    place = -(window[1] - row + 1) / (window[1] - window[0] + 1)
    return _sigma(place) / _sigma(-1.0)


def _behind(row: int, windows: Sequence[Window]) -> float:
    """What a detection outside loses: nothing right behind a window, all of it far from any."""
    before = [one for one in windows if one[1] < row]
    if not before:
        return -1.0
    first, last = before[-1]
    place = (row - last) / max(1, last - first)
    return -1.0 if place > FAR else _sigma(place)
