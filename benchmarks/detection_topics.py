"""Clustering as a table: pairs labelled by reading, and speed and memory at 10,000 topics."""

from __future__ import annotations

from pathlib import Path

from benchmarks.detection_table import Table
from benchmarks.topics import BAR_F1, BAR_RATE, MENTIONS, quality, speed

PAIRS, SHORT_MENTIONS = 500, 3_000


def table(data: Path, *, short: bool = False) -> Table:
    """Group the recorded streams, then made-up mentions; `short` makes up fewer."""
    measured = quality(data / "replays")
    lines = ["| pairs | number | one event | precision | recall | F1 |", "| --- |" + " --- |" * 5]
    for name, one in measured.items():
        shares = " | ".join(f"{one[key]:.3f}" for key in ("precision", "recall", "f1"))
        lines.append(f"| {name} | {one['pairs']} | {one['same']} | {shares} |")
    fast = speed(SHORT_MENTIONS if short else MENTIONS)
    lines += ["", ", ".join(f"{name} {value:,.1f}" for name, value in fast.items())]
    held, every = measured["held-out half"]["f1"], measured["all"]
    bars = [
        (f"pairwise F1 on the held-out half {held:.3f}: at least {BAR_F1}", held >= BAR_F1),
        (f"labelled pairs: {every['pairs']}, at least {PAIRS}", every["pairs"] >= PAIRS),
    ]
    if not short:
        rate = fast["rate"]
        bars.append((f"{rate:,.0f} mentions/s, at least {BAR_RATE}", rate >= BAR_RATE))
    return Table("Topics: which mentions are one event", lines, bars)
