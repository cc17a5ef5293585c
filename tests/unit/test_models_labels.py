"""Label maps of sequence classifiers that users bring."""

from __future__ import annotations

import pytest

from models.labels import ModelError, label_matrix

TWO = {"id2label": {"0": "坏", "1": "好"}}
STARS = {"id2label": {str(n): f"{n + 1} stars" for n in range(5)}}


def test_a_two_class_model_has_a_neutral_column_of_zeros() -> None:
    matrix = label_matrix(TWO, {"坏": "negative", "好": "positive"})
    assert matrix.tolist() == [[1, 0, 0], [0, 0, 1]]


def test_stars_add_up_to_three_classes() -> None:
    names = ["negative", "negative", "neutral", "positive", "positive"]
    matrix = label_matrix(STARS, {f"{n + 1} stars": name for n, name in enumerate(names)})
    assert matrix.sum(axis=0).tolist() == [2, 1, 2]


def test_labels_follow_their_numbers_and_not_their_order_in_the_file() -> None:
    mixed = {"id2label": {"10": "j", "2": "b", "0": "a"}}
    matrix = label_matrix(mixed, {"a": "negative", "b": "neutral", "j": "positive"})
    assert matrix.argmax(axis=1).tolist() == [0, 1, 2]


def test_a_config_without_names_has_the_names_transformers_gives() -> None:
    assert label_matrix({}, {"LABEL_0": "negative", "LABEL_1": "positive"}).shape == (2, 3)


@pytest.mark.parametrize("labels", [None, {}])
def test_a_missing_map_names_the_labels_to_be_mapped(labels: dict[str, str] | None) -> None:
    with pytest.raises(ModelError, match=r"需要标签对照表.*「坏」、「好」"):
        label_matrix(TWO, labels)


def test_an_incomplete_map_names_what_is_missing() -> None:
    with pytest.raises(ModelError, match="缺少 「好」"):
        label_matrix(TWO, {"坏": "negative"})


def test_a_label_the_model_does_not_have_is_refused() -> None:
    with pytest.raises(ModelError, match="「中」 不是该模型的标签"):
        label_matrix(TWO, {"坏": "negative", "好": "positive", "中": "neutral"})


def test_a_value_that_is_no_polarity_is_refused() -> None:
    with pytest.raises(ModelError, match="只能是 negative、neutral 或 positive"):
        label_matrix(TWO, {"坏": "bad", "好": "positive"})


def test_a_map_without_negative_is_refused() -> None:
    with pytest.raises(ModelError, match="没有任何标签对应 「negative」"):
        label_matrix(TWO, {"坏": "neutral", "好": "positive"})
