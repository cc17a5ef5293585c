"""What holds for an incident whatever people and the engine do to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.command import Command, Kind, apply
from monitor.domain.incident import Incident, Lifecycle, Outcome
from monitor.domain.tier import Tier
from monitor.domain.transitions import (
    date_back,
    expire,
    lease_events,
    lower_tier,
    open_incident,
    published,
    raise_tier,
    recur,
    settle,
)

START = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

tiers = st.sampled_from(list(Tier))
people = st.sampled_from(["zhang", "li", "wang"])
args = st.fixed_dictionaries(
    {},
    optional={
        "tier": st.sampled_from([tier.key for tier in Tier]),
        "until": st.just("2026-12-22T08:00+08:00"),
        "commander": people,
        "spokesperson": people,
    },
)
wishes = st.tuples(st.sampled_from(list(Kind)), people, st.sampled_from(["", "理由"]), args)
ENGINE = ("raise", "lower", "lease", "expire", "recur", "settle", "publish", "date")
moves = st.one_of(wishes, st.tuples(st.sampled_from(ENGINE), tiers))
stories = st.lists(st.tuples(st.integers(-360, 3000), moves), max_size=25)


def born(tier: Tier, *, candidate: bool = False) -> Incident:
    return open_incident(
        id=1,
        brand="清河互联网医院",
        topic_key="t",
        tier=tier,
        reason="",
        first_public_at=START,
        detected_at=START,
        now=START,
        candidate=candidate,
    ).incident


def engine(incident: Incident, name: str, tier: Tier, now: datetime) -> Outcome:
    return {
        "raise": lambda: raise_tier(incident, tier, "热度", now),
        "lower": lambda: lower_tier(incident, "平静", now),
        "lease": lambda: lease_events(incident, now),
        "expire": lambda: expire(incident, now),
        "recur": lambda: recur(incident, "新帖", now),
        "settle": lambda: settle(incident, now),
        "publish": lambda: published(incident, "li", now),
        "date": lambda: date_back(incident, now, now),
    }[name]()


def moved(incident: Incident, move: tuple[object, ...], now: datetime) -> Outcome:
    if isinstance(move[0], Kind):
        kind, actor, reason, given_args = move
        return apply(incident, Command("c", kind, actor, now, reason, given_args), now)  # type: ignore[arg-type]
    return engine(incident, str(move[0]), Tier(move[1]), now)  # type: ignore[arg-type]


@given(tiers, st.booleans(), stories)
def test_the_invariants_hold_in_every_story(
    tier: Tier, candidate: bool, story: list[tuple[int, tuple[object, ...]]]
) -> None:
    before, now = born(tier, candidate=candidate), START
    for minutes, move in story:
        now += minutes * MINUTE
        outcome = moved(before, move, now)
        after = outcome.incident
        a_change_is_counted_line_by_line(before, outcome)
        a_raise_asks_for_an_answer(before, after)
        nothing_else_takes_an_answer_away(before, outcome)
        red_falls_only_by_the_commander_after_a_statement(before, outcome)
        the_lease_belongs_to_who_works(after)
        assert after.first_public_at <= before.first_public_at
        assert after.peak_tier >= max(after.tier, before.peak_tier)
        before = after


def a_change_is_counted_line_by_line(before: Incident, outcome: Outcome) -> None:
    assert outcome.incident.version == before.version + len(outcome.transitions)
    versions = [transition.version for transition in outcome.transitions]
    assert versions == list(range(before.version + 1, outcome.incident.version + 1))
    if not outcome.transitions or outcome.refused:
        assert outcome.incident == before


def a_raise_asks_for_an_answer(before: Incident, after: Incident) -> None:
    if after.tier > before.tier:
        assert (after.lifecycle, after.acked_by) == (Lifecycle.OPEN, None)


def nothing_else_takes_an_answer_away(before: Incident, outcome: Outcome) -> None:
    after = outcome.incident
    if before.lifecycle.leased and after.lifecycle is Lifecycle.OPEN:
        lost = [t.kind for t in outcome.transitions] == ["lease_lost"]
        assert after.tier > before.tier or lost


def red_falls_only_by_the_commander_after_a_statement(before: Incident, outcome: Outcome) -> None:
    if before.tier is Tier.RED and outcome.incident.tier < Tier.RED:
        (transition,) = outcome.transitions
        assert transition.actor == before.commander
        assert before.statement_published_at is not None
        assert outcome.incident.tier is Tier.ORANGE


def the_lease_belongs_to_who_works(incident: Incident) -> None:
    assert incident.lifecycle.leased == (incident.ack_lease_until is not None)
    if incident.lifecycle.leased:
        assert incident.acked_by is not None


@given(tiers, stories, wishes, st.integers(0, 600))
def test_a_command_applied_twice_is_applied_once(
    tier: Tier, story: list[tuple[int, tuple[object, ...]]], wish: tuple[object, ...], later: int
) -> None:
    incident, now = born(tier), START
    for minutes, move in story:
        now += abs(minutes) * MINUTE
        incident = moved(incident, move, now).incident
    kind, actor, reason, given_args = wish
    command = Command("c", kind, actor, now, reason, given_args)  # type: ignore[arg-type]
    once = apply(incident, command, now)
    twice = apply(once.incident, command, now + later * MINUTE)
    assert twice.incident == once.incident
    assert twice.transitions == ()


@given(tiers, stories)
def test_replaying_the_same_story_gives_the_same_state(
    tier: Tier, story: list[tuple[int, tuple[object, ...]]]
) -> None:
    results = []
    for _ in range(2):
        incident, now = born(tier), START
        for minutes, move in story:
            now += minutes * MINUTE
            incident = moved(incident, move, now).incident
        results.append(incident)
    assert results[0] == results[1]
