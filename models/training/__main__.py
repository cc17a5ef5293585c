"""Command line of the training: labelled texts in, a folder of weights out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from models.encoder import WEIGHTS
from models.training.loop import Plan
from models.training.recipe import train


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, calibrate and write the weights; a second call goes on after an interruption."""
    options = _parser().parse_args(arguments)
    plan = Plan()
    chosen = {
        name: getattr(options, name)
        for name in ("epochs", "batch", "seed", "device", "scale")
        if getattr(options, name) is not None
    }
    base = options.base or options.data.parent.parent / "models" / "multilingual-e5-small-zh"
    settings = train(
        options.data,
        base,
        options.out,
        work=options.work,
        plan=replace(plan, **chosen),
        version=options.version,
    )
    print(settings)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m models.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="directory of *.jsonl.gz sets")
    parser.add_argument("--base", type=Path, help="directory of the base encoder")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="where the weights go")
    parser.add_argument("--work", type=Path, default=Path("fengsui-data/training"))
    parser.add_argument("--version", default="1")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--batch", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--scale", type=float, help="share of every epoch, for a quick try")
    parser.add_argument("--device", choices=("cpu", "cuda"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
