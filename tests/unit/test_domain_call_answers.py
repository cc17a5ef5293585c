"""A call passed on, and a suspected false alarm that rests until the morning."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.command import Command, Kind, apply
from monitor.domain.incident import Incident, Lifecycle, Outcome
from monitor.domain.tier import Tier
from monitor.domain.transitions import lease_events, open_incident, raise_tier

NIGHT = datetime(2026, 11, 28, 18, 0, tzinfo=UTC)  # two in the morning in Shanghai
MORNING = NIGHT + timedelta(hours=6)
MINUTE = timedelta(minutes=1)


def opened(tier: Tier = Tier.ORANGE) -> Incident:
    return open_incident(
        id=1, brand="清河互联网医院", topic_key="t", tier=tier, reason="", now=NIGHT,
        first_public_at=NIGHT, detected_at=NIGHT,
    ).incident  # fmt: skip


def answer(incident: Incident, kind: Kind, actor: str = "zhang", **args: str) -> Outcome:
    at = NIGHT + MINUTE
    return apply(incident, Command(f"{kind}-{actor}", kind, actor, at, args=args), at)


def rested(incident: Incident) -> Incident:
    found = answer(incident, Kind.REVIEW, until=MORNING.isoformat())
    assert found.refused is None
    return found.incident


def test_passing_on_leaves_it_unanswered_and_says_who_did_it() -> None:
    found = answer(opened(), Kind.PASS)
    assert [one.kind for one in found.transitions] == ["pass"]
    assert (found.incident.lifecycle, found.incident.passed_by) == (Lifecycle.OPEN, "zhang")


def test_what_somebody_holds_is_not_passed_on() -> None:
    held = answer(opened(), Kind.ACK, "li").incident
    assert "li 已经接手" in (answer(held, Kind.PASS).refused or "")


def test_a_suspected_false_alarm_calls_nobody_until_the_morning_and_then_everybody() -> None:
    resting = rested(opened())
    assert (resting.lifecycle, resting.acked_by) == (Lifecycle.ACKED, "zhang")
    for minutes in (5, 60, 180, 350):
        assert lease_events(resting, NIGHT + minutes * MINUTE).transitions == ()

    (called,) = lease_events(resting, MORNING).transitions
    assert (called.kind, called.to_lifecycle) == ("review_due", Lifecycle.OPEN)


def test_growth_wakes_what_rests() -> None:
    louder = raise_tier(rested(opened()), Tier.RED, "两个来源", NIGHT + 9 * MINUTE).incident
    assert louder.lifecycle is Lifecycle.OPEN
    assert louder.review_until is None


@pytest.mark.parametrize(
    ("incident", "args", "hint"),
    [
        (opened(Tier.RED), {"until": MORNING.isoformat()}, "红色不能等"),
        (opened(), {}, "24 小时之内"),
        (opened(), {"until": (NIGHT + timedelta(days=2)).isoformat()}, "24 小时之内"),
        (opened(), {"until": NIGHT.isoformat()}, "24 小时之内"),
        (replace(opened(), lifecycle=Lifecycle.STABLE), {"until": MORNING.isoformat()}, "监测"),
        (
            replace(opened(), lifecycle=Lifecycle.DISMISSED),
            {"until": MORNING.isoformat()},
            "已排除",
        ),
    ],
    ids=["red", "without a time", "days away", "a time gone by", "being watched", "ended"],
)
def test_what_may_not_rest_is_refused_in_words(
    incident: Incident, args: dict[str, str], hint: str
) -> None:
    assert hint in (answer(incident, Kind.REVIEW, **args).refused or "")


def test_a_clock_set_back_does_not_let_it_rest_for_ever() -> None:
    resting = rested(opened())
    (cut,) = lease_events(resting, NIGHT - timedelta(days=3)).transitions
    assert cut.kind == "lease_reset"
