"""What the model is asked, what becomes of a text that breaks it, and whose word comes last."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from models.prediction import Prediction
from monitor.stations.reading import corrected, read
from monitor.store.schema import CorrectionRow, PredictionRow

NOON = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)


class Fragile:
    """Fails a whole call when a text holds 坏; answers NaN for 空, one too few for 少."""

    name = "fragile@1"

    def __init__(self) -> None:
        self.calls = 0

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        self.calls += 1
        if any("坏" in text for text in texts):
            raise RuntimeError(f"cannot read {texts}")
        answers = [self._one(math.nan if "空" in text else 0.2) for text in texts]
        return answers[1:] if any("少" in text for text in texts) else answers

    def _one(self, negative: float) -> Prediction:
        return Prediction(negative, 0.7, 0.1, (), "none", self.name)


class Dead(Fragile):
    """Reads nothing any more."""

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        self.calls += 1
        raise MemoryError(len(texts))


def named(*texts: str) -> dict[str, str]:
    return {text: text for text in texts}


def test_a_text_that_breaks_the_model_costs_only_itself() -> None:
    texts = named(*(f"正常{number}" for number in range(255)), "坏的")

    reading = read(Fragile(), texts)

    assert reading.refused == {"坏的": "RuntimeError"}
    assert len(reading.answers) == 255


def test_it_is_found_by_halving_and_not_one_by_one() -> None:
    model = Fragile()

    read(model, named(*(f"正常{number}" for number in range(255)), "坏的"))

    assert model.calls <= 2 * 8 + 2


@pytest.mark.parametrize("text", ["空的", "少的"])
def test_an_answer_that_is_none_is_refused_like_a_failure(text: str) -> None:
    reading = read(Fragile(), named("一", text, "二"))

    assert reading.refused == {text: "UnreadableError"}
    assert set(reading.answers) == {"一", "二"}


def test_the_reason_kept_never_quotes_the_text() -> None:
    assert read(Fragile(), named("坏的张某")).refused == {"坏的张某": "RuntimeError"}


def test_a_model_that_is_broken_itself_blames_no_text() -> None:
    with pytest.raises(MemoryError):
        read(Dead(), named("一", "二", "三"))
    with pytest.raises(MemoryError):
        read(Dead(), named("一"))


def test_nothing_to_read_asks_nobody_anything() -> None:
    assert read(Dead(), {}).answers == {}


def told(polarity: str, **more: Any) -> CorrectionRow:
    return CorrectionRow(
        brand="清河医院",
        words_hash="h",
        text="",
        mention_id=1,
        polarity=polarity,
        actor="zhang",
        at=NOON,
        **more,
    )


def heard(stance: str = "alleged", *codes: str) -> PredictionRow:
    return PredictionRow(
        words_hash="h",
        model="m@1",
        negative=0.6,
        neutral=0.3,
        positive=0.1,
        risk=[[code, 0.8] for code in codes],
        stance=stance,
        at=NOON,
    )


def test_a_persons_polarity_is_sure_and_the_risk_stays_the_models() -> None:
    said = corrected(told("negative"), heard("alleged", "fees_fraud"))

    assert (said.polarity, said.negative) == ("negative", 1.0)
    assert [(risk.code, risk.score) for risk in said.risk] == [("fees_fraud", 0.8)]
    assert said.stance == "alleged"


@pytest.mark.parametrize("polarity", ["neutral", "positive"])
def test_what_is_no_bad_news_alleges_nothing(polarity: str) -> None:
    said = corrected(told(polarity), heard("alleged", "patient_safety"))

    assert (said.polarity, said.stance) == (polarity, "general")


def test_codes_that_a_person_names_replace_the_models() -> None:
    said = corrected(told("negative", risk=["privacy_leak"]), heard("none"))

    assert [(risk.code, risk.score) for risk in said.risk] == [("privacy_leak", 1.0)]
    assert said.stance == "alleged"


def test_the_gravest_of_the_named_codes_comes_first() -> None:
    said = corrected(told("negative", risk=["service_complaint", "fees_fraud"]), None)

    assert [risk.code for risk in said.risk] == ["fees_fraud", "service_complaint"]


def test_a_stance_that_a_person_names_is_theirs() -> None:
    said = corrected(told("neutral", stance="denied"), heard("alleged", "patient_safety"))

    assert said.stance == "denied"


def test_without_any_risk_there_is_no_stance() -> None:
    assert corrected(told("negative", risk=[]), heard("alleged", "conflict")).stance == "none"


def test_a_person_can_speak_for_a_text_that_no_model_has_read() -> None:
    said = corrected(told("negative", risk=["conflict"], stance="alleged"), None)

    assert (said.polarity, said.risk[0].code, said.stance) == ("negative", "conflict", "alleged")
