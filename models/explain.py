"""Which words carried an answer: a word weighs as much as the odds change when it is left out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, runtime_checkable

from models.normalise import normalise, says_nothing
from models.prediction import POLARITIES, Classifier, Polarity, Prediction
from models.scoring import LEDE_WEIGHT
from models.windows import cut
from models.words import words

# Classifiers give probabilities to about four decimals: beyond these, log-odds would be noise.
_LEAST, _MOST = 1e-4, 1.0 - 1e-4


@runtime_checkable
class Frank(Protocol):
    """A classifier that also says how little it believes in the risks that do not hold."""

    def with_every_code(self) -> Classifier:
        """Return the same classifier with every risk code in its answers."""
        ...


@dataclass(frozen=True, slots=True)
class Span:
    """A word and what it did; `start` and `end` count characters of `Explanation.text`.

    `weight` is by how much the log-odds of the predicted polarity fall when the word is left out
    of its window, everywhere it stands there; `risk` the same for each code that holds. `pushes`
    is the polarity that gains most from the word.
    """

    start: int
    end: int
    text: str
    weight: float
    pushes: Polarity
    risk: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer with the words behind it, in the order of the text.

    `text` is what the model read: normalised. Of a text that is longer than one window, only the
    windows with the strongest say are explained; `windows` tells where they begin and end.
    """

    text: str
    prediction: Prediction
    windows: tuple[tuple[int, int], ...]
    spans: tuple[Span, ...]


def explain(classifier: Classifier, text: str) -> Explanation:
    """Return the answer to `text` with the weight of each of its words; odd text has no words.

    Asks `classifier` three times: for the answer, for its windows, for all that is left without
    each word.
    """
    read = normalise(text)
    prediction = classifier.predict([read])[0]
    if says_nothing(read):
        return Explanation(read, prediction, (), ())
    frank = classifier.with_every_code() if isinstance(classifier, Frank) else classifier
    windows = _carrying(_windows(frank, read), prediction)
    parts = [(window, place) for window in windows for place in window.places]
    answers = frank.predict([window.without(place) for window, place in parts])
    return Explanation(
        text=read,
        prediction=prediction,
        windows=tuple((one.start, one.start + len(one.text)) for one in windows),
        spans=tuple(
            _span(window, place, answer, prediction)
            for (window, place), answer in zip(parts, answers, strict=True)
        ),
    )


@dataclass(frozen=True)
class _Window:
    """A window of the text, the answer to it alone, and its words."""

    start: int
    text: str
    answer: Prediction

    @cached_property
    def places(self) -> list[tuple[int, int]]:
        return words(self.text)

    def without(self, place: tuple[int, int]) -> str:
        """The window without the word at `place`, and without the same word elsewhere."""
        gone = self.text[slice(*place)]
        left, after = [], 0
        for start, end in self.places:
            if self.text[start:end] == gone:
                left.append(self.text[after:start])
                after = end
        return "".join([*left, self.text[after:]])


def _windows(classifier: Classifier, text: str) -> list[_Window]:
    pieces = cut(text)
    starts, place = [], 0
    for piece in pieces:  # of a very long text, what lies between some windows is not read
        starts.append(text.index(piece, place))
        place = starts[-1] + len(piece)
    answers = classifier.predict(pieces)
    return [_Window(*one) for one in zip(starts, pieces, answers, strict=True)]


def _carrying(windows: Sequence[_Window], prediction: Prediction) -> list[_Window]:
    """The window with the most say in the polarity, and for each code the one that says it most."""

    def say(window: _Window) -> float:
        weight = LEDE_WEIGHT if window.start == 0 else 1.0
        return weight * len(window.text) * _share(window.answer, prediction.polarity)

    chosen = {max(windows, key=say).start}
    for risk in prediction.risk:
        chosen.add(max(windows, key=lambda one: _score(one.answer, risk.code)).start)
    return [window for window in windows if window.start in chosen]


def _span(window: _Window, place: tuple[int, int], without: Prediction, whole: Prediction) -> Span:
    gains: dict[Polarity, float] = {
        name: _odds(_share(window.answer, name)) - _odds(_share(without, name)) for name in _NAMES
    }
    return Span(
        start=window.start + place[0],
        end=window.start + place[1],
        text=window.text[slice(*place)],
        weight=round(gains[whole.polarity], 3),
        pushes=max(gains, key=lambda name: gains[name]),
        risk={one.code: _gain(window.answer, without, one.code) for one in whole.risk},
    )


def _gain(answer: Prediction, without: Prediction, code: str) -> float:
    return round(_odds(_score(answer, code)) - _odds(_score(without, code)), 3)


def _score(answer: Prediction, code: str) -> float:
    return next((risk.score for risk in answer.risk if risk.code == code), 0.0)


def _share(answer: Prediction, polarity: Polarity) -> float:
    shares = (answer.negative, answer.neutral, answer.positive)
    return shares[POLARITIES.index(polarity)]


def _odds(share: float) -> float:
    held = min(max(share, _LEAST), _MOST)
    return math.log(held / (1.0 - held))


_NAMES: tuple[Polarity, ...] = ("negative", "neutral", "positive")
