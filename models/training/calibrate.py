"""Fits what comes after the network on the dev split: temperature and one threshold a code."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.heads import Array, risk_of, sentiment_of
from models.lexicon import lift
from models.metrics import multi_label
from models.prediction import POLARITIES, RISK_CODES
from models.training.data import Example

# The sets whose probabilities are promised to be calibrated.
PROMISED = ("crisis", "weibo_usual")
TEMPERATURES = np.arange(0.6, 2.51, 0.05)
THRESHOLDS = np.arange(0.15, 0.96, 0.05)
# A code may leave the common threshold by this much only: dev holds 8 to 54 cases a code.
LEEWAY = 0.15


def fit_temperature(examples: Sequence[Example], logits: Array) -> float:
    """Return the temperature with the least mean loss over the sets, each counted the same."""
    places = [[i for i, e in enumerate(examples) if e.source == name] for name in PROMISED]
    truth = np.array([POLARITIES.index(example.polarity) for example in examples])

    def loss(temperature: float) -> float:
        scores = sentiment_of(logits, temperature)[np.arange(len(truth)), truth]
        losses = -np.log(np.maximum(scores, 1e-9))
        return float(np.mean([losses[part].mean() for part in places if part]))

    return round(float(min(TEMPERATURES, key=lambda value: loss(float(value)))), 2)


def fit_thresholds(examples: Sequence[Example], logits: Array) -> dict[str, float]:
    """Return one threshold a code: the best near the best common threshold, by dev F1."""
    places = [i for i, example in enumerate(examples) if example.stance is not None]
    truth = [set(examples[i].risk) for i in places]
    scores = _lifted(risk_of(logits[places]), [examples[i].text for i in places])
    common = _common(truth, scores)
    return {
        code: round(_best(scores[:, place], [code in real for real in truth], common), 2)
        for place, code in enumerate(RISK_CODES)
    }


def _lifted(rows: Array, texts: Sequence[str]) -> Array:
    return np.array([lift(row, text) for row, text in zip(rows, texts, strict=True)])


def _common(truth: Sequence[set[str]], scores: Array) -> float:
    return float(max(THRESHOLDS, key=lambda value: _micro(truth, scores, float(value))))


def _micro(truth: Sequence[set[str]], scores: Array, threshold: float) -> float:
    return multi_label(truth, _above(scores, threshold), RISK_CODES)[0]


def _best(scores: Array, truth: Sequence[bool], common: float) -> float:
    real = np.array(truth)

    def quality(value: float) -> float:
        said = scores >= value
        return 2.0 * float((said & real).sum()) / max(int(said.sum() + real.sum()), 1)

    near = [float(value) for value in THRESHOLDS if abs(value - common) <= LEEWAY + 1e-9]
    # The middle of the best plateau moves least when the texts change.
    top = max(quality(value) for value in near)
    plateau = [value for value in near if quality(value) >= top - 1e-9]
    return plateau[len(plateau) // 2]


def _above(scores: Array, threshold: float) -> list[set[str]]:
    return [
        {code for code, score in zip(RISK_CODES, row, strict=True) if score >= threshold}
        for row in scores
    ]
