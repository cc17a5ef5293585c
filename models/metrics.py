"""Figures of merit over labels and probabilities: F1, accuracy, calibration (numpy only)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

# Fifteen bins of equal mass, as calibration papers and our targets count it.
CALIBRATION_BINS = 15

Labels = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """Precision, recall and F1 of one class."""

    precision: float
    recall: float
    f1: float
    cases: int


def confusion(truth: Labels, guess: Labels, classes: int) -> Labels:
    """Return counts with truth as rows and guesses as columns."""
    counts = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(counts, (truth, guess), 1)
    return counts


def per_class(counts: Labels) -> list[ClassFigures]:
    """Return figures a class from a confusion matrix."""
    return [
        _figures(int(counts[k, k]), int(counts[:, k].sum()), int(counts[k].sum()))
        for k in range(len(counts))
    ]


def macro_f1(counts: Labels) -> float:
    """Return the mean F1 over the classes that occur in the truth."""
    held = [figures.f1 for figures in per_class(counts) if figures.cases]
    return float(np.mean(held)) if held else 0.0


def accuracy(counts: Labels) -> float:
    """Return the share on the diagonal."""
    return float(np.trace(counts) / max(counts.sum(), 1))


def calibration_error(truth: Labels, scores: Scores) -> float:
    """Return the top-label calibration error over equal-mass bins."""
    top = scores.max(axis=1)
    right = (scores.argmax(axis=1) == truth).astype(np.float64)
    bins = np.array_split(np.argsort(top, kind="stable"), CALIBRATION_BINS)
    gaps = [
        len(part) * abs(float(top[part].mean() - right[part].mean())) for part in bins if len(part)
    ]
    return sum(gaps) / max(len(truth), 1)


def multi_label(
    truth: Sequence[set[str]], guess: Sequence[set[str]], codes: Sequence[str]
) -> tuple[float, dict[str, ClassFigures]]:
    """Return micro-F1 over all codes, and the figures of each code."""
    figures = {code: _code_figures(truth, guess, code) for code in codes}
    hits = sum(len(real & said) for real, said in zip(truth, guess, strict=True))
    overall = _figures(hits, sum(map(len, guess)), sum(map(len, truth)))
    return overall.f1, figures


def _code_figures(truth: Sequence[set[str]], guess: Sequence[set[str]], code: str) -> ClassFigures:
    hits = sum(code in real and code in said for real, said in zip(truth, guess, strict=True))
    return _figures(hits, sum(code in said for said in guess), sum(code in real for real in truth))


def _figures(hits: int, said: int, real: int) -> ClassFigures:
    precision, recall = hits / said if said else 0.0, hits / real if real else 0.0
    both = precision + recall
    return ClassFigures(precision, recall, 2 * precision * recall / both if both else 0.0, real)
