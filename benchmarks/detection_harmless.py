"""Ten harmless companies of the hot lists as a table."""

from __future__ import annotations

from pathlib import Path

from benchmarks.detection_table import Table
from benchmarks.harmless import rows


def table(data: Path, *, short: bool = False) -> Table:
    """Play each company; `short` changes nothing, since only entries that name it are played."""
    del short
    found = rows(data / "replays")
    lines = [
        f"{row['company']}: {row['matched']} matched, highest {row['highest']}" for row in found
    ]
    loud = [row["company"] for row in found if not row["holds"]]
    said = "、".join(loud) or "none"
    return Table(
        title="Companies named without harm",
        lines=lines,
        bars=[(f"no ORANGE on ten harmless companies; loud: {said}", not loud)],
    )
