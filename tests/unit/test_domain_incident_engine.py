"""What the engine does to an incident by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.domain.command import Command, Kind, apply
from monitor.domain.incident import Incident, Lifecycle, Outcome, Transition, short_code
from monitor.domain.merging import merge
from monitor.domain.tier import Tier
from monitor.domain.transitions import (
    date_back,
    expire,
    lease_events,
    lower_tier,
    open_incident,
    progress,
    published,
    raise_tier,
    recur,
    settle,
    takes_hits,
    warn_at,
)

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def opened(tier: Tier = Tier.RED, *, id: int = 7, **changes: Any) -> Incident:  # noqa: A002
    incident = open_incident(
        id=id,
        brand="清河互联网医院",
        topic_key="topic-1",
        tier=tier,
        reason="两个独立来源",
        first_public_at=NOW - HOUR,
        detected_at=NOW,
        now=NOW,
    ).incident
    return replace(incident, **changes)


def candidate(tier: Tier = Tier.ORANGE) -> Outcome:
    return open_incident(
        id=8,
        brand="清河互联网医院",
        topic_key="topic-2",
        tier=tier,
        reason="夜间单一来源",
        first_public_at=NOW,
        detected_at=NOW,
        now=NOW,
        candidate=True,
    )


def acked(tier: Tier = Tier.RED) -> Incident:
    return apply(opened(tier), Command("c1", Kind.ACK, "zhang", NOW), NOW).incident


def test_opening_is_the_first_line_of_the_audit_trail() -> None:
    outcome = candidate()
    assert outcome.transitions == (
        Transition(
            "open", None, Lifecycle.CANDIDATE, Tier.NONE, Tier.ORANGE, "engine", NOW,
            "夜间单一来源", 1,
        ),
    )  # fmt: skip
    assert outcome.incident.candidate_until == NOW + 24 * HOUR


def test_a_red_never_waits_as_a_candidate() -> None:
    incident = candidate(Tier.RED).incident
    assert (incident.lifecycle, incident.opened_at) == (Lifecycle.OPEN, NOW)


def test_codes_are_short_different_and_free_of_look_alikes() -> None:
    codes = [short_code(n) for n in range(40_000)]
    assert len(set(codes)) == 40_000
    assert {len(code) for code in codes} == {3, 4}
    assert not set("".join(codes)) & set("01OIL5SBAEU")


def test_every_lifecycle_and_tier_has_a_chinese_word() -> None:
    assert len({state.label for state in Lifecycle}) == len(Lifecycle)
    assert Lifecycle.OPEN.label == "待确认"


def test_a_raise_asks_again_for_an_answer() -> None:
    before = acked(Tier.ORANGE)
    outcome = raise_tier(before, Tier.RED, "出现官方通报", NOW + HOUR)
    after = outcome.incident
    assert (after.lifecycle, after.acked_by, after.ack_lease_until) == (Lifecycle.OPEN, None, None)
    assert (after.peak_tier, after.tier_confirmed_by, after.opened_at) == (
        Tier.RED, None, NOW + HOUR,
    )  # fmt: skip
    assert [t.kind for t in outcome.transitions] == ["raise"]


@pytest.mark.parametrize("tier", [Tier.NONE, Tier.YELLOW, Tier.ORANGE])
def test_the_same_or_a_lower_tier_un_acks_nobody(tier: Tier) -> None:
    before = acked(Tier.ORANGE)
    assert raise_tier(before, tier, "热度", NOW + HOUR) == Outcome(before)


def test_a_raise_of_what_has_ended_asks_for_a_new_incident() -> None:
    closed = opened(Tier.YELLOW, lifecycle=Lifecycle.CLOSED, closed_at=NOW)
    assert "新事件" in (raise_tier(closed, Tier.RED, "又起来了", NOW).refused or "")


def test_a_raise_of_a_resolved_incident_is_a_new_occurrence() -> None:
    before = opened(Tier.YELLOW, lifecycle=Lifecycle.RESOLVED, resolved_at=NOW)
    after = raise_tier(before, Tier.ORANGE, "又起来了", NOW + HOUR).incident
    assert (after.lifecycle, after.occurrence, after.resolved_at) == (Lifecycle.OPEN, 2, None)


def test_the_engine_comes_down_one_level() -> None:
    after = lower_tier(acked(Tier.ORANGE), "12 小时平静", NOW + HOUR).incident
    assert (after.tier, after.peak_tier, after.tier_since) == (
        Tier.YELLOW, Tier.ORANGE, NOW + HOUR,
    )  # fmt: skip
    assert after.acked_by == "zhang"


def test_the_engine_never_brings_red_down() -> None:
    outcome = lower_tier(acked(), "平静", NOW + 1000 * HOUR)
    assert outcome.incident.tier is Tier.RED
    assert "总指挥" in (outcome.refused or "")


def test_a_pin_holds_until_it_ends() -> None:
    pinned = opened(Tier.ORANGE, pin_tier=Tier.ORANGE, pin_until=NOW + HOUR, pin_reason="等记者会")
    assert "等记者会" in (lower_tier(pinned, "平静", NOW).refused or "")
    assert lower_tier(pinned, "平静", NOW + HOUR).incident.tier is Tier.YELLOW


def test_a_pin_below_the_tier_lets_it_fall_to_the_pin() -> None:
    pinned = opened(Tier.ORANGE, pin_tier=Tier.YELLOW, pin_until=NOW + HOUR, pin_reason="观察")
    assert lower_tier(pinned, "平静", NOW).incident.tier is Tier.YELLOW


def test_what_is_closed_or_at_none_does_not_fall() -> None:
    assert lower_tier(opened(Tier.NONE), "平静", NOW).transitions == ()
    closed = opened(Tier.ORANGE, lifecycle=Lifecycle.DISMISSED, closed_at=NOW)
    assert "已排除" in (lower_tier(closed, "平静", NOW).refused or "")


@pytest.mark.parametrize(
    ("tier", "minutes"),
    [(Tier.RED, 30), (Tier.ORANGE, 120), (Tier.YELLOW, 24 * 60)],
)
def test_the_lease_warns_at_two_thirds_and_ends(tier: Tier, minutes: int) -> None:
    incident = acked(tier)
    warning = NOW + minutes * MINUTE * 2 / 3
    assert warn_at(incident) == warning
    assert lease_events(incident, warning - MINUTE).transitions == ()
    warned = lease_events(incident, warning)
    assert [t.kind for t in warned.transitions] == ["lease_warning"]
    assert lease_events(warned.incident, warning + MINUTE / 2).transitions == ()
    lost = lease_events(warned.incident, NOW + minutes * MINUTE)
    assert [t.kind for t in lost.transitions] == ["lease_lost"]
    assert (lost.incident.lifecycle, lost.incident.acked_by) == (Lifecycle.OPEN, None)


def test_a_stall_past_both_instants_only_loses_the_lease() -> None:
    outcome = lease_events(acked(), NOW + 24 * HOUR)
    assert [t.kind for t in outcome.transitions] == ["lease_lost"]


def test_without_a_holder_there_is_no_lease() -> None:
    assert warn_at(opened()) is None
    assert lease_events(opened(), NOW + 24 * HOUR).transitions == ()
    assert lease_events(opened(lifecycle=Lifecycle.ACKED), NOW).transitions == ()


def test_a_clock_set_back_does_not_lengthen_the_lease() -> None:
    outcome = lease_events(acked(), NOW - 6 * HOUR)
    assert outcome.incident.ack_lease_until == NOW - 6 * HOUR + 30 * MINUTE
    assert lease_events(acked(), NOW - MINUTE).transitions == ()


def test_progress_renews_the_lease_and_its_warning() -> None:
    warned = lease_events(acked(), NOW + 20 * MINUTE).incident
    after = progress(warned, "li", "完成一步", NOW + 25 * MINUTE).incident
    assert (after.ack_lease_until, after.lease_warned) == (NOW + 55 * MINUTE, False)
    assert progress(opened(), "li", "完成一步", NOW).transitions == ()


def test_old_progress_does_not_shorten_the_lease() -> None:
    assert progress(acked(), "li", "补记", NOW - 10 * MINUTE).transitions == ()


def test_a_candidate_that_nothing_confirms_expires() -> None:
    waiting = candidate().incident
    assert expire(waiting, NOW + 23 * HOUR).transitions == ()
    assert expire(waiting, NOW + 24 * HOUR).incident.lifecycle is Lifecycle.DISMISSED
    assert expire(opened(), NOW + 24 * HOUR).transitions == ()
    assert expire(replace(waiting, candidate_until=None), NOW + 99 * HOUR).transitions == ()


def test_a_raise_opens_a_candidate() -> None:
    after = raise_tier(candidate().incident, Tier.RED, "第二来源", NOW + HOUR).incident
    assert (after.lifecycle, after.occurrence) == (Lifecycle.OPEN, 1)
    assert after.candidate_until is None


def test_a_story_that_returns_goes_back_to_its_holder() -> None:
    before = replace(acked(Tier.ORANGE), lifecycle=Lifecycle.RESOLVED, resolved_at=NOW)
    after = recur(before, "新帖", NOW + 71 * HOUR).incident
    assert (after.lifecycle, after.acked_by, after.occurrence) == (
        Lifecycle.RESPONDING, "zhang", 2,
    )  # fmt: skip
    assert after.ack_lease_until == NOW + 73 * HOUR
    assert recur(before, "新帖", NOW + 72 * HOUR).transitions == ()


def test_a_story_that_returns_without_holder_is_open_to_all() -> None:
    before = opened(Tier.YELLOW, lifecycle=Lifecycle.RESOLVED, resolved_at=NOW)
    assert recur(before, "新帖", NOW + HOUR).incident.lifecycle is Lifecycle.OPEN
    assert recur(opened(), "新帖", NOW).transitions == ()


def test_hits_belong_to_what_is_active_or_freshly_resolved() -> None:
    rested = opened(lifecycle=Lifecycle.RESOLVED, resolved_at=NOW)
    assert takes_hits(opened(), NOW)
    assert takes_hits(rested, NOW + 71 * HOUR)
    assert not takes_hits(rested, NOW + 72 * HOUR)
    assert not takes_hits(opened(lifecycle=Lifecycle.REPAIR), NOW)


@pytest.mark.parametrize(
    ("incident", "hours", "expected"),
    [
        pytest.param(
            opened(Tier.YELLOW, lifecycle=Lifecycle.STABLE, stable_at=NOW),
            72, Lifecycle.RESOLVED, id="watched for 72 hours at yellow rests",
        ),
        pytest.param(
            opened(Tier.YELLOW, lifecycle=Lifecycle.STABLE, stable_at=NOW),
            71, Lifecycle.STABLE, id="71 hours are not enough",
        ),
        pytest.param(
            opened(Tier.ORANGE, lifecycle=Lifecycle.STABLE, stable_at=NOW),
            99, Lifecycle.STABLE, id="orange does not rest by itself",
        ),
        pytest.param(
            opened(Tier.NONE, peak_tier=Tier.YELLOW), 72, Lifecycle.RESOLVED,
            id="a faded yellow that nobody answered rests",
        ),
        pytest.param(
            opened(Tier.NONE, peak_tier=Tier.ORANGE), 999, Lifecycle.OPEN,
            id="a faded orange that nobody answered does not rest",
        ),
        pytest.param(
            opened(Tier.RED, lifecycle=Lifecycle.RESOLVED, resolved_at=NOW), 72,
            Lifecycle.REPAIR, id="after a playbook comes the repair of trust",
        ),
        pytest.param(
            opened(Tier.YELLOW, lifecycle=Lifecycle.RESOLVED, resolved_at=NOW), 72,
            Lifecycle.CLOSED, id="a yellow closes",
        ),
        pytest.param(
            opened(Tier.YELLOW, lifecycle=Lifecycle.RESOLVED, resolved_at=NOW), 71,
            Lifecycle.RESOLVED, id="a resolved one keeps its window",
        ),
        pytest.param(
            replace(candidate(Tier.YELLOW).incident, tier=Tier.NONE), 99, Lifecycle.CANDIDATE,
            id="candidates expire instead",
        ),
    ],
)  # fmt: skip
def test_quiet_incidents_settle(incident: Incident, hours: int, expected: Lifecycle) -> None:
    assert settle(incident, NOW + hours * HOUR).incident.lifecycle is expected


def test_a_statement_counts_as_progress_and_its_first_time_stays() -> None:
    first = published(acked(), "li", NOW + 10 * MINUTE).incident
    assert first.ack_lease_until == NOW + 40 * MINUTE
    again = published(first, "li", NOW + 20 * MINUTE).incident
    assert again.statement_published_at == NOW + 10 * MINUTE


def test_the_public_clock_only_moves_back() -> None:
    before = opened()
    assert date_back(before, NOW, NOW).transitions == ()
    earlier = date_back(before, NOW - 2 * HOUR, NOW).incident
    assert earlier.first_public_at == NOW - 2 * HOUR


def test_a_louder_child_reopens_its_root() -> None:
    root = acked(Tier.ORANGE)
    child = opened(Tier.RED, id=9, first_public_at=NOW - 3 * HOUR, tier_confirmed_by="li")
    merged_root, merged_child = merge(root, child, "li", "同一件事", NOW + HOUR)
    after = merged_root.incident
    assert (after.tier, after.lifecycle, after.tier_confirmed_by) == (
        Tier.RED, Lifecycle.OPEN, "li",
    )  # fmt: skip
    assert after.first_public_at == NOW - 3 * HOUR
    assert merged_child.incident.merged_into == root.id
    assert merge(after, merged_child.incident, "li", "", NOW)[1].transitions == ()


def test_a_quieter_child_leaves_its_root_answered() -> None:
    root, _ = merge(acked(), opened(Tier.ORANGE, id=9), "li", "同一件事", NOW)
    assert root.incident.acked_by == "zhang"


@pytest.mark.parametrize(
    ("child", "word"),
    [
        (opened(), "它自己"),
        (opened(id=9, brand="东溪诊所"), "品牌"),
        (opened(id=9, lifecycle=Lifecycle.CLOSED), "已结束"),
    ],
)
def test_what_does_not_belong_together_is_not_merged(child: Incident, word: str) -> None:
    for outcome in merge(acked(), child, "li", "", NOW):
        assert word in (outcome.refused or "")
