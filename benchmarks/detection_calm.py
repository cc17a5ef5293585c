"""The calm stream as a table: every hospital that it names, as a brand of its own."""

from __future__ import annotations

from pathlib import Path

from benchmarks.detection_table import Table
from benchmarks.replays import CALM, replay, yellows_a_day

SHORT = 2
YELLOWS = 1  # a brand and day


def table(data: Path, *, short: bool = False) -> Table:
    """Play it once a hospital; `short` plays the first ones alone."""
    names = CALM[:SHORT] if short else CALM
    answers = [replay(data / "replays" / "calm_mentions.jsonl.gz", name) for name in names]
    loud = [a["brand"] for a in answers if any(t["tier"] in {"orange", "red"} for t in a["tiers"])]
    worst = max(map(yellows_a_day, answers))
    lines = ["| hospital | matched | tiers | most YELLOW a day |", "| --- | --- | --- | --- |"]
    for one in answers:
        tiers = "、".join(change["tier"] for change in one["tiers"]) or "-"
        lines.append(f"| {one['brand']} | {one['matched']} | {tiers} | {yellows_a_day(one)} |")
    return Table(
        "Calm mentions: nothing may burn",
        lines,
        [
            (f"calm: none above YELLOW; loud: {'、'.join(loud) or 'none'}", not loud),
            (f"calm: at most {YELLOWS} YELLOW per brand and day: {worst}", worst <= YELLOWS),
        ],
    )
