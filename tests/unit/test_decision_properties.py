"""What holds of the engine for any run of facts: restarts, cool-downs, holds, pins, clocks."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from monitor.domain.decision import Decision, TierState, decide
from monitor.domain.explain import would_lower
from monitor.domain.mention import Claim
from monitor.domain.metrics import Metrics
from monitor.domain.policy import Override
from monitor.domain.signals import signals
from monitor.domain.tier import Tier
from monitor.policy_file import load_policy

POLICY = load_policy()
NOON = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
EIGHT = datetime(2026, 11, 19, 0, 0, tzinfo=UTC)  # in Shanghai
STATE = TypeAdapter(TierState)
HOURS = timedelta(hours=1)

CLAIMS = st.builds(
    Claim,
    mention_id=st.integers(1, 99),
    code=st.sampled_from(["patient_safety", "conflict", "service_complaint", "fees_fraud"]),
    score=st.floats(0, 1),
    at=st.just(NOON),
    signs=st.frozensets(st.sampled_from(["date_or_place", "consequence"])),
    floors=st.frozensets(st.sampled_from(["death", "minor", "official_notice", "on_premises"])),
    attributed=st.booleans(),
    blamed=st.booleans(),
    platform=st.sampled_from(["微博", "抖音", "小红书", "知乎"]),
)
METRICS = st.builds(
    Metrics,
    at=st.just(NOON),
    mentions=st.integers(0, 500),
    hour=st.integers(0, 100),
    previous_hour=st.integers(0, 100),
    negative_share=st.floats(0, 1),
    heat=st.floats(0, 100),
    sources=st.integers(0, 6),
    claims=st.lists(CLAIMS, max_size=5).map(tuple),
    surprise=st.floats(0, 20),
    healthy=st.booleans(),
)
GAPS = st.timedeltas(timedelta(minutes=1), timedelta(hours=2))
RUNS = st.lists(st.tuples(GAPS, METRICS), min_size=1, max_size=12)


def run(
    steps: Iterable[tuple[timedelta, Metrics]], state: TierState, *, restarts: bool = False
) -> list[Decision]:
    now, decisions = NOON, []
    for gap, facts in steps:
        now += gap
        if restarts:
            state = STATE.validate_json(STATE.dump_json(state))
        decision = decide(POLICY, state, facts, now)
        decisions.append(decision)
        state = decision.state
    return decisions


@given(RUNS)
def test_a_restart_between_any_two_ticks_changes_nothing(
    steps: list[tuple[timedelta, Metrics]],
) -> None:
    assert run(steps, TierState()) == run(steps, TierState(), restarts=True)


@given(METRICS, st.sampled_from(Tier))
def test_deciding_changes_nothing_that_it_was_given(facts: Metrics, tier: Tier) -> None:
    state = TierState(tier=tier, since=NOON)
    before = copy.deepcopy((POLICY, state, facts))

    decide(POLICY, state, facts, NOON)

    assert (POLICY, state, facts) == before


@given(RUNS)
def test_a_tier_never_falls_before_its_cool_down_nor_two_levels_at_once(
    steps: list[tuple[timedelta, Metrics]],
) -> None:
    now, loud = NOON, NOON
    tier = Tier.NONE
    for (gap, facts), decision in zip(steps, run(steps, TierState()), strict=True):
        now += gap
        if decision.tier < tier:
            assert decision.tier == tier - 1
            assert now - loud >= POLICY.quiet[tier]
            assert facts.healthy
            loud = now
        if decision.target >= decision.tier or not facts.healthy:
            loud = now
        tier = decision.tier


@given(RUNS)
def test_red_never_falls_by_itself(steps: list[tuple[timedelta, Metrics]]) -> None:
    tiers = [one.tier for one in run(steps, TierState(tier=Tier.RED, since=NOON))]

    assert set(tiers) == {Tier.RED}


@given(RUNS)
def test_blind_sources_forbid_every_fall(steps: list[tuple[timedelta, Metrics]]) -> None:
    blind = [(gap, replace(facts, healthy=False)) for gap, facts in steps]
    tiers = [one.tier for one in run(blind, TierState(tier=Tier.YELLOW, since=NOON))]

    assert tiers == sorted(tiers)


@given(st.timedeltas(timedelta(0), timedelta(hours=9, minutes=59)), CLAIMS)
def test_a_lone_claim_at_night_never_rises_before_eight(gap: timedelta, claim: Claim) -> None:
    night = EIGHT - timedelta(hours=10) + gap
    lone = replace(
        claim,
        code="patient_safety",
        score=0.9,
        signs=frozenset(),
        floors=frozenset(),
        attributed=True,
        blamed=True,
    )
    facts = Metrics(at=night, mentions=1, hour=1, negative_share=1.0, heat=12.0, sources=1)
    facts = replace(facts, claims=(lone,))

    waiting = decide(POLICY, TierState(), facts, night)

    assert (waiting.tier, waiting.candidate) == (Tier.NONE, True)
    assert decide(POLICY, waiting.state, facts, EIGHT).tier is Tier.YELLOW


@given(METRICS, st.integers(0, 50), st.integers(0, 50))
def test_more_negative_mentions_never_lower_the_target(
    facts: Metrics, mentions: int, claims: int
) -> None:
    """More of the same kind: more mentions, more of them negative, hotter, as often alleged."""
    negative = facts.negative_share * facts.mentions + mentions
    total = facts.mentions + mentions
    angrier = replace(
        facts,
        mentions=total,
        hour=facts.hour + mentions,
        negative_share=max(facts.negative_share, negative / max(1, total)),
        heat=min(100.0, facts.heat + mentions / 10),
        claims=facts.claims + facts.claims[:1] * min(claims, 3),
    )

    before, after = (
        decide(POLICY, TierState(), facts, NOON),
        decide(POLICY, TierState(), angrier, NOON),
    )

    assert after.target >= before.target


@given(METRICS, st.sampled_from([Tier.YELLOW, Tier.ORANGE, Tier.RED]), GAPS)
def test_a_pin_holds_at_least_its_tier_and_never_beyond_its_end(
    facts: Metrics, pin: Tier, gap: timedelta
) -> None:
    pinned = TierState(pin=pin, pin_until=NOON + gap)

    held = decide(POLICY, pinned, facts, NOON)
    free = decide(POLICY, pinned, facts, NOON + gap)

    assert held.tier == max(pin, held.target)
    assert free.tier == free.target


@given(METRICS, st.timedeltas(timedelta(hours=-6), timedelta(0)))
def test_a_clock_that_jumps_back_for_a_tick_lowers_nothing_and_delays_little(
    facts: Metrics, jump: timedelta
) -> None:
    state = decide(POLICY, TierState(tier=Tier.ORANGE, since=NOON), facts, NOON).state
    calm = Metrics(at=NOON)

    jumped = decide(POLICY, state, calm, NOON + jump)

    assert jumped.tier >= state.tier
    later = decide(POLICY, jumped.state, calm, NOON + POLICY.quiet[Tier.ORANGE])
    if state.tier is Tier.ORANGE:
        assert later.tier is Tier.YELLOW


@given(METRICS, st.sampled_from(Tier))
def test_every_decision_says_why_with_numbers_and_what_would_lower_it(
    facts: Metrics, tier: Tier
) -> None:
    decision = decide(POLICY, TierState(tier=tier, since=NOON), facts, NOON)

    assert decision.reason
    assert would_lower(POLICY, decision, facts)
    for one in signals(POLICY, facts, NOON):
        assert one.checks
        assert one.to_json()["checks"]
        if one.rule not in {"floor.credible", "claim.lone"}:  # any one of several signs suffices
            assert all(check.value >= check.limit for check in one.checks)


@given(METRICS)
def test_what_nobody_alleges_lifts_nothing(facts: Metrics) -> None:
    talk = replace(facts, claims=())

    rules = {one.rule for one in signals(POLICY, talk, NOON)}

    assert rules <= {"matrix", "watch"}
    assert decide(POLICY, TierState(), talk, NOON).tier <= Tier.YELLOW


@given(METRICS, st.sampled_from(["甲医院", "乙医院"]))
def test_an_override_of_another_brand_changes_nothing(facts: Metrics, brand: str) -> None:
    changed = replace(POLICY, overrides=(Override({"surprise": 1.0}, brand="丙医院"),))

    assert decide(changed.at(brand, NOON), TierState(), facts, NOON) == decide(
        changed, TierState(), facts, NOON
    )
