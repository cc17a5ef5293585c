"""Whatever comes in, there is an answer for it, and it does not spoil its neighbours'."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.heads import WIDTH, Settings
from models.normalise import normalise, strip_emoticons
from models.scoring import Reading, TextClassifier

MEGABYTE = 1_000_000
NO_TEXT = [None, b"\xe5\x9d\x8f", 3, 1.5, [], {}, ("坏",)]
SAYS_NOTHING = ["", " \t\n", "\x00\x00", "\ud800\udfff", "\u200b\ufeff", "。！？…", "//@"]
SAYS_SOMETHING = [
    "😡😡😡",
    "👨‍⚕️🏳️‍🌈",
    "[泪][泪]",
    "the nurse was rude",
    "الطبيب",
    "의사가 불친절해요",
    "看護師が親切",
    "坏\x00坏\ud800坏",
    "ﷺ",
]
HUGE = {
    "one sentence again and again": "清河医院误诊了。" * (MEGABYTE // 24),
    "no sentence end": "".join(chr(0x4E00 + n % 5000) for n in range(MEGABYTE // 3)),
    "accents piled on one letter": "e" + "\u0301\u0323" * (MEGABYTE // 4),
    "accents between invisible characters": "e" + "\u0301\u0323\u200b" * (MEGABYTE // 7),
    "letters that unfold": "ﷺ" * (MEGABYTE // 3),
    "only signs": "。！" * (MEGABYTE // 6),
    "only pictures": "😡😱" * (MEGABYTE // 8),
    "only addresses": "@张某 " * (MEGABYTE // 8),
    "open brackets": "[泪" * (MEGABYTE // 4),
    "half a link": "http://" * (MEGABYTE // 7),
}
# Seconds of processor time for a megabyte before the network sees it; the worst took 0.3 s.
PATIENCE = 15.0


class Counting:
    """Answers every window alike, and refuses what no tokenizer could read."""

    def read(self, pieces: Sequence[str]) -> Reading:
        for piece in pieces:
            piece.encode("utf-8")
        return Reading(*(np.zeros((len(pieces), size), dtype=np.float32) for size in (WIDTH, 0)))


@pytest.fixture
def classifier() -> TextClassifier:
    return TextClassifier(Settings("测试", "1", "n1"), Counting)


def check(found: Sequence[Any], count: int) -> None:
    assert len(found) == count
    for one in found:
        assert one.negative + one.neutral + one.positive == pytest.approx(1.0)
        assert (one.stance == "none") == (not one.risk)


@pytest.mark.parametrize("odd", NO_TEXT, ids=repr)
def test_what_is_not_text_reads_as_neutral(classifier: TextClassifier, odd: Any) -> None:
    (found,) = classifier.predict([odd])
    assert (found.polarity, found.risk, found.stance) == ("neutral", (), "none")


@pytest.mark.parametrize("text", SAYS_NOTHING, ids=ascii)
def test_a_text_without_words_or_pictures_reads_as_neutral(
    classifier: TextClassifier, text: str
) -> None:
    assert classifier.predict([text])[0].polarity == "neutral"


@pytest.mark.parametrize("text", SAYS_SOMETHING, ids=ascii)
def test_pictures_other_languages_and_broken_characters_are_read(
    classifier: TextClassifier, text: str
) -> None:
    check(classifier.predict([text]), 1)


@pytest.mark.parametrize("kind", HUGE)
def test_a_megabyte_has_its_answer_in_seconds(classifier: TextClassifier, kind: str) -> None:
    started = time.process_time()
    found = classifier.predict([HUGE[kind]])
    assert time.process_time() - started < PATIENCE
    check(found, 1)


def test_a_bad_text_among_good_ones_changes_none_of_their_answers(
    classifier: TextClassifier,
) -> None:
    mixed: list[Any] = ["医生好", None, "护士坏", b"x", "\ud800", "门诊"]
    good = classifier.predict(["医生好", "护士坏", "门诊"])
    found = classifier.predict(mixed)
    check(found, len(mixed))
    assert [found[place] for place in (0, 2, 5)] == good


def test_no_texts_have_no_answers(classifier: TextClassifier) -> None:
    assert classifier.predict([]) == []


@given(st.text(st.characters(codec=None), max_size=80))
def test_any_text_at_all_is_read_to_something_that_can_be_written_down(text: str) -> None:
    normalise(text).encode("utf-8")
    strip_emoticons(normalise(text)).encode("utf-8")
    reader = TextClassifier(Settings("测试", "1", "n1"), Counting)
    check(reader.predict([text]), 1)
