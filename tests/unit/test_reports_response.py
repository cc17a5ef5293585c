"""Tiers on the time line, response times, steps, calls and messages, worked by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor.domain.mention import SHANGHAI
from monitor.domain.tier import Tier
from monitor.reports.response import Response, response
from monitor.reports.rows import Case, Change, Sent, StepSeen
from monitor.reports.timeline import loudest, track
from monitor.reports.week import Week

WEEK = Week(2026, 47)
NOW = WEEK.end + timedelta(hours=9)
T0 = datetime(2026, 11, 18, 2, 41, tzinfo=SHANGHAI)


def _after(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def _change(minutes: float, kind: str, before: Tier, after: Tier, **facts: Any) -> Change:
    values = {
        "alarmed": True,
        "answered": kind == "ack",
        "actor": "engine",
        "by_engine": kind != "ack",
        "reason": "",
        "lifecycle": "",
    }
    return Change(
        at=_after(minutes), kind=kind, from_tier=before, to_tier=after, **(values | facts)
    )


def _case(code: str, *changes: Change, **facts: Any) -> Case:
    values = {"brand": "清河互联网医院", "topic": "", "first_public_at": T0}
    detected = changes[0].at if changes else T0
    return Case(code=code, detected_at=detected, changes=changes, **(values | facts))


def _response(*cases: Case, sent: tuple[Sent, ...] = ()) -> Response:
    return response(cases, sent, WEEK.start, WEEK.end, NOW)


OPENED = _change(3, "open", Tier.NONE, Tier.ORANGE)
RAISED = _change(10, "raise", Tier.ORANGE, Tier.RED)
ACKED = _change(20, "ack", Tier.RED, Tier.RED)
STATED = _change(88, "statement", Tier.RED, Tier.RED)
ENDED = _change(600, "lower", Tier.RED, Tier.NONE)


def test_a_track_has_one_bar_a_tier_whatever_else_happened() -> None:
    found = track(_case("7K2", OPENED, RAISED, ACKED, STATED, ENDED), WEEK.start, WEEK.end)

    bars = [(one.start, one.end, one.tier) for one in found.segments]
    assert bars == [
        (_after(3), _after(10), Tier.ORANGE),
        (_after(10), _after(600), Tier.RED),
    ]


def test_a_tier_that_holds_over_the_weekend_is_cut_at_the_edges_of_the_week() -> None:
    old = _change(-10_000, "open", Tier.NONE, Tier.YELLOW)

    found = track(_case("M4C", old), WEEK.start, WEEK.end)

    assert [(one.start, one.end) for one in found.segments] == [(WEEK.start, WEEK.end)]


def test_an_ended_incident_lights_nothing() -> None:
    resolved = _change(60, "resolve", Tier.ORANGE, Tier.ORANGE, alarmed=False)

    found = track(_case("7K2", OPENED, resolved), WEEK.start, WEEK.end)

    assert [(one.start, one.end) for one in found.segments] == [(_after(3), _after(60))]


def test_the_brand_is_as_loud_as_its_loudest_incident() -> None:
    red = track(_case("AAA", RAISED, ENDED), WEEK.start, WEEK.end)
    orange = track(
        _case("CCC", OPENED, _change(700, "lower", Tier.ORANGE, Tier.NONE)), WEEK.start, WEEK.end
    )

    bars = [
        (one.start, one.end, one.tier, one.codes) for one in loudest("", [orange, red]).segments
    ]

    assert bars == [
        (_after(3), _after(10), Tier.ORANGE, ("CCC",)),
        (_after(10), _after(600), Tier.RED, ("AAA",)),
        (_after(600), _after(700), Tier.ORANGE, ("CCC",)),
    ]


def test_response_times_are_medians_from_the_first_public_post() -> None:
    slow = _case(
        "CCC",
        _change(31, "open", Tier.NONE, Tier.ORANGE),
        _change(60, "ack", Tier.ORANGE, Tier.ORANGE),
    )

    timings = _response(_case("7K2", OPENED, RAISED, ACKED, STATED), slow).timings

    assert [one.label for one in timings] == ["发现", "接手", "首份声明"]
    assert [one.median for one in timings] == [
        timedelta(minutes=17),
        timedelta(minutes=40),
        timedelta(minutes=88),
    ]
    assert [one.done.ids for one in timings] == [("7K2", "CCC"), ("7K2", "CCC"), ("7K2",)]


def test_those_still_waiting_are_named_with_the_longest_wait_and_kept_out_of_the_median() -> None:
    waiting = _case("CCC", OPENED)

    acked = _response(_case("7K2", OPENED, RAISED, ACKED), waiting).timings[1]

    assert acked.median == timedelta(minutes=20)
    assert acked.waiting.ids == ("CCC",)
    assert acked.longest_wait == NOW - T0


def test_yellow_owes_no_statement() -> None:
    yellow = _case("M4C", _change(5, "open", Tier.NONE, Tier.YELLOW))

    stated = _response(yellow).timings[2]

    assert (stated.done.value, stated.waiting.value) == (0, 0)


@pytest.mark.parametrize(
    "facts",
    [{"counts": False}, {"detected_at": WEEK.start - timedelta(minutes=1)}],
    ids=["a false alarm", "found in an earlier week"],
)
def test_what_owes_no_response_this_week_is_listed_and_not_timed(facts: dict[str, Any]) -> None:
    case = Case(
        code="7K2",
        brand="",
        topic="",
        first_public_at=T0,
        changes=(OPENED,),
        **({"detected_at": _after(3)} | facts),
    )

    found = _response(case)

    assert [one.code for one in found.incidents] == ["7K2"]
    assert [one.done.value + one.waiting.value for one in found.timings] == [0, 0, 0]


def test_the_first_acknowledgement_counts_and_the_loudest_tier_is_the_peak() -> None:
    again = _change(200, "ack", Tier.RED, Tier.RED)

    line = _response(_case("7K2", OPENED, RAISED, ACKED, again, ENDED)).incidents[0]

    assert line.acked_at == _after(20)
    assert line.peak is Tier.RED


def _step(name: str, due: float, status: str, done: float | None = None, **facts: Any) -> StepSeen:
    done_at = _after(done) if done is not None else None
    return StepSeen(
        id=name, title=name, due_at=_after(due), status=status, done_at=done_at, **facts
    )


def test_steps_on_time_are_those_people_owed_and_did_by_their_deadline() -> None:
    steps = (
        _step("on-time", 30, "done", 30),
        _step("late", 30, "done", 31),
        _step("never", 30, "open"),
        _step("skipped", 30, "skipped", 20),
        _step("cancelled", 30, "cancelled"),
        _step("engine", 3, "done", 3, by_engine=True),
        _step("next-week", 20_000, "open"),
    )

    found = _response(_case("7K2", OPENED, steps=steps))

    assert found.steps_on_time.part.ids == ("on-time",)
    assert found.steps_on_time.whole.ids == ("on-time", "late", "never")
    assert found.steps_late.ids == ("late", "never")
    assert found.steps_skipped.ids == ("skipped",)


def _sent(number: int, minutes: float, status: str, kind: str = "page") -> Sent:
    return Sent(
        id=number,
        code="7K2",
        kind=kind,
        status=status,
        created_at=_after(minutes),
        sent_at=_after(minutes) if status == "sent" else None,
    )


def test_a_call_is_answered_when_somebody_takes_over_before_the_next_call() -> None:
    sent = (
        _sent(1, 3, "sent"),
        _sent(2, 10, "sent"),
        _sent(3, 10, "sent"),
        _sent(4, 15, "dead"),
        _sent(5, 25, "sent"),
    )

    calls = _response(_case("7K2", OPENED, RAISED, ACKED), sent=sent).calls_answered

    assert calls.whole.ids == ("7K2·第1轮", "7K2·第2轮", "7K2·第3轮")
    assert calls.part.ids == ("7K2·第2轮",)


def test_messages_are_counted_by_what_became_of_them_and_tests_are_none() -> None:
    states = ["sent", "dead", "unknown", "retry", "leased", "superseded", "cancelled"]
    sent = tuple(_sent(number, 5, state) for number, state in enumerate(states))

    found = dict(_response(sent=(*sent, _sent(99, 5, "sent", "test"))).messages)

    assert {label: figure.ids for label, figure in found.items()} == {
        "已送达": (0,),
        "送不到": (1,),
        "不知是否收到": (2,),
        "还在发送": (3, 4),
        "不必再发": (5, 6),
    }
