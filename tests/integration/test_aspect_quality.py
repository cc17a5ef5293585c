"""The quality gate of attribution: what the shipped model hears of one hospital among several.

The sentences of tests/data/aspect.jsonl are our own; most name two institutions or more and give
the polarity for the first brand. The rules of attribution were read against them, so the figure
says what must not be lost, not how well strangers' texts are read.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from models.encoder import load_classifier
from monitor.matching import Brand, Matcher
from monitor.stations.parts import own_words
from monitor.text.clean import clean

FILE = Path(__file__).parents[1] / "data" / "aspect.jsonl"
# 57 of 60 were measured (38 with the whole text), two points are left for another model.
FLOOR = 0.93
# What reading a brand's own words must be better by than reading everything.
GAIN = 0.1


@cache
def cases() -> tuple[dict[str, str], ...]:
    return tuple(json.loads(line) for line in FILE.read_text("utf-8").strip().split("\n"))


def right(texts: Sequence[str]) -> float:
    """Return the share of cases where the model hears the polarity that was meant."""
    heard = (one.polarity for one in load_classifier().predict(texts))
    meant = (case["polarity"] for case in cases())
    return share(one == other for one, other in zip(heard, meant, strict=True))


def share(hits: Iterable[bool]) -> float:
    counts = Counter(hits)
    return counts[True] / counts.total()


def words(case: dict[str, str]) -> str:
    text = clean(case["text"])
    return own_words(text, Matcher([Brand(case["brand"], ("清河医院",))]).match(text))


def test_the_cases_are_spread_over_the_three_polarities() -> None:
    assert Counter(case["polarity"] for case in cases()) == {
        "negative": 20,
        "positive": 20,
        "neutral": 20,
    }


def test_the_model_hears_what_a_text_says_of_us() -> None:
    own = right([words(case) for case in cases()])
    whole = right([clean(case["text"]) for case in cases()])

    assert own >= FLOOR
    assert own >= whole + GAIN
