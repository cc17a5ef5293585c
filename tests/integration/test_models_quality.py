"""The quality gate: figures of the shipped model against pinned floors.

Floors stand a little below what was measured (tests/data/quality_floors.json). A floor is only
ever raised; lowering one needs a reason in the commit that does it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from models.encoder import load_classifier
from models.evaluation import Figures, evaluate, spread
from models.prediction import Classifier
from models.training.data import Example, load_corpus

DATA = Path(__file__).parents[1] / "data"
SHARED = Path(__file__).parents[3] / "shared" / "data" / "sentiment"
FLOORS: dict[str, Any] = json.loads((DATA / "quality_floors.json").read_text("utf-8"))
# bfloat16 and float32 machines differ by a text or two.
EPSILON = 0.01
# Texts a shared set at most, so that the gate stays under a minute on two cores.
LIMIT = 300
FORMS = pytest.mark.parametrize("form", ["as it is", "without emoticons"])


@cache
def classifier() -> Classifier:
    return load_classifier()


@cache
def own_set() -> tuple[Example, ...]:
    rows = (DATA / "quality.jsonl").read_text("utf-8").strip().split("\n")
    return tuple(
        Example(row["text"], row["polarity"], "quality", "test", tuple(row["risk"]), row["stance"])
        for row in map(json.loads, rows)
    )


@cache
def shared_sets() -> dict[str, Sequence[Example]]:
    corpus = load_corpus(SHARED)
    held = [*corpus.part("test"), *corpus.part("measure")]
    return {
        source: spread([example for example in held if example.source == source], LIMIT)
        for source in sorted({example.source for example in held})
    }


@cache
def measured(name: str, form: str) -> Figures:
    texts: Sequence[Example] = own_set() if name == "own" else shared_sets()[name]
    return evaluate(classifier(), texts, strip=form == "without emoticons")


def reached(found: Figures, floors: dict[str, float]) -> dict[str, float]:
    """Return the figures that have floors, by the floors' names."""
    every = {
        "macro_f1": found.macro_f1,
        "two_class": found.two_class,
        "risk_micro_f1": found.risk.micro_f1 if found.risk else 0.0,
        "stance_macro_f1": found.risk.stance_macro_f1 if found.risk else 0.0,
    }
    return {name: every[name] for name in floors}


def below(found: Figures, floors: dict[str, float]) -> dict[str, tuple[float, float]]:
    """Return the figures under their floor, each with the floor."""
    figures = reached(found, floors)
    return {
        name: (round(figures[name], 3), floor)
        for name, floor in floors.items()
        if figures[name] < floor - EPSILON
    }


def test_the_floors_belong_to_the_sentences_they_were_measured_on() -> None:
    found = hashlib.sha256((DATA / "quality.jsonl").read_bytes()).hexdigest()
    assert (found, len(own_set())) == (FLOORS["sha256"], FLOORS["cases"])


def test_no_sentence_of_the_gate_is_a_training_example() -> None:
    from models.normalise import content_key, says_nothing
    from models.training.data import OWN_FILE

    rows = [json.loads(line)["text"] for line in OWN_FILE.read_text("utf-8").strip().split("\n")]
    trained = {content_key(row) for row in rows if not says_nothing(row)}
    assert not trained & {content_key(example.text) for example in own_set()}


def test_a_figure_under_its_floor_is_named() -> None:
    found = measured("own", "as it is")
    assert set(below(found, {"macro_f1": 1.1, "two_class": 0.0})) == {"macro_f1"}


@FORMS
def test_our_own_sentences_are_read_as_well_as_they_were(form: str) -> None:
    assert below(measured("own", form), FLOORS["own"][form]) == {}


@pytest.mark.needs_shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared evaluation sets are not here")
@pytest.mark.parametrize("name", sorted(FLOORS["shared"]))
@FORMS
def test_shared_sets_are_read_as_well_as_they_were(name: str, form: str) -> None:
    assert below(measured(name, form), FLOORS["shared"][name][form]) == {}


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
