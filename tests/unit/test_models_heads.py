"""From logits to labels: calibration, thresholds and the lexicon's help."""

from __future__ import annotations

import numpy as np
import pytest

from models.heads import WIDTH, codes_above, risk_of, sentiment_of, stance_of
from models.lexicon import LIFT, PHRASES, lift
from models.prediction import RISK_CODES


def logits(**places: float) -> np.ndarray:
    row = np.zeros((1, WIDTH), dtype=np.float32)
    for place, value in places.items():
        row[0, int(place.removeprefix("at"))] = value
    return row


def test_the_heads_read_separate_columns_of_the_logits() -> None:
    row = logits(at0=9, at3=9, at12=9)
    assert sentiment_of(row, 1.0)[0].argmax() == 0
    assert risk_of(row)[0].argmax() == 0
    assert stance_of(row)[0].argmax() == 0


def test_a_higher_temperature_makes_answers_less_sure_and_keeps_their_order() -> None:
    row = logits(at0=3, at1=1)
    cold, warm = sentiment_of(row, 1.0)[0], sentiment_of(row, 2.0)[0]
    assert warm.max() < cold.max()
    assert list(warm.argsort()) == list(cold.argsort())


def test_huge_logits_do_not_overflow() -> None:
    assert np.isfinite(sentiment_of(logits(at0=1e4, at1=-1e4), 1.0)).all()


def test_codes_are_listed_highest_first_and_only_from_their_own_threshold() -> None:
    scores = np.zeros(len(RISK_CODES), dtype=np.float32)
    scores[0], scores[1], scores[2] = 0.5, 0.9, 0.4
    thresholds = dict.fromkeys(RISK_CODES, 0.5)
    assert [risk.code for risk in codes_above(scores, thresholds)] == list(RISK_CODES[1::-1])


def test_every_code_has_phrases() -> None:
    assert set(PHRASES) == set(RISK_CODES)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("护士打错针", "patient_safety"),
        ("客户资料被倒卖", "privacy_leak"),
        ("疫苗召回", "product_safety"),
        ("夸大疗效", "false_advertising"),
        ("医生收红包", "staff_misconduct"),
        ("天价药费", "fees_fraud"),
        ("有人跳楼", "conflict"),
        ("被约谈", "regulatory"),
        ("客服没人接", "service_complaint"),
    ],
)
def test_a_phrase_raises_its_own_code_and_no_other(text: str, code: str) -> None:
    flat = np.full(len(RISK_CODES), 0.4, dtype=np.float32)
    raised = [
        name for name, score in zip(RISK_CODES, lift(flat, text), strict=True) if score > 0.41
    ]
    assert raised == [code]


def test_a_phrase_cannot_make_a_code_hold_that_the_network_denies() -> None:
    denied = np.full(len(RISK_CODES), 0.05, dtype=np.float32)
    assert lift(denied, "误诊 泄露病历 召回 虚假宣传 受贿 骗保 医闹 约谈 推诿").max() < 0.4


def test_an_obituary_speaks_against_patient_safety() -> None:
    flat = np.full(len(RISK_CODES), 0.7, dtype=np.float32)
    assert lift(flat, "张老师因病医治无效，在清河医院离世，享年七十岁")[0] < 0.2


def test_an_obituary_with_blame_keeps_its_score() -> None:
    flat = np.full(len(RISK_CODES), 0.7, dtype=np.float32)
    told = lift(flat, "张老师在清河医院离世，享年七十岁，家属质疑医院延误")
    assert told[0] == pytest.approx(0.7)


def test_the_lift_is_a_step_in_log_odds() -> None:
    score = lift(np.full(len(RISK_CODES), 0.5, dtype=np.float32), "误诊")[0]
    assert np.log(score / (1 - score)) == pytest.approx(LIFT, abs=1e-4)
