"""What the classifier makes of window logits, with a reader that answers from a rule."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from models.heads import WIDTH, Settings
from models.prediction import Prediction
from models.scoring import OtherSentiment, Reading, TextClassifier

SETTINGS = Settings(name="测试", version="1", preprocessing="n1")


class RuleReader:
    """Calls windows with 坏 negative, with 好 positive; 误诊 is patient safety, 谣言 a denial."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read(self, pieces: Sequence[str]) -> Reading:
        self.asked += pieces
        logits = np.array([self._row(piece) for piece in pieces], dtype=np.float32)
        states = [[3.0, 4.0] if "坏" in piece else [0.0, 2.0] for piece in pieces]
        return Reading(logits, np.array(states, dtype=np.float32).reshape(-1, 2))

    def _row(self, piece: str) -> list[float]:
        row = [0.0] * WIDTH
        row[0], row[1], row[2] = 6.0 * ("坏" in piece), 3.0, 6.0 * ("好" in piece)
        row[3:12] = [-6.0] * 9
        row[3] = 6.0 if "误诊" in piece else -6.0
        row[12], row[13] = 1.0, 4.0 * ("谣言" in piece)
        return row


@pytest.fixture
def reader() -> RuleReader:
    return RuleReader()


@pytest.fixture
def classifier(reader: RuleReader) -> TextClassifier:
    return TextClassifier(SETTINGS, lambda: reader)


def test_answers_come_in_the_order_of_the_texts(classifier: TextClassifier) -> None:
    found = classifier.predict(["好", "坏", "门诊几点开", "坏"])
    assert [p.polarity for p in found] == ["positive", "negative", "neutral", "negative"]


def test_equal_texts_are_read_once(classifier: TextClassifier, reader: RuleReader) -> None:
    classifier.predict(["坏医院", "坏医院", " 坏医院 "])
    assert reader.asked == ["坏医院"]


def test_no_network_is_opened_for_texts_that_say_nothing() -> None:
    def fail() -> RuleReader:
        raise AssertionError

    found = TextClassifier(SETTINGS, fail).predict(["", "转发微博"])
    assert [p.polarity for p in found] == ["neutral", "neutral"]
    assert [p.stance for p in found] == ["none", "none"]


def test_a_risk_anywhere_in_a_long_text_is_found(classifier: TextClassifier) -> None:
    text = "今天天气不错。" * 60 + "医生误诊了。" + "今天天气不错。" * 60
    assert [risk.code for risk in classifier.predict([text])[0].risk] == ["patient_safety"]


def test_the_stance_is_that_of_the_window_with_the_risk(classifier: TextClassifier) -> None:
    text = "谣言止于智者。" * 40 + "今天天气不错。" * 60 + "医生误诊了。" + "今天天气不错。" * 60
    assert classifier.predict([text])[0].stance == "alleged"


def test_a_denial_is_told_from_the_thing_itself(classifier: TextClassifier) -> None:
    assert classifier.predict(["网传误诊系谣言"])[0].stance == "denied"


def test_the_first_window_counts_double(classifier: TextClassifier) -> None:
    first, second = "坏" * 240, "好" * 240
    found = classifier.predict([first + second])[0]
    assert found.negative > found.positive


def test_the_name_carries_model_and_preprocessing_version(classifier: TextClassifier) -> None:
    assert classifier.name == "测试@1+n1"
    assert classifier.predict(["好"])[0].model == classifier.name


def test_another_sentiment_model_replaces_sentiment_and_nothing_else(reader: RuleReader) -> None:
    class Contrary:
        def read(self, pieces: Sequence[str]) -> Reading:
            logits = np.array([[9.0, 0.0]] * len(pieces), dtype=np.float32)
            return Reading(logits, np.zeros((len(pieces), 0), dtype=np.float32))

    matrix = np.array([[0, 0, 1], [1, 0, 0]], dtype=np.float32)
    other = OtherSentiment("别家", matrix, Contrary)
    found = TextClassifier(SETTINGS, lambda: reader, other).predict(["坏，误诊"])[0]
    assert found.polarity == "positive"
    assert found.neutral == 0.0
    assert found.risk[0].code == "patient_safety"
    assert found.model == "别家|测试@1+n1"


def test_nearly_equal_classes_are_an_answer_that_abstains() -> None:
    def said(*shares: float) -> Prediction:
        return Prediction(*shares, (), "none", "测试")

    assert said(0.4, 0.35, 0.25).unsure
    assert not said(0.6, 0.3, 0.1).unsure


def test_a_complaint_after_screens_of_calm_decides_the_whole_text(
    classifier: TextClassifier,
) -> None:
    found = classifier.predict(["好" * 480 + "误诊坏"])[0]
    assert found.polarity == "negative"


def test_an_embedding_is_a_direction_and_costs_no_second_reading(
    classifier: TextClassifier, reader: RuleReader
) -> None:
    classifier.predict(["坏", "好"])
    asked = list(reader.asked)
    found = classifier.embed(["好", "坏", "转发微博"])
    assert found.dtype == np.float32
    assert found.tolist() == [[0.0, 1.0], [pytest.approx(0.6), pytest.approx(0.8)], [0.0, 0.0]]
    assert reader.asked == asked


def test_embedding_texts_that_were_never_read_reads_them_once(
    classifier: TextClassifier, reader: RuleReader
) -> None:
    assert classifier.embed(["坏", "坏", "好"]).shape == (3, 2)
    assert reader.asked == ["坏", "好"]
    assert classifier.embed([]).shape == (0, 2)
