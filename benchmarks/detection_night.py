"""The night budget as a table: a simulated year of ordinary grumbling, and what it wakes."""

from __future__ import annotations

from pathlib import Path

from benchmarks.detection_table import Table
from benchmarks.night_budget import rows

YEAR, SHORT = 365, 30
WORRIES = 300  # harmless texts on patient safety that the bar asks for


def table(_data: Path, *, short: bool = False) -> Table:
    """Read the texts with the shipped model and play the year or a month; name what burnt."""
    found = rows(SHORT if short else YEAR)
    lines = [f"{name}: {value}" for name, value in found.items() if name != "causes"]
    loud = [one for one in found["causes"] if not one.startswith("yellow")]
    worst, texts = found["worst_30_days"], found["worries"]
    return Table(
        title="Night budget: wake-ups between 22 and 08 on ordinary grumbling",
        lines=[*lines, *loud],
        bars=[
            (f"at most one wake-up in any 30 days: {worst}", worst <= 1),
            (f"at least 300 harmless texts on patient safety: {texts}", short or texts >= WORRIES),
        ],
    )
