"""Reads texts with the model, and puts the last word on each text onto the mentions that say it.

The last word is a person's where there is one, else the model's. It is written onto the rows that
lists, counts and measures read anyway, so nothing else needs to know of corrections; decisions
already taken are rows of their own and stay as they are.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from models.prediction import RISK_CODES, Classifier, Prediction, RiskScore
from monitor.stations.claims import note_claim
from monitor.store.labels import standing
from monitor.store.lookup import predictions
from monitor.store.schema import BrandMentionRow, CorrectionRow, PredictionRow

log = logging.getLogger("fengsui")

# Any plain sentence: a model that cannot read this one is broken itself.
PROBE = "今天去复诊，医生很耐心。"


class UnreadableError(ValueError):
    """The model answered, but not with numbers, or not once a text."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model said of some texts, and why it could not read others; by words hash."""

    answers: dict[str, Prediction] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def read(classifier: Classifier, texts: Mapping[str, str]) -> Reading:
    """Ask the model about texts by hash; a text that breaks it costs only itself.

    Raises what the model raises where it cannot read a plain sentence either: then it is the model
    that is broken, and no text is to blame.
    """
    try:
        return Reading(_asked(classifier, texts))
    except Exception as error:  # noqa: BLE001 - models fail in many ways; here a text is found out
        failure = type(error).__name__
    if len(texts) == 1:
        _asked(classifier, {"": PROBE})
        log.warning("a text of %s cannot be read: %s", classifier.name, failure)
        return Reading(refused=dict.fromkeys(texts, failure))
    keys, middle = list(texts), len(texts) // 2
    first = read(classifier, {key: texts[key] for key in keys[:middle]})
    second = read(classifier, {key: texts[key] for key in keys[middle:]})
    return Reading(first.answers | second.answers, first.refused | second.refused)


def _asked(classifier: Classifier, texts: Mapping[str, str]) -> dict[str, Prediction]:
    answers = classifier.predict(list(texts.values())) if texts else []
    if len(answers) != len(texts) or not all(map(_is_whole, answers)):
        raise UnreadableError
    return dict(zip(texts, answers, strict=True))


def _is_whole(one: Prediction) -> bool:
    scores = (one.negative, one.neutral, one.positive, *(risk.score for risk in one.risk))
    return all(map(math.isfinite, scores))


def store(session: Session, reading: Reading, now: datetime) -> None:
    """Keep the answers by text hash with the model's name, so that no text is read twice."""
    answers = reading.answers
    known = predictions(session, next((one.model for one in answers.values()), ""), answers)
    for key, one in answers.items():
        if key not in known:
            session.add(
                PredictionRow(
                    words_hash=key,
                    model=one.model,
                    negative=one.negative,
                    neutral=one.neutral,
                    positive=one.positive,
                    risk=[[risk.code, risk.score] for risk in one.risk],
                    stance=one.stance,
                    at=now,
                )
            )
    session.flush()


class LastWords:
    """The last word on what some parts of mentions say, once a model has been asked about them."""

    def __init__(
        self,
        session: Session,
        model: str,
        parts: Iterable[BrandMentionRow],
        refused: Mapping[str, str] | None = None,
    ) -> None:
        """Look up what this model and people said; `refused` is what it could not read, and why."""
        rows = list(parts)
        self._model, self._refused = model, refused or {}
        self._read = predictions(session, model, [part.words_hash for part in rows])
        self._told = standing(session, rows)

    def asked(self, part: BrandMentionRow) -> bool:
        """Whether the model has been asked about these words."""
        return part.words_hash in self._read or part.words_hash in self._refused

    def spoken(self, part: BrandMentionRow) -> bool:
        """Whether there is any word on these words, the model's or a person's."""
        return part.words_hash in self._read or (part.brand, part.words_hash) in self._told

    def note(self, part: BrandMentionRow, authority: str) -> None:
        """Write the last word onto the part; where nobody could read it the former one stands."""
        read = self._read.get(part.words_hash)
        told = self._told.get((part.brand, part.words_hash))
        part.model = self._model
        part.unread = None if read or told else self._refused.get(part.words_hash)
        if told is not None:
            note_claim(part, corrected(told, read), authority, lexicon=told.risk is None)
        elif read is not None:
            note_claim(part, _prediction(read), authority)


def corrected(told: CorrectionRow, read: PredictionRow | None) -> Prediction:
    """The prediction as a person corrected it: sure, and the model's only where they were silent.

    Whoever calls a text neutral or positive says that it alleges nothing, for an allegation is bad
    news: what the model took for one is then talk about a risk, unless they said otherwise.
    """
    if told.risk is not None:
        # The gravest first: they are equally sure, and the first of them makes the claim.
        risk = tuple(RiskScore(code, 1.0) for code in RISK_CODES if code in told.risk)
    else:
        risk = _prediction(read).risk if read else ()
    return Prediction(
        negative=float(told.polarity == "negative"),
        neutral=float(told.polarity == "neutral"),
        positive=float(told.polarity == "positive"),
        risk=risk,
        stance=_stance(told, read) if risk else "none",  # type: ignore[arg-type] # checked on entry
        model=read.model if read else "",
    )


def _stance(told: CorrectionRow, read: PredictionRow | None) -> str:
    if told.stance is not None:
        return told.stance
    negative = told.polarity == "negative"
    heard = read.stance if read and read.stance != "none" else "alleged"
    return "general" if heard == "alleged" and not negative else heard


def _prediction(row: PredictionRow) -> Prediction:
    risk = tuple(RiskScore(code, score) for code, score in row.risk)
    return Prediction(row.negative, row.neutral, row.positive, risk, row.stance, row.model)  # type: ignore[arg-type] # stored from the same type
