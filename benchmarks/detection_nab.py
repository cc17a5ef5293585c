"""Real tweet volumes with labelled anomalies, and quiet series: the shipped detector as it is.

Nothing here was chosen on these files: the detector's limits come from simulated brands
(`detection_brand.py`) and from each stream's own six-hour maxima, at one false alarm in 30 days.
Beside it stands the windowed Gaussian of the benchmark's own collection (6,400 values, moved by
100; alarm where the tail is below what a float can tell from zero), with the same rest: a
detection counts when the twelve hours before it had none.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.detection_score import Scored, Window, probation, score
from benchmarks.detection_table import Table
from monitor.baseline.burst import REARM
from monitor.baseline.season import BINS
from monitor.baseline.stream import HOUR, HourOfCounts, Stream, advance, judge

MUST, AIM, BELOW_GAUSSIAN, QUIET = 62.0, 70.0, 3.0, 1
WIDTH, STRIDE = 6400, 100


@dataclass(frozen=True, slots=True)
class Series:
    """One file: what was counted when, and the rows that are labelled."""

    name: str
    times: list[datetime]
    values: list[float]
    windows: list[Window]


def table(data: Path, *, short: bool) -> Table:  # noqa: ARG001 - there is nothing to shorten
    """Scores by file and detector, both readings of the probation."""
    labels = json.loads((data / "nab" / "windows.json").read_text(encoding="utf-8"))
    series = [_read(data / "nab" / name, labels[name]) for name in labels]
    real = [one for one in series if one.windows]
    found = {name: [detect(one) for one in real] for name, detect in DETECTORS.items()}
    capped = {name: _scores(real, rows, capped=True) for name, rows in found.items()}
    paper = {name: _scores(real, rows, capped=False) for name, rows in found.items()}
    quiet = sum(
        sum(row >= probation(len(one.values)) for row in ours(one))
        for one in series
        if not one.windows
    )
    lines = [
        f"| | {' | '.join(DETECTORS)} |",
        f"| --- |{' --- |' * len(DETECTORS)}",
        *(_line(one.name, [capped[name][n] for name in capped]) for n, one in enumerate(real)),
        _line("together", [_sum(one) for one in capped.values()]),
        _line("together, probation 15 % of all rows", [_sum(one) for one in paper.values()]),
        f"\nthree quiet series: {quiet} alarms of ours together",
    ]
    mine, theirs = (_sum(capped[name]).normalised for name in ("ours", "Gaussian, 12 h rest"))
    bars = [
        (f"NAB {mine:.1f}: at least {MUST:g} (aim {AIM:g})", mine >= MUST),
        (
            f"NAB {mine:.1f}: at most {BELOW_GAUSSIAN:g} below the Gaussian's {theirs:.1f}",
            mine >= theirs - BELOW_GAUSSIAN,
        ),
        (f"quiet series, alarms together: {quiet}, at most {QUIET}", quiet <= QUIET),
    ]
    return Table("NAB: five tweet series, standard profile", lines, bars)


def _read(file: Path, limits: Sequence[Sequence[str]]) -> Series:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    times = [_instant(row["timestamp"]) for row in rows]
    at = {moment: number for number, moment in enumerate(times)}
    windows = [(at[_instant(first)], at[_instant(last)]) for first, last in limits]
    return Series(
        file.stem.rpartition("_")[2], times, [float(row["value"]) for row in rows], windows
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _scores(
    series: Sequence[Series], rows: Sequence[Sequence[int]], *, capped: bool
) -> list[Scored]:
    return [
        score(found, one.windows, probation(len(one.values), capped=capped))
        for one, found in zip(series, rows, strict=True)
    ]


def _sum(scores: Sequence[Scored]) -> Scored:
    return sum(scores, Scored())


def _line(name: str, scores: Sequence[Scored]) -> str:
    cells = (
        f"{one.normalised:.1f} ({one.hit} of {one.windows}, {one.outside} false)" for one in scores
    )
    return f"| {name} | {' | '.join(cells)} |"


def ours(series: Series) -> list[int]:
    """Rows at which the shipped detector's alarm goes off."""
    start = series.times[0].replace(minute=0, second=0, microsecond=0)
    lead = int((series.times[0] - start) / (HOUR / BINS))
    values = [*[None] * lead, *series.values]
    values += [None] * (-len(values) % BINS)
    stream, risen = Stream(), []
    for first in range(0, len(values), BINS):
        hour = HourOfCounts(start + HOUR * (first // BINS), tuple(values[first : first + BINS]))
        quiet = stream.watch.quiet
        for number, burst in enumerate(judge(stream, hour)[1]):
            if hour.bins[number] is not None:
                if burst.score >= 1 and quiet >= REARM:
                    risen.append(first + number - lead)
                quiet = 0 if burst.score >= 1 else quiet + 1
        stream = advance(stream, hour)
    return risen


def gaussian(series: Series) -> list[int]:
    """Rows at which the windowed Gaussian's tail is nothing that a float can tell from zero."""
    kept: list[float] = []
    waiting: list[float] = []
    total = squares = 0.0
    found = []
    for number, value in enumerate(series.values):
        if kept and _certain(value, total / len(kept), squares / len(kept)):
            found.append(number)
        if len(kept) < WIDTH:
            kept.append(value)
            total, squares = total + value, squares + value * value
            continue
        waiting.append(value)
        if len(waiting) == STRIDE:
            kept, waiting = [*kept[STRIDE:], *waiting], []
            total, squares = sum(kept), sum(one * one for one in kept)
    return found


def _certain(value: float, mean: float, square: float) -> bool:
    deviation = math.sqrt(max(0.0, square - mean * mean)) or 1e-6
    return 1 - 0.5 * math.erfc(abs(value - mean) / deviation / math.sqrt(2)) >= 1


def rested(series: Series) -> list[int]:
    """The Gaussian's detections that had none in the twelve hours before them."""
    rows = gaussian(series)
    return [
        row for row, before in zip(rows, [-REARM, *rows], strict=False) if row - before >= REARM
    ]


DETECTORS: dict[str, Callable[[Series], list[int]]] = {
    "ours": ours,
    "Gaussian, 12 h rest": rested,
    "Gaussian": gaussian,
}
