"""What people type at three in the morning, and what must not be taken for an answer."""

from __future__ import annotations

import pytest

from alerts.answer_page import Answer
from alerts.answer_words import BY_MAIL, Typed, read_answer


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("1", Typed(Answer.ACK)),
        ("１。", Typed(Answer.ACK)),
        ("【1】", Typed(Answer.ACK)),
        (" 我来处理！ ", Typed(Answer.ACK)),
        ("1 tpj", Typed(Answer.ACK, "TPJ")),
        ("TPJ 1", Typed(Answer.ACK, "TPJ")),
        ("转备班 7K2", Typed(Answer.PASS, "7K2")),
        ("3", Typed(Answer.REVIEW)),
        ("疑似误报，08:00 复核", Typed(Answer.REVIEW)),
        ("疑似误报，08:00复核 TPJ4", Typed(Answer.REVIEW, "TPJ4")),
        ("续 30 分钟", Typed(Answer.EXTEND)),
        ("续30分钟", Typed(Answer.EXTEND)),
        ("4 TPJ", Typed(Answer.EXTEND, "TPJ")),
    ],
)
def test_an_answer_is_read_however_it_is_typed(line: str, typed: Typed) -> None:
    assert read_answer(line) == typed


@pytest.mark.parametrize(
    "line",
    [
        "",
        " ",
        "5",
        "11",
        "收到",
        "我来处理不了",
        "不是误报",
        "1 2",
        "1 我来处理",
        "好的 1 TPJ",
        "我" * 90,
    ],
)
def test_other_words_answer_nothing(line: str) -> None:
    assert read_answer(line) is None


def test_the_label_of_every_button_is_an_answer_and_stands_in_the_instructions() -> None:
    for answer in Answer:
        assert read_answer(answer.label) == Typed(answer)
        assert answer.label in BY_MAIL
