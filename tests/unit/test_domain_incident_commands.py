"""What people may ask of an incident, and the sentences they get."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.domain.command import Command, Kind, apply
from monitor.domain.incident import Incident, Lifecycle, Outcome, short_code
from monitor.domain.tier import Tier
from monitor.domain.transitions import open_incident, raise_tier

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
UNTIL = {"until": "2026-11-23T08:00+08:00"}


def opened(tier: Tier = Tier.RED, **changes: Any) -> Incident:
    incident = open_incident(
        id=7,
        brand="清河互联网医院",
        topic_key="topic-1",
        tier=tier,
        reason="两个独立来源",
        first_public_at=NOW - HOUR,
        detected_at=NOW,
        now=NOW,
    ).incident
    return replace(incident, **changes)


def do(incident: Incident, kind: Kind, actor: str = "zhang", **more: Any) -> Outcome:
    at = more.pop("at", NOW + MINUTE)
    reason = more.pop("reason", "")
    now = more.pop("now", at)
    return apply(incident, Command("c1", kind, actor, at, reason, more), now)


def done(incident: Incident, kind: Kind, actor: str = "zhang", **more: Any) -> Incident:
    outcome = do(incident, kind, actor, **more)
    assert outcome.refused is None
    return outcome.incident


def acked(tier: Tier = Tier.RED) -> Incident:
    return done(opened(tier), Kind.ACK)


def ended(lifecycle: Lifecycle, **changes: Any) -> Incident:
    return opened(Tier.YELLOW, lifecycle=lifecycle, closed_at=NOW, **changes)


@pytest.mark.parametrize(
    ("tier", "lifecycle", "lease"),
    [
        (Tier.YELLOW, Lifecycle.ACKED, 24 * HOUR),
        (Tier.ORANGE, Lifecycle.RESPONDING, 2 * HOUR),
        (Tier.RED, Lifecycle.RESPONDING, 30 * MINUTE),
    ],
)
def test_an_answer_takes_a_lease_and_starts_the_response(
    tier: Tier, lifecycle: Lifecycle, lease: timedelta
) -> None:
    incident = acked(tier)
    assert (incident.lifecycle, incident.acked_by) == (lifecycle, "zhang")
    assert incident.ack_lease_until == NOW + MINUTE + lease


def test_each_step_is_one_line_of_the_audit_trail() -> None:
    outcome = do(opened(), Kind.ACK)
    assert [(t.kind, t.version) for t in outcome.transitions] == [("ack", 2), ("respond", 3)]
    assert outcome.incident.version == 3


def test_a_candidate_can_be_answered() -> None:
    waiting = opened(Tier.ORANGE, lifecycle=Lifecycle.CANDIDATE, opened_at=None)
    assert done(waiting, Kind.ACK).opened_at == NOW + MINUTE


def test_answering_again_renews_the_lease() -> None:
    again = done(acked(), Kind.ACK, at=NOW + 10 * MINUTE)
    assert again.ack_lease_until == NOW + 40 * MINUTE


def test_an_answer_to_an_older_call_does_not_silence_the_new_one() -> None:
    red = raise_tier(opened(Tier.ORANGE), Tier.RED, "官方通报", NOW + 5 * MINUTE).incident
    outcome = do(red, Kind.ACK, at=NOW + 4 * MINUTE, now=NOW + 6 * MINUTE)
    assert "再点一次" in (outcome.refused or "")
    assert outcome.incident == red


def test_an_answer_counts_when_the_clock_was_set_back_after_the_call() -> None:
    assert done(opened(), Kind.ACK, at=NOW - HOUR).acked_by == "zhang"


def test_a_command_from_the_future_counts_from_now() -> None:
    assert done(opened(), Kind.ACK, at=NOW + HOUR, now=NOW).acked_at == NOW


def test_taking_over_needs_a_reason() -> None:
    assert "理由" in (do(acked(), Kind.TAKE, "li").refused or "")
    taken = done(acked(), Kind.TAKE, "li", reason="张某在手术")
    assert (taken.acked_by, taken.lifecycle) == ("li", Lifecycle.RESPONDING)
    assert done(opened(), Kind.TAKE, "li", reason="我在").lifecycle is Lifecycle.RESPONDING
    assert do(taken, Kind.TAKE, "li", reason="张某在手术").transitions == ()


def test_a_second_answer_hears_who_has_it() -> None:
    assert "zhang 已经接手" in (do(acked(), Kind.ACK, "li").refused or "")


@pytest.mark.parametrize("kind", [Kind.RESPOND, Kind.TOUCH, Kind.STABILISE, Kind.RESOLVE])
def test_work_begins_with_an_answer(kind: Kind) -> None:
    assert "ack" in (do(opened(Tier.YELLOW), kind, reason="好了").refused or "")


def test_response_watching_and_back() -> None:
    responding = done(acked(Tier.YELLOW), Kind.RESPOND)
    stable = done(responding, Kind.STABILISE)
    assert (stable.lifecycle, stable.ack_lease_until) == (Lifecycle.STABLE, None)
    assert do(stable, Kind.STABILISE).transitions == ()
    assert do(stable, Kind.TOUCH).transitions == ()
    assert do(stable, Kind.ACK).transitions == ()
    back = done(stable, Kind.RESPOND, at=NOW + HOUR)
    assert (back.lifecycle, back.stable_at) == (Lifecycle.RESPONDING, None)
    assert back.ack_lease_until == NOW + 25 * HOUR


def test_touching_renews_the_lease() -> None:
    assert done(acked(), Kind.TOUCH, at=NOW + 20 * MINUTE).ack_lease_until == NOW + 50 * MINUTE


def test_the_commander_decides() -> None:
    led = done(acked(Tier.YELLOW), Kind.ASSIGN, commander="li")
    assert "总指挥 li" in (do(led, Kind.STABILISE).refused or "")
    assert done(led, Kind.STABILISE, "li").lifecycle is Lifecycle.STABLE
    assert "总指挥 li" in (do(led, Kind.RESOLVE, reason="平静").refused or "")
    assert "总指挥 li" in (do(led, Kind.LOWER, tier="none", reason="平静").refused or "")


def test_there_is_one_spokesperson_at_a_time() -> None:
    first = done(acked(), Kind.ASSIGN, spokesperson="wang")
    second = done(first, Kind.ASSIGN, spokesperson="zhao", commander=" ")
    assert (second.spokesperson, second.commander) == ("zhao", None)
    assert "人选" in (do(second, Kind.ASSIGN).refused or "")


def red_with(**changes: Any) -> Incident:
    return replace(acked(), **changes)


def test_red_comes_down_by_the_commander_after_a_statement() -> None:
    assert "assign" in (do(red_with(), Kind.LOWER, tier="orange").refused or "")
    led = red_with(commander="li")
    assert "还没有发布声明" in (do(led, Kind.LOWER, "li", tier="orange").refused or "")
    said = replace(led, statement_published_at=NOW)
    assert "总指挥 li" in (do(said, Kind.LOWER, tier="orange", reason="平").refused or "")
    assert "理由" in (do(said, Kind.LOWER, "li", tier="orange").refused or "")
    lowered = done(said, Kind.LOWER, "li", tier="Orange ", reason="声明已发，热度回落")
    assert (lowered.tier, lowered.peak_tier) == (Tier.ORANGE, Tier.RED)
    assert lowered.acked_by == "zhang"


@pytest.mark.parametrize(
    ("tier", "sentence"),
    [
        ("", "请写明降到哪一级"),
        ("green", "请写明降到哪一级"),
        ("none", "请先降到黄色"),
        ("red", "升级请用"),
    ],
)
def test_lowering_names_the_next_level(tier: str, sentence: str) -> None:
    outcome = do(acked(Tier.ORANGE), Kind.LOWER, tier=tier, reason="平静")
    assert sentence in (outcome.refused or "")


def test_lowering_to_where_it_is_changes_nothing() -> None:
    assert do(acked(Tier.ORANGE), Kind.LOWER, tier="orange") == Outcome(acked(Tier.ORANGE))


def test_lowering_by_a_person_lifts_the_pin() -> None:
    pinned = done(acked(Tier.ORANGE), Kind.PIN, reason="观察", **UNTIL)
    lowered = done(pinned, Kind.LOWER, tier="yellow", reason="平静")
    assert (lowered.tier, lowered.pin_until) == (Tier.YELLOW, None)


def test_confirming_signs_the_tier_once() -> None:
    signed = done(acked(), Kind.CONFIRM_TIER, "li", tier="red")
    assert signed.tier_confirmed_by == "li"
    assert done(signed, Kind.CONFIRM_TIER, "zhang").tier_confirmed_by == "li"


def test_confirming_higher_raises_and_calls_again() -> None:
    raised = done(acked(Tier.ORANGE), Kind.CONFIRM_TIER, "li", tier="red")
    assert (raised.tier, raised.lifecycle, raised.tier_confirmed_by) == (
        Tier.RED, Lifecycle.OPEN, "li",
    )  # fmt: skip


def test_confirming_opens_a_candidate() -> None:
    waiting = opened(Tier.ORANGE, lifecycle=Lifecycle.CANDIDATE, opened_at=None)
    confirmed = done(waiting, Kind.CONFIRM_TIER)
    assert (confirmed.lifecycle, confirmed.opened_at) == (Lifecycle.OPEN, NOW + MINUTE)


@pytest.mark.parametrize(
    ("tier", "args", "sentence"),
    [
        (Tier.ORANGE, {"tier": "yellow"}, "lower"),
        (Tier.ORANGE, {"tier": "purple"}, "请写明级别"),
        (Tier.NONE, {}, "请写明级别"),
    ],
)
def test_confirming_what_cannot_be_is_refused(
    tier: Tier, args: dict[str, str], sentence: str
) -> None:
    assert sentence in (do(acked(tier), Kind.CONFIRM_TIER, **args).refused or "")


def test_a_pin_may_raise_and_is_lifted() -> None:
    pinned = done(acked(Tier.YELLOW), Kind.PIN, tier="orange", reason="记者来电", **UNTIL)
    assert (pinned.tier, pinned.lifecycle, pinned.pin_reason) == (
        Tier.ORANGE, Lifecycle.OPEN, "记者来电",
    )  # fmt: skip
    assert pinned.pinned(NOW)
    lifted = done(pinned, Kind.UNPIN)
    assert not lifted.pinned(NOW)
    assert do(lifted, Kind.UNPIN).transitions == ()


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ({"tier": "yellow", "reason": "观察", **UNTIL}, "lower"),
        ({"tier": "purple", "reason": "观察", **UNTIL}, "请写明级别"),
        ({"reason": "观察"}, "什么时候"),
        ({"reason": "观察", "until": "明天"}, "什么时候"),
        ({"reason": "观察", "until": "2026-11-23T08:00"}, "带时区"),
        ({"reason": "观察", "until": "2026-11-22T12:00+08:00"}, "将来"),
        (UNTIL, "理由"),
    ],
)
def test_a_pin_has_a_tier_an_end_and_a_reason(args: dict[str, str], sentence: str) -> None:
    assert sentence in (do(acked(Tier.ORANGE), Kind.PIN, **args).refused or "")


def test_red_is_not_resolved_directly() -> None:
    assert "红色" in (do(acked(), Kind.RESOLVE, reason="好了").refused or "")


def test_resolving_and_closing_need_a_reason() -> None:
    assert "理由" in (do(acked(Tier.YELLOW), Kind.RESOLVE).refused or "")
    rested = done(acked(Tier.YELLOW), Kind.RESOLVE, reason="已答复")
    assert (rested.lifecycle, rested.ack_lease_until) == (Lifecycle.RESOLVED, None)
    assert do(rested, Kind.RESOLVE).transitions == ()
    assert "理由" in (do(rested, Kind.CLOSE).refused or "")
    closed = done(rested, Kind.CLOSE, reason="复盘已完成")
    assert (closed.lifecycle, closed.closed_at) == (Lifecycle.CLOSED, NOW + MINUTE)
    assert do(closed, Kind.CLOSE).transitions == ()


def test_what_is_worked_on_is_not_closed() -> None:
    assert "resolve" in (do(acked(), Kind.CLOSE, reason="好了").refused or "")
    assert "已排除" in (do(ended(Lifecycle.DISMISSED), Kind.CLOSE, reason="好了").refused or "")


def test_a_false_alarm_is_dismissed_with_a_reason() -> None:
    assert "理由" in (do(opened(Tier.ORANGE), Kind.DISMISS).refused or "")
    dismissed = done(opened(Tier.ORANGE), Kind.DISMISS, reason="同名医院")
    assert dismissed.lifecycle is Lifecycle.DISMISSED
    assert do(dismissed, Kind.DISMISS).transitions == ()


def test_a_red_is_dismissed_by_two_people() -> None:
    asked = do(opened(), Kind.DISMISS, reason="同名医院")
    assert [t.kind for t in asked.transitions] == ["dismiss_asked"]
    assert asked.incident.lifecycle is Lifecycle.OPEN
    assert "另一位同事" in asked.note
    alone = do(asked.incident, Kind.DISMISS, reason="同名医院")
    assert (alone.transitions, alone.incident.lifecycle) == ((), Lifecycle.OPEN)
    both = done(asked.incident, Kind.DISMISS, "li", reason="确认同名")
    assert both.lifecycle is Lifecycle.DISMISSED


def test_a_raise_forgets_a_half_dismissal() -> None:
    asked = replace(acked(Tier.ORANGE), dismiss_asked_by="zhang")
    assert raise_tier(asked, Tier.RED, "官方通报", NOW).incident.dismiss_asked_by is None


def test_what_ended_comes_back_within_72_hours() -> None:
    rested = done(acked(Tier.YELLOW), Kind.RESOLVE, reason="已答复")
    assert "理由" in (do(rested, Kind.REOPEN).refused or "")
    back = done(rested, Kind.REOPEN, "li", reason="又有新帖")
    assert (back.lifecycle, back.acked_by, back.occurrence) == (Lifecycle.RESPONDING, "li", 2)
    assert do(back, Kind.REOPEN).transitions == ()


@pytest.mark.parametrize("lifecycle", [Lifecycle.DISMISSED, Lifecycle.MERGED])
def test_what_was_thrown_out_or_merged_calls_everybody_again(lifecycle: Lifecycle) -> None:
    back = done(ended(lifecycle, merged_into=3), Kind.REOPEN, reason="不是同一件事")
    assert (back.lifecycle, back.merged_into, back.closed_at) == (Lifecycle.OPEN, None, None)


@pytest.mark.parametrize(
    ("incident", "at"),
    [
        (ended(Lifecycle.DISMISSED), NOW + 72 * HOUR),
        (ended(Lifecycle.CLOSED), NOW + HOUR),
        (opened(Tier.YELLOW, lifecycle=Lifecycle.REPAIR, resolved_at=NOW), NOW + HOUR),
        (opened(Tier.YELLOW, lifecycle=Lifecycle.RESOLVED), NOW + HOUR),
    ],
)
def test_what_is_over_asks_for_a_new_incident(incident: Incident, at: datetime) -> None:
    assert "新事件" in (do(incident, Kind.REOPEN, at=at, reason="又来了").refused or "")


@pytest.mark.parametrize(
    "kind",
    [
        Kind.ACK, Kind.TAKE, Kind.CONFIRM_TIER, Kind.PIN, Kind.UNPIN, Kind.RESPOND,
        Kind.STABILISE, Kind.TOUCH, Kind.ASSIGN, Kind.LOWER,
    ],
)  # fmt: skip
def test_what_has_ended_takes_no_work(kind: Kind) -> None:
    args = {"tier": "none"} if kind is Kind.LOWER else {}
    outcome = do(ended(Lifecycle.DISMISSED), kind, reason="试试", **args)
    assert "reopen" in (outcome.refused or "")


def test_a_merged_incident_says_where_it_went() -> None:
    merged = ended(Lifecycle.MERGED, merged_into=3)
    for kind in (Kind.ACK, Kind.RESOLVE, Kind.DISMISS, Kind.CLOSE):
        assert f"已并入 {short_code(3)}：" in (do(merged, kind, reason="试试").refused or "")
