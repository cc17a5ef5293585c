"""Prints every table by which detection is judged, in one run.

    .venv/bin/python benchmarks/detection.py [../shared/data] [--only NAME]… [--short]
                                             [--write docs/detection.md]

Each table is a module `detection_NAME.py` beside this file, named in `TABLES`, with a function
`table(data, short=…)` that returns a `detection_table.Table`. `--short` simulates and plays less.
`--write` also puts what was printed between the markers of the manual. Exit code 1 when a bar is
missed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.detection_page import placed, write
from benchmarks.detection_table import Table

TABLES = ("replays", "calm", "harmless", "night", "brand", "nab", "topics")
"""In the order in which they are printed."""


def main() -> int:
    """Print the tables that were asked for, then every bar."""
    asked = _arguments()
    if asked.write:  # a page without markers is refused before the hours, not after them
        placed(asked.write.read_text("utf-8"), "", "", "")
    bars: list[tuple[str, bool]] = []
    printed = []
    for part in _parts(asked, bars):
        print(part, flush=True)
        printed.append(part)
    if asked.write:
        write(asked.write, _command(asked), f"{datetime.now(UTC):%Y-%m-%d}", "\n".join(printed))
    return 0 if all(holds for _, holds in bars) else 1


def _parts(asked: argparse.Namespace, bars: list[tuple[str, bool]]) -> Iterator[str]:
    for name in asked.only or TABLES:
        started = time.perf_counter()
        table: Table = import_module(f"benchmarks.detection_{name}").table(
            asked.data, short=asked.short
        )
        bars += table.bars
        lines = "\n".join(table.lines)
        yield f"\n## {table.title}\n\n{lines}\n\n{time.perf_counter() - started:.0f} s"
    held = (f"{'holds ' if holds else 'MISSED'} | {sentence}" for sentence, holds in bars)
    yield "\n".join(["\n## Bars\n", *held])


def _command(asked: argparse.Namespace) -> str:
    """The command as another may type it, without paths of this machine."""
    only = "".join(f" --only {name}" for name in asked.only or ())
    return f".venv/bin/python benchmarks/detection.py{only}{' --short' if asked.short else ''}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("data", nargs="?", type=Path, default=Path("../shared/data"))
    parser.add_argument("--only", action="append", choices=TABLES, help="one table; may repeat")
    parser.add_argument("--short", action="store_true", help="fewer simulated months, fewer plays")
    parser.add_argument("--write", type=Path, help="keep the output between a page's markers")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
