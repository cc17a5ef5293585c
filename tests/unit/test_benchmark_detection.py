"""The benchmark of detection: its scorer's fixed points, and the simulated brands it judges on."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import detection
from benchmarks import detection_brand as brand
from benchmarks.detection_nab import Series, rested
from benchmarks.detection_page import BEGIN, END, placed
from benchmarks.detection_replays import _bar
from benchmarks.detection_score import Scored, probation, score
from monitor.baseline.burst import REARM

WINDOWS = [(1000, 1399), (3000, 3399)]


def test_no_detection_at_all_scores_nothing() -> None:
    assert score([], WINDOWS, 750).normalised == 0


def test_one_detection_at_the_left_end_of_every_window_scores_a_hundred() -> None:
    assert score([1000, 3000], WINDOWS, 750).normalised == pytest.approx(100)


def test_later_in_a_window_earns_less_and_only_the_earliest_counts() -> None:
    early, late = score([1000], WINDOWS, 0), score([1300], WINDOWS, 0)

    assert early.normalised == pytest.approx(50)
    assert 0 < late.normalised < 50
    assert score([1300, 1000, 1350], WINDOWS, 0) == early


def test_a_false_detection_costs_a_share_that_grows_with_the_distance() -> None:
    near = score([1000, 3000, 1405], WINDOWS, 0)
    far = score([1000, 3000, 2900], WINDOWS, 0)
    before_any = score([1000, 3000, 10], WINDOWS, 0)

    assert before_any.normalised == pytest.approx(100 - 100 * 0.11 / 4)
    assert 100 > near.normalised > far.normalised >= before_any.normalised
    assert (near.hit, near.outside) == (2, 1)


def test_what_lies_in_the_probation_is_not_judged() -> None:
    assert score([10, 1100], WINDOWS, 1500) == score([], WINDOWS, 1500)
    assert score([], WINDOWS, 1500).windows == 1
    assert probation(15_902) == 750
    assert probation(15_902, capped=False) == 2385
    assert probation(4_032) == 604


def test_files_add_up() -> None:
    both = score([1000], WINDOWS, 0) + score([], WINDOWS, 0)

    assert both == Scored(both.earned, 4, 1, 0)
    assert both.normalised == pytest.approx(25)


@given(st.lists(st.integers(0, 4000), max_size=20), st.integers(0, 4000))
def test_no_detections_ever_score_above_perfect(rows: list[int], start: int) -> None:
    assert score(rows, WINDOWS, start).normalised <= 100 + 1e-9


def test_the_gaussian_rests_twelve_hours_after_each_detection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [5, 6, 5 + REARM, 6 + 2 * REARM, 7 + 3 * REARM]
    monkeypatch.setattr("benchmarks.detection_nab.gaussian", lambda _series: rows)

    # A second detection within the rest keeps it going, as the detector's own alarm does.
    assert rested(Series("none", [], [], [])) == [5, 6 + 2 * REARM, 7 + 3 * REARM]


def test_a_simulated_brand_writes_as_much_as_it_is_said_to() -> None:
    chance = brand.np.random.default_rng(1)
    counts = brand._counts(chance, 3.0, 0, 24 * 7 * 20)
    hours = counts.reshape(-1, 12).sum(axis=1).reshape(-1, 24).mean(axis=0)

    assert hours.mean() == pytest.approx(3.0, rel=0.05)
    assert hours.max() > 4 * hours.min()
    assert brand._counts(chance, 3.0, 0, 24, (3, 10)).sum() > 3 * counts[:288].sum()


def test_every_table_has_its_module() -> None:
    folder = Path(detection.__file__).parent

    assert all((folder / f"detection_{name}.py").is_file() for name in detection.TABLES)


def test_a_run_stands_between_the_markers_of_the_manual_and_a_second_one_replaces_it() -> None:
    page = f"before\n{BEGIN}\nformer\n{END}\nafter\n"

    once = placed(page, "command", "2026-11-29", "\n## Table\n\nholds | bar\n")
    again = placed(once, "command", "2026-11-30", "new")

    assert "holds | bar" in once
    assert "former" not in once
    assert again.startswith("before\n")
    assert again.endswith(f"{END}\nafter\n")
    assert "holds | bar" not in again


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="detection:begin"):
        placed("nothing", "command", "2026-11-29", "output")


def test_a_crisis_that_never_burns_misses_its_bar() -> None:
    silent = {"tiers": [{"tier": "yellow", "minutes_after_first": 0.0}]}
    late = {"tiers": [{"tier": "orange", "minutes_after_first": 12.0}]}
    soon = {"tiers": [{"tier": "red", "minutes_after_first": 8.0}]}

    assert [_bar("ningbo", one)[1] for one in (silent, late, soon)] == [False, False, True]
    assert not _bar("zhihu_2025", soon)[1]
