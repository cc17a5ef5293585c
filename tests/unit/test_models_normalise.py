"""What the models' own normaliser keeps and drops."""

from __future__ import annotations

import pytest

from models.normalise import content_key, normalise, says_nothing, strip_emoticons


def test_full_width_letters_and_invisible_characters_read_as_plain_text() -> None:
    assert normalise("ＡＢＣ１２３\u200b清\ufeff河\ue001医院") == "ABC123清河医院"


def test_links_go_and_people_addressed_keep_only_the_sign() -> None:
    assert normalise("看这里 http://t.cn/abc 回复@张某:是的") == "看这里 @是的"


def test_a_name_addressed_in_the_middle_leaves_the_words_around_it() -> None:
    assert normalise("@张某 你们医院怎么回事 @李某") == "@ 你们医院怎么回事 @"


def test_four_or_more_equal_characters_become_three() -> None:
    assert normalise("哈哈哈哈哈哈！！！！！") == "哈哈哈!!!"


@pytest.mark.parametrize("odd", [None, b"bytes", 3, 1.5, [], {}])
def test_what_is_not_text_reads_as_empty(odd: object) -> None:
    assert normalise(odd) == ""


def test_lone_surrogates_and_control_characters_become_spaces() -> None:
    normalise("\ud800好\x00坏\udfff").encode("utf-8")
    assert normalise("\ud800好\x00坏\udfff") == "好 坏"


@pytest.mark.parametrize(
    "text", ["", "  ", "转发微博", "轉發微博", "转", "Repost", "//@", "。。。"]
)
def test_a_bare_repost_says_nothing(text: str) -> None:
    assert says_nothing(normalise(text))


@pytest.mark.parametrize("text", ["转发给你们院长看看", "😡", "[泪]", "呵呵", "转院了"])
def test_a_picture_or_a_word_says_something(text: str) -> None:
    assert not says_nothing(normalise(text))


def test_emoticon_codes_and_emoji_are_stripped_and_words_stay() -> None:
    assert strip_emoticons("太难受了[泪][泪]😡👨‍⚕️") == "太难受了"


def test_copies_that_differ_in_punctuation_and_pictures_share_a_key() -> None:
    assert content_key("清河医院，误诊！[怒]") == content_key("清河医院 误诊 😡 http://t.cn/x1")


def test_different_words_have_different_keys() -> None:
    assert content_key("清河医院误诊") != content_key("清河医院没有误诊")
