"""Recorded crises as a table: how soon each was ORANGE or RED."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.detection_table import Table
from benchmarks.replays import CRISES, replay

MINUTES = 10.0
SNAPSHOTS = "zhihu"
"""Streams of hourly hot lists: there the first snapshot that names the brand must be enough."""


def table(data: Path, *, short: bool = False) -> Table:
    """Play each stream through the command, as a user would; `short` plays the first alone."""
    lines = [
        "| stream | brand | matched | ORANGE | RED | reason |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    bars = []
    for stream, *names in CRISES[:1] if short else CRISES:
        answer = replay(data / "replays" / f"{stream}.jsonl.gz", *names)
        lines.append(_line(stream, answer))
        bars.append(_bar(stream, answer))
    return Table("Recorded crises: minutes from the first matched mention", lines, bars)


def _line(stream: str, answer: dict[str, Any]) -> str:
    orange, red = (_first(answer, *tiers) for tiers in (("orange", "red"), ("red",)))
    cells = (f"+{one['minutes_after_first']:.1f}" if one else "-" for one in (orange, red))
    why = orange["reason"] if orange else "-"
    matched = f"{answer['matched']} of {answer['mentions']}"
    return f"| {stream} | {answer['brand']} | {matched} | {' | '.join(cells)} | {why} |"


def _bar(stream: str, answer: dict[str, Any]) -> tuple[str, bool]:
    loud = _first(answer, "orange", "red")
    most = 0.0 if stream.startswith(SNAPSHOTS) else MINUTES
    said = f"+{loud['minutes_after_first']:.1f} min" if loud else "never"
    asked = f"within {most:g} min" if most else "with the first snapshot"
    return (
        f"{stream}: ORANGE or RED {asked}: {said}",
        loud is not None and loud["minutes_after_first"] <= most,
    )


def _first(answer: dict[str, Any], *tiers: str) -> dict[str, Any] | None:
    return next((one for one in answer["tiers"] if one["tier"] in tiers), None)
