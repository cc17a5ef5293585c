"""Numbers out of the network into answers: labels, calibration, thresholds."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from models.prediction import POLARITIES, RISK_CODES, RiskScore, Stance

STANCES: tuple[Stance, ...] = ("alleged", "denied", "general")
# The stance head learns a fourth class, «none», from texts without a code; a text with a code is
# one of the first three. Counting «none» against the codes made risk worse on dev (0.64 to 0.67).
STANCE_CLASSES = (*STANCES, "none")
WIDTH = len(POLARITIES) + len(RISK_CODES) + len(STANCE_CLASSES)
_RISK_FROM = len(POLARITIES)
_STANCE_FROM = _RISK_FROM + len(RISK_CODES)

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Settings:
    """What belongs to one set of weights: its version, calibration and thresholds."""

    name: str
    version: str
    preprocessing: str
    temperature: float = 1.0
    thresholds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(RISK_CODES, 0.5))

    @property
    def full_name(self) -> str:
        """Model and preprocessing version as stored with each prediction."""
        return f"{self.name}@{self.version}+{self.preprocessing}"

    def save(self, path: Path) -> None:
        """Write the settings as JSON."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n", "utf-8")

    @classmethod
    def load(cls, path: Path) -> Settings:
        """Read settings written by `save`."""
        return cls(**cast("dict[str, Any]", json.loads(path.read_text("utf-8"))))


def sentiment_of(logits: Array, temperature: float) -> Array:
    """Return calibrated sentiment probabilities, one row a window."""
    return softmax(logits[:, :_RISK_FROM] / temperature)


def risk_of(logits: Array) -> Array:
    """Return one probability a risk code, one row a window."""
    return cast("Array", 1.0 / (1.0 + np.exp(-logits[:, _RISK_FROM:_STANCE_FROM])))


def stance_of(logits: Array) -> Array:
    """Return probabilities of alleged, denied and general for a text that carries a code."""
    return softmax(logits[:, _STANCE_FROM:-1])


def softmax(logits: Array) -> Array:
    """Return rows that sum to one."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return cast("Array", raised / raised.sum(axis=1, keepdims=True))


def codes_above(scores: Array, thresholds: dict[str, float]) -> tuple[RiskScore, ...]:
    """Return the codes whose score reaches their threshold, highest first."""
    held = [
        RiskScore(code, round(float(score), 4))
        for code, score in zip(RISK_CODES, scores, strict=True)
        if score >= thresholds[code]
    ]
    return tuple(sorted(held, key=lambda risk: -risk.score))
