"""The golden four hours: what is due when, and what becomes of each step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.playbook import (
    Playbook,
    Step,
    StepState,
    StepStatus,
    add_steps_for_raise,
    complete,
    due,
    next_round,
    open_steps,
    overdue,
    skip,
    warned,
)
from monitor.domain.tier import Tier

FIRST = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def step(name: str, after: int, **changes: Any) -> Step:
    fields: dict[str, Any] = {"clock": "public", "orange": True, "title": name, "role": "总指挥"}
    return Step(id=name, after_minutes=after, phase="快速响应", exit="完成", **fields | changes)


BOOK = Playbook(
    "黄金四小时",
    "1",
    (
        step("ack", 5, clock="response"),
        step("confirm", 10),
        step("publish", 90),
        step("contact", 120, orange=False),
        step("gate", 240),
        step("updates", 480, every_minutes=240, every_minutes_orange=480),
    ),
)


def minutes(steps: tuple[StepState, ...]) -> dict[str, int]:
    return {state.step_id: (state.due_at - FIRST) // MINUTE for state in steps}


def opened(tier: Tier = Tier.RED, late: int = 0) -> tuple[StepState, ...]:
    return open_steps(BOOK, tier, FIRST, FIRST + late * MINUTE)


def one(**changes: Any) -> StepState:
    fields: dict[str, Any] = {"step_id": "ack", "title": "接手", "role": "值班人"}
    return StepState(**{**fields, "due_at": FIRST, **changes})


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        pytest.param(0, [5, 10, 90, 120, 240, 480], id="found at once keeps the table"),
        pytest.param(4, [9, 10, 90, 120, 240, 480], id="a little late keeps the public clock"),
        pytest.param(60, [65, 65, 105, 120, 240, 480], id="each step gets half of its usual time"),
        pytest.param(90, [95, 95, 135, 150, 240, 480], id="90 minutes late keeps the gate"),
        pytest.param(180, [185, 185, 202, 210, 240, 480], id="three hours late keeps the gate"),
        pytest.param(300, [305, 305, 322, 330, 360, 480], id="after the gate a quarter is left"),
    ],
)
def test_a_late_detection_compresses_what_remains(late: int, expected: list[int]) -> None:
    assert list(minutes(opened(late=late)).values()) == expected


def test_orange_leaves_the_red_steps_out_and_yellow_has_none() -> None:
    assert "contact" not in minutes(opened(Tier.ORANGE))
    assert len(opened(Tier.ORANGE)) == 5
    assert opened(Tier.YELLOW) == ()


@given(st.integers(0, 10_000))
def test_no_step_is_due_before_its_detection_or_the_step_above(late: int) -> None:
    deadlines = list(minutes(opened(late=late)).values())
    assert deadlines == sorted(deadlines)
    assert min(deadlines) >= late
    if late <= 180:
        assert minutes(opened(late=late))["gate"] == 240


def test_a_raise_to_red_adds_only_the_red_steps() -> None:
    added = add_steps_for_raise(BOOK, opened(Tier.ORANGE), FIRST, FIRST + 200 * MINUTE)
    assert minutes(added) == {"contact": 230}
    assert add_steps_for_raise(BOOK, (*opened(Tier.ORANGE), *added), FIRST, FIRST) == ()


def test_a_raise_before_the_public_clock_counts_from_it() -> None:
    added = add_steps_for_raise(BOOK, opened(Tier.ORANGE), FIRST, FIRST - 60 * MINUTE)
    assert minutes(added) == {"contact": 120}


def updates(number: int = 1, **changes: Any) -> StepState:
    name = "updates" if number == 1 else f"updates#{number}"
    done = {"status": StepStatus.DONE, "due_at": FIRST + 480 * MINUTE}
    return one(step_id=name, **done | changes)


@pytest.mark.parametrize(
    ("done", "tier", "now", "expected"),
    [
        pytest.param(updates(), Tier.RED, 470, {"updates#2": 720}, id="red every four hours"),
        pytest.param(updates(), Tier.ORANGE, 470, {"updates#2": 960}, id="orange every eight"),
        pytest.param(updates(2), Tier.RED, 480, {"updates#3": 720}, id="rounds are numbered"),
        pytest.param(updates(9), Tier.RED, 1201, {"updates#10": 1440}, id="missed ones are left"),
        pytest.param(
            updates(status=StepStatus.SKIPPED), Tier.RED, 470, {"updates#2": 720}, id="skipped"
        ),
    ],
)
def test_recurring_steps_keep_their_rhythm(
    done: StepState, tier: Tier, now: int, expected: dict[str, int]
) -> None:
    following = next_round(BOOK, done, tier, FIRST + now * MINUTE)
    assert following is not None
    assert minutes((following,)) == expected


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(updates(status=StepStatus.OPEN), id="still open"),
        pytest.param(updates(status=StepStatus.CANCELLED), id="cancelled"),
        pytest.param(one(status=StepStatus.DONE), id="not recurring"),
        pytest.param(one(step_id="gone", status=StepStatus.DONE), id="no longer in the playbook"),
    ],
)
def test_what_does_not_recur_has_no_next_round(state: StepState) -> None:
    assert next_round(BOOK, state, Tier.RED, FIRST) is None


def test_due_and_overdue_steps_come_earliest_first() -> None:
    steps = tuple(reversed(opened()))
    now = FIRST + 10 * MINUTE
    assert [s.step_id for s in due(steps, now)] == ["ack", "confirm"]
    assert [s.step_id for s in due(steps, now, 80 * MINUTE)] == ["ack", "confirm", "publish"]
    assert due(steps, FIRST + 5 * MINUTE - timedelta(seconds=1)) == ()
    told = (warned(opened()[0], now), *opened()[1:])
    assert [s.step_id for s in overdue(told, now)] == ["confirm"]
    finished = (complete(opened()[0], "zhang", "", now).step, *opened()[1:])
    assert [s.step_id for s in due(finished, now)] == ["confirm"]


def test_a_step_is_ticked_off_once() -> None:
    done = complete(one(), "zhang", " 已核实 ", FIRST).step
    assert (done.status, done.done_by, done.note) == (StepStatus.DONE, "zhang", "已核实")
    again = complete(done, "li", "我也做了", FIRST + MINUTE)
    assert (again.step, again.refused) == (done, None)


def test_a_step_is_skipped_with_a_reason() -> None:
    assert "理由" in (skip(one(), "zhang", " ", FIRST).refused or "")
    skipped = skip(one(), "zhang", "没有受影响的人", FIRST).step
    assert (skipped.status, skipped.note) == (StepStatus.SKIPPED, "没有受影响的人")
    assert skip(skipped, "li", "同上", FIRST).step == skipped
    assert "已跳过" in (complete(skipped, "zhang", "", FIRST).refused or "")
