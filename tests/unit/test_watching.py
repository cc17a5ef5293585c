"""The quiet before a fall counts watched time alone: jumps of the clock and halts bring none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.decision import TierState, decide
from monitor.domain.metrics import Metrics
from monitor.domain.tier import Tier
from monitor.domain.watching import counted_from
from monitor.policy_file import load_policy

POLICY = load_policy()
NOON = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
LONGEST = timedelta(hours=1)
SIX = timedelta(hours=6)
PAUSES = st.timedeltas(timedelta(seconds=1), LONGEST)
JUMPS = st.timedeltas(-SIX, SIX)
LOOKS = st.lists(st.tuples(PAUSES, JUMPS), min_size=1, max_size=60)


@given(st.timedeltas(timedelta(0), SIX), PAUSES)
def test_looks_that_come_in_time_change_nothing(quiet: timedelta, pause: timedelta) -> None:
    since = NOON - quiet
    assert counted_from(since, NOON, NOON + pause, LONGEST) == since


@given(st.timedeltas(timedelta(0), SIX), JUMPS)
def test_a_look_never_counts_more_than_the_longest_pause_nor_less_than_before(
    quiet: timedelta, jump: timedelta
) -> None:
    now = NOON + jump
    since = counted_from(NOON - quiet, NOON, now, LONGEST)

    assert since is not None
    assert quiet <= now - since <= quiet + LONGEST


def test_without_a_quiet_or_a_look_before_there_is_nothing_to_correct() -> None:
    assert counted_from(None, NOON, NOON + SIX, LONGEST) is None
    assert counted_from(NOON, None, NOON + SIX, LONGEST) == NOON


@given(LOOKS, st.sampled_from([Tier.YELLOW, Tier.ORANGE]))
def test_however_the_clock_jumps_no_tier_falls_before_it_was_watched_long_enough(
    looks: list[tuple[timedelta, timedelta]], tier: Tier
) -> None:
    """Real time passes by the pauses, at most one step of it counts for a jump's own step."""
    clock, state, watched, first = NOON, TierState(tier=tier, since=NOON), timedelta(0), True
    for pause, jump in looks:
        before, clock = clock, clock + pause + jump
        watched += timedelta(0) if first else min(max(timedelta(0), clock - before), LONGEST)
        first = False
        since = counted_from(state.quiet_since, before, clock, LONGEST)
        held = TierState(tier=state.tier, since=state.since, quiet_since=since)
        state = decide(POLICY, held, Metrics(at=clock), clock).state
        if state.tier < tier:
            assert watched >= POLICY.quiet[tier]
            return


@given(JUMPS, st.integers(0, 5))
def test_a_jump_and_its_mending_leave_the_fall_within_an_hour_of_its_time(
    jump: timedelta, hours: int
) -> None:
    """The clock jumps after so many hours and is set right at the next look."""
    looks = [NOON + hour * LONGEST for hour in range(hours + 1)]
    looks += [looks[-1] + jump, looks[-1] + timedelta(minutes=30)]
    since: datetime | None = NOON
    for before, now in pairwise(looks):
        since = counted_from(since, before, now, LONGEST)

    assert since is not None
    assert abs(since - NOON) <= LONGEST
