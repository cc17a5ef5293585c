"""Prints every table by which detection is judged, in one run.

    .venv/bin/python benchmarks/detection.py [../shared/data] [--only NAME]… [--short]

Each table is a module `detection_NAME.py` beside this file, named in `TABLES`, with a function
`table(data, short=…)` that returns a `detection_table.Table`. `--short` simulates less. Exit code 1
when a bar is missed.
"""

from __future__ import annotations

import argparse
import sys
import time
from importlib import import_module
from pathlib import Path

TABLES = ("nab", "brand", "night", "harmless")
"""In the order in which they are printed."""


def main() -> int:
    """Print the tables that were asked for, then every bar."""
    asked = _arguments()
    bars: list[tuple[str, bool]] = []
    for name in asked.only or TABLES:
        started = time.perf_counter()
        table = import_module(f"benchmarks.detection_{name}").table(asked.data, short=asked.short)
        print(f"\n## {table.title}\n")
        print("\n".join(table.lines))
        print(f"\n{time.perf_counter() - started:.0f} s", flush=True)
        bars += table.bars
    print("\n## Bars\n")
    for sentence, holds in bars:
        print(f"{'holds ' if holds else 'MISSED'} | {sentence}")
    return 0 if all(holds for _, holds in bars) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("data", nargs="?", type=Path, default=Path("../shared/data"))
    parser.add_argument("--only", action="append", choices=TABLES, help="one table; may repeat")
    parser.add_argument("--short", action="store_true", help="fewer simulated months")
    return parser.parse_args()


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    sys.exit(main())
