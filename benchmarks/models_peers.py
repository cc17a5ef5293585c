"""Other people's classifiers behind our own interface, each loaded only where it is installed."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from benchmarks.models_bars import QUALITY_BARS, figure_of
from models.evaluation import Figures, evaluate
from models.labelled import Labelled
from models.prediction import POLARITIES, RISK_CODES, Classifier, Prediction, RiskScore
from models.training.data import Example

COMPARED = ("macro_f1", "two_class", "risk_micro_f1")
INSTALL = "pip install -r requirements-bench.in"
# Characters of one to three, as text baselines on Chinese count them; rare ones only cost memory.
GRAMS, MIN_COUNT, MAX_GRAMS = (1, 3), 3, 300_000
# The library starts from 1e-4, for fewer features; chosen once, not tuned.
PENALTY = 3e-6

# An answer as a peer gives it: three shares and, where it knows them, codes.
Answer = tuple[tuple[float, float, float], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer as a `Classifier`: one function from texts to answers."""

    name: str
    answers: Callable[[Sequence[str]], list[Answer]]

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Predict one `Prediction` a text; a peer that knows no stance always alleges."""
        return [self._prediction(*answer) for answer in self.answers(texts)]

    def _prediction(self, shares: tuple[float, float, float], codes: tuple[str, ...]) -> Prediction:
        risk = tuple(RiskScore(code, 1.0) for code in codes)
        return Prediction(*shares, risk, "alleged" if risk else "none", self.name)


@dataclass(frozen=True, slots=True)
class PeerRow:
    """What one classifier reached on one bar of a set, as it is and stripped."""

    peer: str
    label: str
    texts: int
    as_is: float
    stripped: float


@dataclass(frozen=True, slots=True)
class Compared:
    """What one classifier reached on all sets, and its texts a second."""

    peer: str
    rows: list[PeerRow]
    texts_per_second: float


def open_peers(train: Sequence[Example]) -> Iterator[tuple[str, Peer | None]]:
    """Yield each peer's name with the peer, or with None where it is not installed."""
    openers: dict[str, tuple[str, Callable[[], Peer]]] = {
        "SnowNLP": ("snownlp", _snownlp),
        "cnsenti": ("cnsenti", _cnsenti),
        "TF-IDF": ("sklearn", lambda: _tfidf(train)),
    }
    for name, (module, opened) in openers.items():
        yield name, opened() if find_spec(module) else None


def compared(classifier: Classifier, name: str, sets: Mapping[str, Sequence[Labelled]]) -> Compared:
    """Measure one classifier on every set by the figures that people compare."""
    rows: list[PeerRow] = []
    started = time.perf_counter()
    for source, part in sets.items():
        plain, bare = evaluate(classifier, part), evaluate(classifier, part, strip=True)
        rows += _rows(name, source, plain, bare)
    seconds = time.perf_counter() - started
    return Compared(name, rows, 2 * sum(map(len, sets.values())) / seconds)


def _rows(name: str, source: str, plain: Figures, bare: Figures) -> Iterator[PeerRow]:
    """Rows of one set; a peer that never names a code is not compared by codes."""
    for bar in QUALITY_BARS:
        if bar.source != source or bar.figure not in COMPARED:
            continue
        both = figure_of(plain, bar.figure), figure_of(bare, bar.figure)
        if bar.figure != "risk_micro_f1" or any(both):
            yield PeerRow(name, bar.label, plain.texts, *both)


def _snownlp() -> Peer:
    reader = _quietly("snownlp").SnowNLP

    def answer(text: str) -> Answer:
        # It divides by the number of its words: a text without any has no answer.
        positive = float(reader(text).sentiments) if any(map(str.isalnum, text)) else 0.5
        return (1.0 - positive, 0.0, positive), ()

    return Peer("SnowNLP", lambda texts: [answer(text) for text in texts])


def _cnsenti() -> Peer:
    counter = _quietly("cnsenti").Sentiment()

    def answer(text: str) -> Answer:
        counts = counter.sentiment_count(text) if text.strip() else {"pos": 0, "neg": 0}
        place = 1 + (counts["pos"] > counts["neg"]) - (counts["pos"] < counts["neg"])
        return _sure(place), ()

    return Peer("cnsenti", lambda texts: [answer(text) for text in texts])


def _sure(place: int) -> tuple[float, float, float]:
    return tuple(0.98 if place == one else 0.01 for one in range(3))  # type: ignore[return-value] # three


def _tfidf(train: Sequence[Example]) -> Peer:
    """A linear model over characters, trained on our own train split, codes included."""
    text_part = import_module("sklearn.feature_extraction.text")
    grams = text_part.TfidfVectorizer(
        analyzer="char", ngram_range=GRAMS, min_df=MIN_COUNT, max_features=MAX_GRAMS
    )
    table = grams.fit_transform([example.text for example in train])
    mood = _linear().fit(table, [POLARITIES.index(example.polarity) for example in train])
    places = [place for place, example in enumerate(train) if example.stance is not None]
    codes = {
        code: _one_code(table[places], [train[i] for i in places], code) for code in RISK_CODES
    }

    def answers(texts: Sequence[str]) -> list[Answer]:
        rows = grams.transform(texts)
        shares = mood.predict_proba(rows)
        held = {code: one.predict(rows) for code, one in codes.items() if one is not None}
        return [
            (tuple(map(float, share)), tuple(code for code in held if held[code][place]))  # type: ignore[misc] # three
            for place, share in enumerate(shares)
        ]

    return Peer("TF-IDF", answers)


def _one_code(table: Any, examples: Sequence[Example], code: str) -> Any:  # noqa: ANN401 - sklearn
    truth = [code in example.risk for example in examples]
    return _linear(class_weight="balanced").fit(table, truth) if any(truth) else None


def _linear(**options: Any) -> Any:  # noqa: ANN401 - sklearn has no types here
    model = import_module("sklearn.linear_model").SGDClassifier
    return model(loss="log_loss", alpha=PENALTY, random_state=0, **options)


def _quietly(module: str) -> Any:  # noqa: ANN401 - an untyped package
    """Import a package of older days without its warnings and its progress lines."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = import_module(module)
    logging.getLogger("jieba").setLevel(logging.ERROR)  # it sets its own when imported
    return found
