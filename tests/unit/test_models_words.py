"""Where words begin and end, and that nothing but blanks and commas falls between them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.words import words


def cut(text: str) -> str:
    return "|".join(text[start:end] for start, end in words(text))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("护士态度特别差", "护士|态度|特别|差"),
        ("没有误诊", "没有|误诊"),
        ("医生收红包还辱骂患者", "医生|收红包|还|辱骂|患者"),
    ],
)
def test_words_of_the_list_stay_whole_and_single_characters_join(text: str, parts: str) -> None:
    assert cut(text) == parts


def test_an_emoticon_a_number_and_a_latin_word_are_one_piece_each() -> None:
    assert cut("ICU 收了3.5万[泪]😡") == "ICU|收|了|3.5|万|[泪]|😡"


def test_commas_and_blanks_are_no_words_but_an_exclamation_mark_is() -> None:
    assert cut("好，好 ！") == "好|好|！"


def test_an_unknown_character_is_a_piece_of_its_own_or_joins_its_neighbour() -> None:
    assert "".join(cut("龘龘好").split("|")) == "龘龘好"


@given(st.text(max_size=60))
def test_words_stand_in_order_do_not_overlap_and_leave_no_chinese_out(text: str) -> None:
    places = words(text)
    flat = [place for pair in places for place in pair]
    assert flat == sorted(flat)
    assert all(start < end for start, end in places)
    covered = "".join(text[start:end] for start, end in places)
    chinese = re.compile(r"[\u3400-\u9fff]")
    assert chinese.findall(covered) == chinese.findall(text)
