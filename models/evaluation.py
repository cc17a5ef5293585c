"""Measures a classifier on labelled texts, as they are and without emoticons: table and JSON."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from rich.console import Console
from rich.table import Table

from models.heads import STANCES
from models.labelled import DataError, Labelled, read_sets
from models.metrics import (
    ClassFigures,
    accuracy,
    calibration_error,
    confusion,
    macro_f1,
    multi_label,
    per_class,
)
from models.normalise import strip_emoticons
from models.prediction import POLARITIES, RISK_CODES, Classifier, Prediction

Case = TypeVar("Case", bound=Labelled)


@dataclass(frozen=True, slots=True)
class RiskFigures:
    """How well risk codes and stance are told."""

    micro_f1: float
    codes: Mapping[str, ClassFigures]
    stance_macro_f1: float
    false_alarms: float


@dataclass(frozen=True, slots=True)
class Figures:
    """One set in one form; `two_class` leaves neutral texts and answers aside."""

    texts: int
    accuracy: float
    macro_f1: float
    two_class: float
    calibration_error: float
    polarities: Mapping[str, ClassFigures]
    risk: RiskFigures | None
    texts_per_second: float


@dataclass(frozen=True, slots=True)
class Both:
    """One set as its texts are, and with the emoticons stripped."""

    as_is: Figures
    stripped: Figures


def measure(
    classifier: Classifier,
    sets: Mapping[str, Sequence[Labelled]],
    limit: int,
    done: Callable[[str], None] = lambda _name: None,
) -> dict[str, Both]:
    """Return the figures of each set, of at most `limit` texts each; calls `done` after each."""
    found: dict[str, Both] = {}
    for name, examples in sets.items():
        part = spread(examples, limit)
        found[name] = Both(evaluate(classifier, part), evaluate(classifier, part, strip=True))
        done(name)
    return found


def evaluate(
    classifier: Classifier, examples: Sequence[Labelled], *, strip: bool = False
) -> Figures:
    """Return the figures of one set; `strip` takes the emoticons out first."""
    texts = [strip_emoticons(e.text) if strip else e.text for e in examples]
    classifier.predict(texts[:1])
    started = time.perf_counter()
    found = classifier.predict(texts)
    seconds = time.perf_counter() - started
    return figures(examples, found, len(texts) / max(seconds, 1e-9))


def figures(examples: Sequence[Labelled], found: Sequence[Prediction], speed: float) -> Figures:
    """Return the figures of predictions already made."""
    truth = np.array([POLARITIES.index(example.polarity) for example in examples], dtype=np.int64)
    scores = np.array([(p.negative, p.neutral, p.positive) for p in found], dtype=np.float32)
    counts = confusion(truth, scores.argmax(axis=1), len(POLARITIES))
    return Figures(
        texts=len(examples),
        accuracy=accuracy(counts),
        macro_f1=macro_f1(counts),
        two_class=_two_class(truth, scores),
        calibration_error=calibration_error(truth, scores),
        polarities=dict(zip(POLARITIES, per_class(counts), strict=True)),
        risk=_risk(examples, found),
        texts_per_second=speed,
    )


def spread(examples: Sequence[Case], limit: int) -> Sequence[Case]:
    """Return at most `limit` examples from all over the set: files are sorted by label."""
    return examples[:: max(1, -(-len(examples) // limit))]


def table(rows: Mapping[str, Figures]) -> Table:
    """Return a terminal table, one row a set and form."""
    shown = Table(title="models: figures by set")
    for name in ("set", "n", "acc", "macro-F1", "−/＋ acc", "ECE", "neg P/R", "neu P/R", "pos P/R"):
        shown.add_column(name, justify="left" if name == "set" else "right")
    for name in ("risk F1", "stance F1", "texts/s"):
        shown.add_column(name, justify="right")
    for name, row in rows.items():
        shown.add_row(name, *_cells(row))
    return shown


def _cells(row: Figures) -> list[str]:
    each = [f"{one.precision:.2f}/{one.recall:.2f}" for one in row.polarities.values()]
    risk = [f"{row.risk.micro_f1:.3f}", f"{row.risk.stance_macro_f1:.3f}"] if row.risk else ["", ""]
    numbers = (row.accuracy, row.macro_f1, row.two_class, row.calibration_error)
    return [
        str(row.texts),
        *(f"{n:.3f}" for n in numbers),
        *each,
        *risk,
        f"{row.texts_per_second:.0f}",
    ]


def _two_class(truth: np.ndarray, scores: np.ndarray) -> float:
    told = truth != POLARITIES.index("neutral")
    if not told.any():
        return 0.0
    says_positive = scores[told, 2] > scores[told, 0]
    return float((says_positive == (truth[told] == POLARITIES.index("positive"))).mean())


def _risk(examples: Sequence[Labelled], found: Sequence[Prediction]) -> RiskFigures | None:
    both = [(e, p) for e, p in zip(examples, found, strict=True) if e.stance is not None]
    if not both:
        return None
    truth = [set(example.risk) for example, _ in both]
    said = [{risk.code for risk in prediction.risk} for _, prediction in both]
    micro, codes = multi_label(truth, said, RISK_CODES)
    calm = [bool(codes_said) for real, codes_said in zip(truth, said, strict=True) if not real]
    return RiskFigures(micro, codes, _stance(both), sum(calm) / max(len(calm), 1))


def _stance(both: Sequence[tuple[Labelled, Prediction]]) -> float:
    """Macro-F1 over alleged, denied and general; `none` is a fourth answer that counts as wrong."""
    names = (*STANCES, "none")
    truth = np.array([names.index(e.stance or "none") for e, _ in both], dtype=np.int64)
    guess = np.array([names.index(p.stance) for _, p in both], dtype=np.int64)
    each = per_class(confusion(truth, guess, len(names)))[: len(STANCES)]
    return float(np.mean([one.f1 for one in each]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table (and write JSON) for every set in a data directory."""
    from models.encoder import load_classifier  # noqa: PLC0415 - torch waits for the command

    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        sets = read_sets(options.data, options.split)
    except DataError as error:
        parser.error(str(error))
    classifier = load_classifier(options.model)
    found = measure(classifier, sets, options.limit)
    Console(width=150).print(table(_rows(found)))
    if options.json:
        document = {name: asdict(row) for name, row in _rows(found).items()}
        told = json.dumps({classifier.name: document}, ensure_ascii=False, indent=1)
        options.json.write_text(told, encoding="utf-8")
    return 0


def _rows(found: Mapping[str, Both]) -> dict[str, Figures]:
    rows: dict[str, Figures] = {}
    for name, both in found.items():
        rows |= {name: both.as_is, f"{name} (no emoticons)": both.stripped}
    return rows


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m models.evaluation", description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="a file or directory of labelled texts"
    )
    parser.add_argument("--model", type=Path, help="weights directory; default: the shipped ones")
    parser.add_argument("--split", default="test", choices=("dev", "test"))
    parser.add_argument("--limit", type=int, default=2000, help="texts a set at most")
    parser.add_argument("--json", type=Path, help="also write all figures here")
    return parser


if __name__ == "__main__":
    sys.exit(main())
