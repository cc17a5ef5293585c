"""The evaluation command on small sets with a classifier that answers from a rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from rich.console import Console

from models.evaluation import evaluate, figures, spread, table
from models.prediction import Prediction, RiskScore


@dataclass(frozen=True)
class Case:
    text: str
    polarity: str
    risk: tuple[str, ...] = ()
    stance: str | None = "none"


class Emoticons:
    """Reads nothing but 「[泪]」 and 「误诊」."""

    name = "emoticons@1"

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Prediction:
        sad = 0.8 if "[泪]" in text else 0.1
        risk = (RiskScore("patient_safety", 0.9),) if "误诊" in text else ()
        stance = "alleged" if risk else "none"
        return Prediction(sad, 0.9 - sad, 0.1, risk, stance, self.name)


CASES = [
    Case("难过[泪]", "negative"),
    Case("门诊今天开", "neutral"),
    Case("误诊[泪]", "negative", ("patient_safety",), "alleged"),
    Case("网传误诊不实", "neutral", ("patient_safety",), "denied"),
]


def test_stripping_emoticons_shows_a_model_that_reads_nothing_else() -> None:
    assert evaluate(Emoticons(), CASES).accuracy == 1.0
    assert evaluate(Emoticons(), CASES, strip=True).accuracy == 0.5


def test_a_denial_taken_for_an_allegation_costs_the_stance_figure() -> None:
    found = evaluate(Emoticons(), CASES).risk
    assert found is not None
    assert found.micro_f1 == 1.0
    assert found.stance_macro_f1 == pytest.approx((2 / 3 + 0 + 0) / 3)


def test_the_two_class_figure_leaves_neutral_texts_aside() -> None:
    cases = [Case("好", "positive"), Case("难过[泪]", "negative"), Case("门诊", "neutral")]
    assert evaluate(Emoticons(), cases).two_class == 0.5


def test_sets_without_risk_labels_have_no_risk_figures() -> None:
    cases = [Case("难过[泪]", "negative", stance=None)]
    assert evaluate(Emoticons(), cases).risk is None


def test_false_alarms_are_the_share_of_calm_texts_with_a_code() -> None:
    cases = [Case("误诊", "negative"), Case("门诊", "neutral")]
    found = figures(cases, Emoticons().predict([case.text for case in cases]), 1.0).risk
    assert found is not None
    assert found.false_alarms == 0.5


def test_the_table_has_a_row_a_set() -> None:
    console = Console(width=160)
    with console.capture() as shown:
        console.print(table({"crisis": evaluate(Emoticons(), CASES)}))
    assert "crisis" in shown.get()


def test_a_limit_takes_texts_from_all_over_a_sorted_set() -> None:
    cases = [Case(str(n), "negative" if n < 50 else "positive") for n in range(100)]
    taken = spread(cases, 10)
    assert len(taken) == 10
    assert {case.polarity for case in taken} == {"negative", "positive"}
