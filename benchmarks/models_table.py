"""The «must reach» table of the built-in model: quality, calibration, speed, size, and its peers.

    .venv/bin/python benchmarks/models_table.py [--write docs/models.md] [--json FILE] [--markdown]

Everything is measured in one run on one machine. The peers are no dependencies of the product:
`.venv/bin/pip install -r requirements-bench.in`; one that is missing is named and left out.
A quick look: `--limit 40 --peer-limit 10 --train-limit 2000 --speed-texts 16 --rounds 1`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

if __name__ == "__main__":
    # As `python -m` does: its parts are found by the name of the folder.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    sys.exit(import_module("benchmarks.models_run").main())
