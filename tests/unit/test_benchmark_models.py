"""The benchmark's verdicts and page, on figures made up for the purpose."""

from __future__ import annotations

import pytest
from rich.console import Console

from benchmarks.models_bars import Bar, Line
from benchmarks.models_page import BEGIN, END, Results, as_json, markdown, placed, show

F1 = Bar("危机文本", "crisis", "macro_f1", 0.69, 0.78, 0.90)
ERROR = Bar("校准", "crisis", "calibration_error", None, 0.05, 0.03, lower_is_better=True)


@pytest.mark.parametrize(
    ("ours", "stripped", "reached"),
    [(0.78, 0.76, True), (0.779, 0.80, False), (0.80, 0.759, False), (0.92, None, True)],
)
def test_stripped_of_emoticons_a_floor_may_be_missed_by_two_points(
    ours: float, stripped: float | None, reached: bool
) -> None:
    assert Line(F1, 400, ours, stripped).reached is reached


def test_an_error_reaches_its_bar_from_below() -> None:
    assert Line(ERROR, 400, 0.049, 0.069).reached
    assert not Line(ERROR, 400, 0.051, 0.04).reached
    assert Line(ERROR, 400, 0.02, 0.04).aimed


def results() -> Results:
    lines = [Line(F1, 452, 0.8012, 0.79), Line(ERROR, 452, 0.06, 0.06)]
    codes = {"privacy_leak": (24, 0.82, 0.8)}
    return Results("m@1", "2 × CPU", "2026-11-22", "models.py", lines, codes, missing=["SnowNLP"])


def test_the_page_says_what_was_reached_and_what_is_not_installed() -> None:
    page = markdown(results())
    row = "| 危机文本 | 452 | macro-F1，三类 | 0.690 | 0.780 | 0.900 | 0.801 | 0.790 | 是 |"
    assert row in page
    assert "| 校准 | 452 | 校准误差 | – | 0.050 | 0.030 | 0.060 | 0.060 | 否 |" in page
    assert "| privacy_leak | 24 | 0.820 | 0.800 | 是 |" in page
    assert "SnowNLP：未安装（not installed）" in page


def test_terminal_and_json_carry_the_same_lines() -> None:
    console = Console(width=160)
    with console.capture() as shown:
        show(results(), console)
    assert "0.801" in shown.get()
    assert [line["reached"] for line in as_json(results())["lines"]] == [True, False]


def test_the_page_is_replaced_between_its_markers_only() -> None:
    page = placed(f"前\n{BEGIN}\n旧\n{END}\n后\n", "新")
    assert page == f"前\n{BEGIN}\n新\n{END}\n后\n"
    assert placed(page, "新") == page
    with pytest.raises(ValueError, match="has no"):
        placed("没有记号", "新")
