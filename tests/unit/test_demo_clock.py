"""The demo's clock moves by jumps alone, forward, and knows who has woken to the new instant."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from monitor.demo.clock import DemoClock

START = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
LATER = START + timedelta(minutes=5)


def read_in_thread(clock: DemoClock, name: str) -> None:
    thread = threading.Thread(target=clock, name=name)
    thread.start()
    thread.join()


def test_the_clock_stands_until_it_is_told_to_jump() -> None:
    clock = DemoClock(START)
    assert [clock(), clock()] == [START, START]
    clock.jump(LATER)
    assert clock() == LATER


def test_the_clock_does_not_go_back() -> None:
    clock = DemoClock(LATER)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.jump(START)
    assert clock() == LATER


def test_a_reading_before_a_jump_does_not_count_as_having_woken_to_it() -> None:
    clock = DemoClock(START)
    read_in_thread(clock, "deciding")
    assert clock.read_by(["deciding"])
    clock.jump(LATER)
    assert not clock.read_by(["deciding"])
    read_in_thread(clock, "deciding")
    assert clock.read_by(["deciding"])


def test_all_loops_must_have_woken() -> None:
    clock = DemoClock(START)
    read_in_thread(clock, "deciding")
    assert not clock.read_by(["collecting", "deciding"])
    read_in_thread(clock, "collecting")
    assert clock.read_by(["collecting", "deciding"])
