"""Figures of merit on cases small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest

from models.metrics import accuracy, calibration_error, confusion, macro_f1, multi_label, per_class


def test_rows_of_the_confusion_are_the_truth() -> None:
    assert confusion(np.array([0, 0, 1]), np.array([0, 1, 1]), 2).tolist() == [[1, 1], [0, 1]]


def test_macro_f1_is_the_mean_over_classes_that_occur() -> None:
    counts = confusion(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]), 3)
    assert macro_f1(counts) == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert accuracy(counts) == 0.75


def test_precision_and_recall_are_not_mixed_up() -> None:
    figures = per_class(confusion(np.array([0, 0, 1]), np.array([0, 1, 1]), 2))[0]
    assert (figures.precision, figures.recall, figures.cases) == (1.0, 0.5, 2)


def test_a_sure_and_right_model_has_no_calibration_error() -> None:
    scores = np.array([[1.0, 0.0, 0.0]] * 30, dtype=np.float32)
    assert calibration_error(np.zeros(30, dtype=np.int64), scores) == 0.0


def test_a_model_that_is_sure_and_half_right_is_off_by_half() -> None:
    scores = np.array([[1.0, 0.0, 0.0]] * 30, dtype=np.float32)
    truth = np.array([0, 1] * 15, dtype=np.int64)
    assert calibration_error(truth, scores) == pytest.approx(0.5)


def test_micro_f1_counts_every_code_of_every_text() -> None:
    micro, codes = multi_label([{"a", "b"}, set(), {"a"}], [{"a"}, {"b"}, {"a"}], ("a", "b"))
    assert micro == pytest.approx(2 * 2 / (3 + 3))
    assert codes["a"].f1 == 1.0
    assert codes["b"].f1 == 0.0


def test_empty_answers_score_nothing_instead_of_failing() -> None:
    assert multi_label([set()], [set()], ("a",))[0] == 0.0
