"""The classifier: texts to windows, windows to logits, logits to one prediction a text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, Protocol, cast

import numpy as np

from models.heads import (
    STANCES,
    Array,
    Settings,
    codes_above,
    risk_of,
    sentiment_of,
    softmax,
    stance_of,
)
from models.lexicon import lift
from models.normalise import normalise, says_nothing
from models.prediction import Prediction, RiskScore, Stance
from models.windows import cut

# What is said of a text that says nothing (empty, bare repost): neutral, almost surely.
SILENT = (0.01, 0.98, 0.01)
# The first window holds the headline or the reposter's own words: it counts double.
LEDE_WEIGHT = 2.0
# A window that surely alleges something counts this much more: three calm screens before the
# complaint do not make it milder. By judgement, so that a claim in the last fifth still decides.
CLAIM_WEIGHT = 10.0


# Embeddings remembered for who asks after the answer: 6 MB of 384 numbers each.
REMEMBERED = 4096


class Reading(NamedTuple):
    """What a network says of windows: a row of logits each, and a row of its last state."""

    logits: Array
    states: Array


class WindowReader(Protocol):
    """Anything that answers windows with logits."""

    def read(self, pieces: Sequence[str]) -> Reading:
        """Return one row a window, in order; states may have no columns."""
        ...


@dataclass(frozen=True, slots=True)
class OtherSentiment:
    """A sentiment model of the user's choice that replaces ours; `matrix` maps its classes."""

    name: str
    matrix: Array
    open: Callable[[], WindowReader]


class TextClassifier:
    """Predicts sentiment, risk and stance; opens the networks at the first prediction."""

    def __init__(
        self,
        settings: Settings,
        open_own: Callable[[], WindowReader],
        other: OtherSentiment | None = None,
    ) -> None:
        self._settings, self._open_own, self._other = settings, open_own, other
        self._embedded: dict[str, Array] = {}

    @property
    def name(self) -> str:
        """Model and preprocessing version, as stored with each prediction."""
        own = self._settings.full_name
        return f"{self._other.name}|{own}" if self._other else own

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Predict one `Prediction` a text; an empty list for no texts."""
        plain = [normalise(text) for text in texts]
        spoken = list(dict.fromkeys(text for text in plain if not says_nothing(text)))
        known = dict(zip(spoken, self._answers(spoken), strict=True)) if spoken else {}
        silent = self._prediction(np.array(SILENT, dtype=np.float32), (), "none")
        return [known.get(text, silent) for text in plain]

    def embed(self, texts: Sequence[str]) -> Array:
        """Return a direction of unit length a text (texts, width); zeros for what says nothing.

        It is the mean state of the encoder over the windows. Texts that were just predicted (the
        last `REMEMBERED`) are not read again.
        """
        plain = [normalise(text) for text in texts]
        known = {text: self._embedded[text] for text in plain if text in self._embedded}
        new = [t for t in dict.fromkeys(plain) if t not in known and not says_nothing(t)]
        for start in range(0, len(new), REMEMBERED):
            part = new[start : start + REMEMBERED]
            self._answers(part)
            known |= {text: self._embedded[text] for text in part}
        silent = np.zeros(self._own.read([]).states.shape[1], dtype=np.float32)
        rows = [known.get(text, silent) for text in plain]
        return np.stack(rows) if rows else np.zeros((0, len(silent)), dtype=np.float32)

    def with_every_code(self) -> TextClassifier:
        """Return the same classifier with every risk code in its answers, however improbable."""
        thresholds = dict.fromkeys(self._settings.thresholds, 0.0)
        other = self._other and replace(
            self._other, open=lambda: cast("WindowReader", self._other_reader)
        )
        return TextClassifier(
            replace(self._settings, thresholds=thresholds), lambda: self._own, other
        )

    def _answers(self, texts: list[str]) -> list[Prediction]:
        windows = [cut(text) for text in texts]
        pieces = [piece for own in windows for piece in own]
        logits, states = self._own.read(pieces)
        sentiment = self._sentiment(pieces, logits)
        answers, start = [], 0
        for text, own in zip(texts, windows, strict=True):
            part = slice(start, start + len(own))
            answers.append(self._combined(own, logits[part], sentiment[part]))
            self._remember(text, _direction(own, states[part]))
            start += len(own)
        return answers

    def _remember(self, text: str, direction: Array) -> None:
        self._embedded.pop(text, None)
        self._embedded[text] = direction
        while len(self._embedded) > REMEMBERED:
            del self._embedded[next(iter(self._embedded))]

    def _sentiment(self, pieces: list[str], logits: Array) -> Array:
        if self._other is None or self._other_reader is None:
            return sentiment_of(logits, self._settings.temperature)
        return softmax(self._other_reader.read(pieces).logits) @ self._other.matrix

    def _combined(self, own: list[str], logits: Array, sentiment: Array) -> Prediction:
        scores = np.array(
            [lift(row, piece) for row, piece in zip(risk_of(logits), own, strict=True)]
        )
        risk = codes_above(scores.max(axis=0), self._settings.thresholds)
        told = stance_of(logits)
        stance = STANCES[int(told[scores.max(axis=1).argmax()].argmax())] if risk else "none"
        weights = np.array([len(piece) for piece in own], dtype=np.float32)
        weights[0] *= LEDE_WEIGHT
        weights *= 1.0 + CLAIM_WEIGHT * scores.max(axis=1) * told[:, STANCES.index("alleged")]
        return self._prediction(weights @ sentiment / weights.sum(), risk, stance)

    def _prediction(
        self, sentiment: Array, risk: tuple[RiskScore, ...], stance: Stance
    ) -> Prediction:
        shares = sentiment.astype(np.float64) / float(sentiment.sum())
        negative, neutral = float(shares[0]), float(shares[1])
        return Prediction(
            negative=negative,
            neutral=neutral,
            positive=max(0.0, 1.0 - negative - neutral),
            risk=risk,
            stance=stance,
            model=self.name,
        )

    @cached_property
    def _own(self) -> WindowReader:
        return self._open_own()

    @cached_property
    def _other_reader(self) -> WindowReader | None:
        return self._other.open() if self._other else None


def _direction(own: list[str], states: Array) -> Array:
    """The mean state of a text's windows, each by its length, cut to unit length."""
    mean = np.array([len(piece) for piece in own], dtype=np.float32) @ states
    return cast("Array", mean / max(float(np.linalg.norm(mean)), 1e-12))
