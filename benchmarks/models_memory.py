"""What a fresh process holds in memory after it has loaded the model and read 2,000 texts.

Run by itself (`python -m benchmarks.models_memory FOLDER`) it reads texts from standard input, a
JSON string a line, and prints kilobytes; `measured` starts that process.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.encoder import load_classifier

ROOT = Path(__file__).resolve().parent.parent
TEXTS = 2000


@dataclass(frozen=True, slots=True)
class Size:
    """Megabytes (1e6 bytes): the weights folder, and resident memory at its peak and at the end."""

    weights: float
    texts: int
    peak: float
    resident: float


def measured(model: Path, texts: Sequence[str]) -> Size:
    """Return the size of the folder and the memory of a process that reads `texts`."""
    told = subprocess.run(  # noqa: S603 - this very module
        [sys.executable, "-m", "benchmarks.models_memory", str(model)],
        input="\n".join(map(json.dumps, texts)),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    peak, resident = (int(number) * 1024 / 1e6 for number in told.stdout.split())
    weights = sum(file.stat().st_size for file in model.iterdir() if file.is_file())
    return Size(weights / 1e6, len(texts), peak, resident)


def main(model: Path) -> None:
    """Read the texts, then print the peak and the present resident memory in KiB."""
    texts = [json.loads(line) for line in sys.stdin]
    load_classifier(model).predict(texts)
    # Not `getrusage`: its maximum is inherited from the process that started this one.
    status = Path("/proc/self/status").read_text("ascii")
    print(*re.findall(r"^Vm(?:HWM|RSS):\s+(\d+)", status, re.MULTILINE))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
