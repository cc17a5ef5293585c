"""The tier engine: one tick as a table, and what holds for any input."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.decision import TierState, decide
from monitor.domain.explain import would_lower
from monitor.domain.heat import heat_of_attention
from monitor.domain.mention import Claim
from monitor.domain.metrics import Metrics
from monitor.domain.policy import Policy
from monitor.domain.tier import Tier

NOON = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)  # 02:00 in Shanghai
N, Y, O, R = Tier  # noqa: E741 - the four tiers in a row
POLICY = Policy(
    version="test",
    bands=(30, 50, 65, 80),
    matrix={
        "critical": (N, Y, O, O, R),
        "serious": (N, Y, Y, O, O),
        "ordinary": (N, N, Y, Y, O),
        "none": (N, N, N, N, Y),
    },
    quiet={Y: timedelta(hours=12), O: timedelta(hours=6), R: timedelta(hours=12)},
)
SIGNS = frozenset({"date_or_place", "consequence"})


def claim(code: str = "patient_safety", **fields: object) -> Claim:
    return replace(Claim(1, code, 0.9, NOON), **fields)  # type: ignore[arg-type]


def metrics(*claims: Claim, **fields: object) -> Metrics:
    given = {"mentions": 1, "hour": 1, "negative_share": 1.0, "heat": 15.0, "sources": 1}
    return Metrics(at=NOON, claims=claims, **{**given, **fields})  # type: ignore[arg-type]


CASES = {
    "nothing alleged and nothing hot is no alarm": (metrics(), N),
    "one credible harm claim lights orange": (metrics(claim(signs=SIGNS)), O),
    "one harm claim with a single sign is yellow by day": (
        metrics(claim(signs=frozenset({"consequence"}))),
        Y,
    ),
    "a child harmed needs no second sign": (metrics(claim(floors=frozenset({"minor"}))), O),
    "a death nobody lays at our door is no floor": (
        metrics(claim(floors=frozenset({"death"}), signs=SIGNS, attributed=False), heat=10.0),
        N,
    ),
    "a second independent source makes a weak claim credible": (metrics(claim(), sources=2), O),
    "two sources that grow light red": (
        metrics(claim(signs=SIGNS), sources=2, hour=12, previous_hour=2),
        R,
    ),
    "two sources without growth stay orange": (
        metrics(claim(signs=SIGNS), sources=2, hour=3, previous_hour=2),
        O,
    ),
    "an official notice lights red": (
        metrics(claim(signs=SIGNS, floors=frozenset({"official_notice"}))),
        R,
    ),
    "a suicide on the premises lights orange": (
        metrics(claim("conflict", floors=frozenset({"death", "on_premises"}))),
        O,
    ),
    "a quarrel without harm is no floor": (metrics(claim("conflict", signs=SIGNS)), N),
    "hot condolences are at most yellow": (metrics(heat=95.0), Y),
    "a hot service complaint is orange at the very top only": (
        metrics(claim("service_complaint"), heat=70.0),
        Y,
    ),
    "a topic most people are not angry about stays silent": (
        metrics(claim("fees_fraud"), heat=70.0, negative_share=0.1),
        N,
    ),
    "a burst lifts a named allegation by one level": (
        metrics(*[claim("fees_fraud")] * 3, heat=35.0, hour=12, surprise=6.0),
        O,
    ),
    "a burst of the brand's other topics does not lift a quiet one": (
        metrics(*[claim("fees_fraud")] * 3, heat=35.0, hour=0, surprise=6.0),
        Y,
    ),
    "a critical code without blame weighs as serious, however hot": (
        metrics(claim(blamed=False, signs=SIGNS), heat=95.0),
        O,
    ),
    "the same with blame is red": (metrics(claim(), heat=95.0), R),
    "a burst of forwards of one voice lifts nothing": (
        metrics(claim("fees_fraud"), heat=35.0, hour=12, surprise=6.0),
        Y,
    ),
    "a slow build of allegations lifts without a loud hour": (
        metrics(*[claim("fees_fraud")] * 3, heat=35.0, mentions=9, hour=1, volume_score=1.2),
        O,
    ),
    "a slow build below its alarm lifts nothing": (
        metrics(*[claim("fees_fraud")] * 3, heat=35.0, mentions=9, hour=1, volume_score=0.9),
        Y,
    ),
    "allegations on three platforms lift by one level": (
        metrics(
            *[claim("fees_fraud", platform=one) for one in ("微博", "抖音", "知乎")], heat=20.0
        ),
        Y,
    ),
    "on two platforms they do not": (
        metrics(*[claim("fees_fraud", platform=one) for one in ("微博", "抖音")], heat=20.0),
        N,
    ),
    "a burst on three platforms lifts no more than one level": (
        metrics(
            *[claim("fees_fraud", platform=one) for one in ("微博", "抖音", "知乎")],
            heat=20.0,
            hour=12,
            surprise=6.0,
        ),
        Y,
    ),
    "spread lifts to orange at most": (
        metrics(
            *[claim("fees_fraud", platform=one) for one in ("微博", "抖音", "知乎")], heat=70.0
        ),
        O,
    ),
    "an unsure prediction is no floor": (metrics(claim(score=0.3, signs=SIGNS)), N),
}


@pytest.mark.parametrize(("facts", "tier"), CASES.values(), ids=CASES.keys())
def test_one_look(facts: Metrics, tier: Tier) -> None:
    assert decide(POLICY, TierState(), facts, NOON).tier is tier


def test_a_lone_claim_at_night_waits_as_a_candidate() -> None:
    weak = metrics(claim())

    at_night = decide(POLICY, TierState(), weak, NIGHT)

    assert (at_night.tier, at_night.candidate) == (N, True)
    assert decide(POLICY, TierState(), weak, NOON).tier is Y


def test_it_falls_one_level_only_after_the_quiet_time() -> None:
    state = TierState(tier=O, since=NOON)
    calm = metrics()

    waiting = decide(POLICY, state, calm, NOON)
    early = decide(POLICY, waiting.state, calm, NOON + timedelta(hours=5, minutes=59))
    late = decide(POLICY, early.state, calm, NOON + timedelta(hours=6))

    assert (waiting.tier, early.tier, late.tier) == (O, O, Y)


def test_red_does_not_fall_by_itself() -> None:
    state = TierState(tier=R, since=NOON, quiet_since=NOON)

    assert decide(POLICY, state, metrics(), NOON + timedelta(days=30)).tier is R


def test_no_data_is_not_good_news() -> None:
    state = TierState(tier=Y, since=NOON, quiet_since=NOON)
    blind = metrics(healthy=False)

    after = decide(POLICY, state, blind, NOON + timedelta(days=3))

    assert (after.tier, after.state.quiet_since) == (Y, None)


def test_a_pin_holds_until_its_end() -> None:
    pinned = TierState(tier=Y, since=NOON, pin=O, pin_until=NOON + timedelta(hours=1))

    assert decide(POLICY, pinned, metrics(), NOON).tier is O
    assert decide(POLICY, pinned, metrics(), NOON + timedelta(hours=1)).tier is Y


def test_every_decision_says_why_and_what_would_lower_it() -> None:
    facts = metrics(claim(mention_id=7, signs=SIGNS))

    decision = decide(POLICY, TierState(), facts, NOON)

    assert "患者安全" in decision.reason
    assert decision.evidence == (7,)
    assert "6 小时" in would_lower(POLICY, decision, facts)


CLAIMS = st.builds(
    Claim,
    mention_id=st.integers(1, 99),
    code=st.sampled_from(["patient_safety", "conflict", "service_complaint", "fees_fraud"]),
    score=st.floats(0, 1),
    at=st.just(NOON),
    signs=st.frozensets(st.sampled_from(["date_or_place", "consequence"])),
    floors=st.frozensets(st.sampled_from(["death", "minor", "official_notice", "on_premises"])),
    attributed=st.booleans(),
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
    claims=st.lists(CLAIMS, max_size=4).map(tuple),
    surprise=st.floats(0, 20),
    healthy=st.booleans(),
)
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=3)).map(lambda gap: NOON + gap)
STATES = st.builds(
    TierState,
    tier=st.sampled_from(Tier),
    since=st.just(NOON),
    quiet_since=st.one_of(st.none(), INSTANTS),
)


@given(STATES, METRICS, INSTANTS)
def test_the_same_facts_give_the_same_decision(
    state: TierState, facts: Metrics, now: datetime
) -> None:
    assert decide(POLICY, state, facts, now) == decide(POLICY, state, facts, now)


@given(STATES, METRICS, INSTANTS)
def test_looking_twice_ends_at_the_same_tier(
    state: TierState, facts: Metrics, now: datetime
) -> None:
    once = decide(POLICY, state, facts, now)

    twice = decide(POLICY, once.state, facts, now)

    assert twice.tier in (once.tier, max(once.target, Tier(max(0, once.tier - 1))), once.tier)
    assert twice.tier <= max(once.tier, twice.target)


@given(STATES, METRICS, INSTANTS, st.floats(0, 1))
def test_more_negatives_never_lower_a_tier(
    state: TierState, facts: Metrics, now: datetime, share: float
) -> None:
    angrier = replace(facts, negative_share=max(facts.negative_share, share))

    assert decide(POLICY, state, angrier, now).target >= decide(POLICY, state, facts, now).target


@given(STATES, METRICS, INSTANTS, CLAIMS)
def test_one_more_claim_never_lowers_the_target(
    state: TierState, facts: Metrics, now: datetime, more: Claim
) -> None:
    louder = replace(facts, claims=(*facts.claims, more))

    assert decide(POLICY, state, louder, now).target >= decide(POLICY, state, facts, now).target


@given(STATES, METRICS, INSTANTS)
def test_it_never_falls_more_than_one_level_nor_before_the_quiet_time(
    state: TierState, facts: Metrics, now: datetime
) -> None:
    after = decide(POLICY, state, facts, now)

    assert after.tier >= state.tier - 1
    if after.tier < state.tier:
        assert state.quiet_since is not None
        assert now - state.quiet_since >= POLICY.quiet[state.tier]


@given(METRICS, st.timedeltas(timedelta(hours=-6), timedelta(hours=6)))
def test_a_clock_that_jumps_back_neither_drops_nor_freezes_a_tier(
    facts: Metrics, jump: timedelta
) -> None:
    calm = replace(facts, claims=(), heat=0.0, healthy=True)
    state = decide(POLICY, TierState(tier=O, since=NOON), calm, NOON).state

    jumped = decide(POLICY, state, calm, NOON + jump)

    assert jumped.tier is (Y if jump >= timedelta(hours=6) else O)
    assert decide(POLICY, jumped.state, calm, NOON + jump + timedelta(hours=6)).tier < O


@given(st.floats(0, 1e12), st.floats(0, 1e12))
def test_heat_rises_with_attention_and_stays_in_its_scale(one: float, other: float) -> None:
    low, high = sorted((one, other))

    assert 0 <= heat_of_attention(low) <= heat_of_attention(high) <= 100
