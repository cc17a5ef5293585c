"""The words behind an answer, with classifiers whose answers are sums over words."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from models.explain import Explanation, Span, explain
from models.prediction import Classifier, Prediction, RiskScore

# What each word adds to the log-odds of negative over neutral, and of a risk.
MOOD = {"糟糕": 2.0, "不错": -3.0, "误诊": 1.5}
HARM = {"误诊": 4.0, "谣言": -3.0}


class Sums:
    """Adds up its words; `everything` lists the risk however small it is."""

    name = "sums@1"

    def __init__(self, *, everything: bool = False) -> None:
        self.everything = everything
        self.asked: list[str] = []

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        self.asked += texts
        return [self._one(text) for text in texts]

    def with_every_code(self) -> Classifier:
        return Sums(everything=True)

    def _one(self, text: str) -> Prediction:
        bad = math.exp(sum(weight for word, weight in MOOD.items() if word in text))
        good = math.exp(3.0) if "不错" in text else 0.5
        harm = -2.0 + sum(weight for word, weight in HARM.items() if word in text)
        score = 1 / (1 + math.exp(-harm))
        held = (RiskScore("patient_safety", score),) if harm > 0 or self.everything else ()
        total = bad + 1.0 + good
        stance = "alleged" if held else "none"
        return Prediction(bad / total, 1 / total, good / total, held, stance, self.name)


class Plain(Sums):
    """Says nothing of risks that do not hold, and cannot be asked to."""

    with_every_code = None  # type: ignore[assignment] # that is what it lacks


def of(found: Explanation, word: str) -> Span:
    return next(span for span in found.spans if span.text == word)


def test_the_word_that_makes_a_text_negative_weighs_most_and_pushes_to_negative() -> None:
    found = explain(Sums(), "护士态度糟糕")
    assert found.prediction.polarity == "negative"
    assert max(found.spans, key=lambda span: span.weight).text == "糟糕"
    assert of(found, "糟糕").pushes == "negative"
    assert of(found, "护士").weight == 0.0


def test_a_word_that_speaks_against_the_answer_has_a_negative_weight() -> None:
    found = explain(Sums(), "环境不错，态度糟糕")
    assert found.prediction.polarity == "positive"
    assert of(found, "不错").weight > 0
    assert of(found, "不错").pushes == "positive"
    assert of(found, "糟糕").weight < 0
    assert of(found, "糟糕").pushes == "negative"


def test_each_risk_that_holds_has_its_own_weights_in_log_odds() -> None:
    found = explain(Sums(), "医生误诊")
    assert of(found, "误诊").risk == {"patient_safety": pytest.approx(4.0)}
    assert of(found, "医生").risk == {"patient_safety": 0.0}


def test_a_risk_that_does_not_hold_is_not_explained() -> None:
    found = explain(Sums(), "网传误诊是谣言")
    assert found.prediction.risk == ()
    assert all(span.risk == {} for span in found.spans)


def test_a_classifier_that_hides_what_does_not_hold_is_explained_too() -> None:
    found = explain(Plain(), "医生误诊")
    assert of(found, "误诊").risk["patient_safety"] > 4.0
    assert of(found, "医生").risk["patient_safety"] == 0.0


def test_a_word_that_stands_twice_is_left_out_at_both_places() -> None:
    found = explain(Sums(), "误诊！又是误诊！")
    twice = [span for span in found.spans if span.text == "误诊"]
    assert [span.risk["patient_safety"] for span in twice] == [pytest.approx(4.0)] * 2


def test_places_count_the_characters_of_the_text_that_was_read() -> None:
    found = explain(Sums(), "看 http://t.cn/abc ＯＫ医生误诊")
    assert found.text == "看 OK医生误诊"
    for span in found.spans:
        assert found.text[span.start : span.end] == span.text


def test_of_a_long_text_only_the_windows_that_carried_the_answer_are_explained() -> None:
    calm = "今天天气很好，我们去公园走走。"
    found = explain(Sums(), calm * 40 + "医生误诊。" + calm * 40)
    assert found.prediction.risk[0].code == "patient_safety"
    assert any(found.text[a:b].count("误诊") for a, b in found.windows)
    assert sum(b - a for a, b in found.windows) < len(found.text) / 2
    assert all(any(a <= span.start < b for a, b in found.windows) for span in found.spans)


@pytest.mark.parametrize("text", ["", "   ", "转发微博", "。。。", "\u200b", "\x00"])
def test_a_text_that_says_nothing_has_no_words(text: str) -> None:
    assert explain(Sums(), text).spans == ()


@pytest.mark.parametrize("text", ["\ud800差", "😡", "很" * 1000, "a\x00b", "ﷺ"])
def test_odd_texts_are_explained_without_an_error(text: str) -> None:
    found = explain(Sums(), text)
    assert "".join(span.text for span in found.spans).strip()
