"""Prediction: what a model says of one text (standard library only, but for a type of numpy)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

RISK_CODES = (
    "patient_safety",
    "privacy_leak",
    "product_safety",
    "false_advertising",
    "staff_misconduct",
    "fees_fraud",
    "conflict",
    "regulatory",
    "service_complaint",
)
POLARITIES = ("negative", "neutral", "positive")

# Below this share of its best class an answer abstains. On dev (2,483 texts) that leaves out 10 %,
# of which 45 % are right, against 80 % of the rest.
UNSURE_BELOW = 0.55

Polarity = Literal["negative", "neutral", "positive"]
Stance = Literal["alleged", "denied", "general", "none"]


@dataclass(frozen=True, slots=True)
class RiskScore:
    """One risk code that holds, with its probability."""

    code: str
    score: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """Sentiment, risk and stance of one text.

    `negative`, `neutral` and `positive` sum to one. `risk` lists the codes above their
    thresholds, highest first. `stance` is `none` exactly when `risk` is empty. `model` names the
    model and the version of its preprocessing.
    """

    negative: float
    neutral: float
    positive: float
    risk: tuple[RiskScore, ...]
    stance: Stance
    model: str

    @property
    def polarity(self) -> Polarity:
        """The most probable class."""
        scores: dict[Polarity, float] = {
            "negative": self.negative,
            "neutral": self.neutral,
            "positive": self.positive,
        }
        return max(scores, key=lambda name: scores[name])

    @property
    def unsure(self) -> bool:
        """Whether the sentiment lies in the abstain band: the best class is hardly the best."""
        return max(self.negative, self.neutral, self.positive) < UNSURE_BELOW


class Classifier(Protocol):
    """Texts in, predictions out, in the same order; a text never fails a batch."""

    @property
    def name(self) -> str:
        """Model and preprocessing version, as stored with each prediction."""
        ...

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Predict one `Prediction` a text; an empty list for no texts."""
        ...

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return a direction of unit length a text; zeros for a text that says nothing."""
        ...
