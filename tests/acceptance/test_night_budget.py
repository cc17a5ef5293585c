"""Ordinary grumbling wakes nobody: two weeks of the simulated year, with stored answers."""

from __future__ import annotations

from benchmarks import night_budget, night_texts


def test_two_weeks_of_worry_and_grumbling_wake_nobody() -> None:
    table = night_budget.rows(14, night_budget.stored())

    assert table["mentions"] > 120
    # The bar is on wake-ups; worries that are joined into one topic may light ORANGE by day.
    assert (table["woken"], table["red"]) == (0, 0)


def test_the_year_holds_three_hundred_harmless_texts_on_patient_safety() -> None:
    said = {one.text for one in night_budget.year(365)}

    assert len(said & set(night_texts.WORRIES)) >= 300
    assert not set(night_texts.WORRIES) & set(night_texts.OTHERS)


def test_every_text_of_the_year_has_its_stored_answer() -> None:
    answers = night_budget.stored()

    words = {night_budget._words(text) for text in (*night_texts.WORRIES, *night_texts.OTHERS)}
    assert {night_budget._hash(one) for one in words} <= answers.keys()
