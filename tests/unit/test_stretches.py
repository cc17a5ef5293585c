"""Stretches of time: what is still open, and how it is cut."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.stretches import Stretch, gaps, halves, pieces

START = datetime(2026, 9, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def days(begin: float, end: float) -> Stretch:
    return START + begin * DAY, START + end * DAY


STRETCHES = st.tuples(st.integers(0, 100), st.integers(1, 20)).map(
    lambda pair: days(pair[0], pair[0] + pair[1])
)


def test_what_is_covered_in_the_middle_leaves_two_gaps() -> None:
    assert gaps(days(0, 90), [days(10, 20)]) == [days(0, 10), days(20, 90)]
    assert gaps(days(0, 90), []) == [days(0, 90)]
    assert gaps(days(0, 90), [days(0, 50), days(40, 95)]) == []


@given(wanted=STRETCHES, covered=st.lists(STRETCHES, max_size=8))
def test_gaps_and_covered_stretches_together_are_all_that_was_wanted(
    wanted: Stretch, covered: list[Stretch]
) -> None:
    open_ones = gaps(wanted, covered)
    hours = (wanted[1] - wanted[0]) // timedelta(hours=12)
    for number in range(hours):
        at = wanted[0] + number * timedelta(hours=12)
        inside = [begin <= at < end for begin, end in open_ones]
        assert any(inside) != any(begin <= at < end for begin, end in covered)
        assert sum(inside) <= 1


@given(stretch=STRETCHES, longest=st.integers(1, 9))
def test_pieces_are_the_whole_newest_first_and_none_is_too_long(
    stretch: Stretch, longest: int
) -> None:
    found = pieces(stretch, longest * DAY)
    assert (found[0][1], found[-1][0]) == (stretch[1], stretch[0])
    assert all(older[1] == newer[0] for newer, older in pairwise(found))
    assert all(timedelta(0) < end - begin <= longest * DAY for begin, end in found)


def test_a_day_is_not_cut_further() -> None:
    assert halves(days(0, 7), DAY) == [days(3.5, 7), days(0, 3.5)]
    assert halves(days(0, 1), DAY) == []
