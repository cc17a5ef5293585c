"""The quality gate of the shipped model: every kind of sentence and every set keeps its floor.

`python tests/integration/quality_gate.py` prints what is measured beside what is pinned.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from quality_gate import (
    FORMS,
    SHARED,
    Row,
    classifier,
    fingerprint,
    floors,
    kind_row,
    own_sentences,
    pinned_anew,
    raised,
    set_row,
)

from models.normalise import content_key, says_nothing
from models.prediction import RISK_CODES
from models.training.data import OWN_FILE

FLOORS = floors()
BEHAVIOURS = (
    *("sarcasm", "negation", "contrast", "quote", "repost", "emoji", "noisy", "short", "long_end"),
    *("news", "question", "notice", "calm", "complaint", "sad", "praise", "told_apart"),
    *RISK_CODES,
)
LEAST = 10  # sentences a kind
# A sentence that shares more than this of its 8-grams with training examples is a near copy.
GRAM, MAX_SHARE = 8, 0.5


def test_the_floors_belong_to_this_model_and_these_sentences() -> None:
    pinned = (FLOORS["model"], FLOORS["sha256"], FLOORS["cases"])
    assert pinned == (classifier().name, fingerprint(), len(own_sentences()))


def test_every_behaviour_has_its_sentences_and_its_floor() -> None:
    counts = {kind: sum(one.kind == kind for one in own_sentences()) for kind in BEHAVIOURS}
    assert {kind for kind, count in counts.items() if count < LEAST} == set()
    assert set(FLOORS["kinds"]) == set(BEHAVIOURS) == {one.kind for one in own_sentences()}


@pytest.mark.parametrize("stance", ["alleged", "denied", "general"])
@pytest.mark.parametrize("code", RISK_CODES)
def test_every_risk_is_tried_as_allegation_as_denial_and_as_talk(code: str, stance: str) -> None:
    found = [one for one in own_sentences() if code in one.risk and one.stance == stance]
    assert len(found) >= 3


def test_no_sentence_of_the_gate_is_a_training_example_or_nearly_one() -> None:
    lines = OWN_FILE.read_text("utf-8").strip().split("\n")
    trained = {content_key(json.loads(line)["text"]) for line in lines}
    seen = {gram for key in trained for gram in grams(key)}
    telling = [one.text for one in own_sentences() if not says_nothing(one.text)]

    assert [text for text in telling if content_key(text) and content_key(text) in trained] == []
    assert [text for text in telling if share(content_key(text), seen) > MAX_SHARE] == []


def grams(key: str) -> set[str]:
    return {key[place : place + GRAM] for place in range(len(key) - GRAM + 1)}


def share(key: str, seen: set[str]) -> float:
    own = grams(key)
    return len(own & seen) / len(own) if own else 0.0


@pytest.mark.parametrize("kind", BEHAVIOURS)
def test_each_kind_of_sentence_is_read_as_well_as_it_was(kind: str) -> None:
    assert kind_row(kind).below == {}


@pytest.mark.parametrize("form", FORMS)
def test_our_own_sentences_together_are_read_as_well_as_they_were(form: str) -> None:
    assert set_row("own", form).below == {}


@pytest.mark.needs_shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared evaluation sets are not here")
@pytest.mark.parametrize("name", sorted(FLOORS["sets"].keys() - {"own"}))
@pytest.mark.parametrize("form", FORMS)
def test_shared_sets_are_read_as_well_as_they_were(name: str, form: str) -> None:
    assert set_row(name, form).below == {}


POINTED = [
    ("网传清河医院泄露病历系谣言，造谣者已被行政处罚", "denied"),
    ("如何防止误诊？就医前记住这几点", "general"),
    ("清河医院把病人的左腿当右腿开了刀，家属讨要说法", "alleged"),
    ("老校长因病在清河医院去世，享年八十四岁", "none"),
    ("清河医院周六正常出诊", "none"),
]


@pytest.mark.parametrize(("text", "stance"), POINTED)
def test_the_thing_its_denial_and_talk_about_it_are_told_apart(text: str, stance: str) -> None:
    assert classifier().predict([text])[0].stance == stance


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("医生态度不是不好，是特别好", "positive"),
        ("虽然排队很久，但是医生很负责，很满意", "positive"),
        ("装修挺漂亮，但是医生敷衍了事，再也不来了", "negative"),
        ("转发微博", "neutral"),
        ("可真行，三个小时就换来一句多喝水[微笑]", "negative"),
    ],
)
def test_negation_contrast_and_irony_are_read(text: str, polarity: str) -> None:
    assert classifier().predict([text])[0].polarity == polarity


ROW = Row("sarcasm", FORMS[0], 20, {"polarity": 0.8}, {"polarity": 0.9})


def test_a_figure_under_its_floor_is_named_and_one_text_less_is_forgiven() -> None:
    assert ROW.below == {"polarity": (0.8, 0.9)}
    assert replace(ROW, found={"polarity": 0.85}).below == {}


def test_pinning_anew_only_raises_floors_unless_told_otherwise() -> None:
    better = replace(ROW, found={"polarity": 0.95})
    assert raised(better, better.found, lower=False) == {"polarity": 0.95}
    assert raised(ROW, ROW.found, lower=False) == {"polarity": 0.9}
    assert raised(ROW, ROW.found, lower=True) == {"polarity": 0.8}


def test_pinning_where_the_shared_sets_are_missing_keeps_their_floors() -> None:
    again = pinned_anew([], {"kinds": {"sarcasm": {}}, "sets": {"crisis": {"a": {}}}}, lower=False)
    assert again["sets"] == {"crisis": {"a": {}}}
    assert again["model"] == classifier().name
