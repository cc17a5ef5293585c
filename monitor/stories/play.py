"""Plays a story through the engine's own `decide`, step by step; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.baseline.spread import PRIOR_FRAILTY
from monitor.baseline.tail import surprise
from monitor.domain.decision import Decision, TierState, decide
from monitor.domain.explain import would_lower
from monitor.domain.heat import heat_of_attention
from monitor.domain.metrics import Metrics
from monitor.domain.policy import Policy
from monitor.domain.signals import is_floor_claim
from monitor.stories.story import Expected, Row, Story

_HOUR = timedelta(hours=1)
_PLAIN = 10.0  # attention of one mention without counters, as domain.heat weighs it


@dataclass(frozen=True, slots=True)
class Look:
    """What the engine saw and said at one instant of a story."""

    at: datetime
    metrics: Metrics
    decision: Decision
    way_down: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """One expectation and what came of it."""

    expected: Expected
    look: Look

    @property
    def holds(self) -> bool:
        """Whether it came as expected."""
        got = self.look.decision
        return (got.tier, got.candidate) == (self.expected.tier, self.expected.candidate)


def judge(policy: Policy, story: Story) -> tuple[Verdict, ...]:
    """Play the story and compare it with what it expects."""
    looks = {look.at: look for look in play(policy, story)}
    return tuple(Verdict(one, looks[one.at]) for one in story.expected)


def play(policy: Policy, story: Story) -> Iterator[Look]:
    """Every look of the engine, at each step and at each instant of which something is expected."""
    state = TierState()
    answered: datetime | None = None
    for now in _instants(story):
        for one in story.lowered:
            if one.at == now:
                state, answered = TierState(tier=one.tier, since=now), now
        in_force = policy.at(story.brand, now)
        metrics = measured(in_force, story, now, answered)
        decision = decide(in_force, _pinned(story, state, now), metrics, now)
        state = decision.state
        yield Look(now, metrics, decision, would_lower(in_force, decision, metrics))


def _instants(story: Story) -> list[datetime]:
    # The daemon looks again every half hour while a tier holds, however rare the mentions.
    step = min(story.interval, timedelta(minutes=30))
    steps = int((story.end - story.start) / step) + 1
    at = {story.start + step * number for number in range(steps)}
    at |= {story.start + story.interval * n for n in range(len(story.counts))}
    at |= {one.at for one in story.expected} | {one.at for one in story.lowered}
    return sorted(at)


def _pinned(story: Story, state: TierState, now: datetime) -> TierState:
    pin = next((one for one in story.pins if one.since <= now < one.until), None)
    return replace(state, pin=pin.tier if pin else None, pin_until=pin.until if pin else None)


def measured(policy: Policy, story: Story, now: datetime, answered: datetime | None) -> Metrics:
    """The story's numbers at an instant, counted as the daemon counts them."""
    since = now - policy.window
    claims = [
        one
        for one in story.claims
        if since < one.claim.at <= now and (answered is None or one.claim.at > answered)
    ]
    mentions = _sum(story, story.counts, since, now)
    negative = _sum(story, story.negatives, since, now) if story.negatives else mentions
    hour = _sum(story, story.counts, now - _HOUR, now)
    voices = {one.voice for one in claims if is_floor_claim(one.claim, policy)}
    return Metrics(
        at=now,
        mentions=round(mentions),
        hour=round(hour),
        previous_hour=round(_sum(story, story.counts, now - 2 * _HOUR, now - _HOUR)),
        negative_share=min(1.0, negative / max(1.0, mentions)),
        heat=_heat(story, mentions, now),
        sources=len(voices),
        platforms=len({one.claim.platform for one in claims if one.claim.platform}),
        claims=tuple(one.claim for one in claims),
        surprise=surprise(round(hour), story.usual, PRIOR_FRAILTY),
        healthy=_value(story, story.counts, now) is not None,
    )


def _sum(story: Story, row: Row, since: datetime, until: datetime) -> float:
    total = 0.0
    for number, count in enumerate(row):
        if since < story.start + story.interval * number <= until:
            total += count or 0.0
    return total


def _value(story: Story, row: Row, now: datetime) -> float | None:
    """The row's entry for an instant; zero beyond its end."""
    place = int((now - story.start) / story.interval)
    return row[place] if place < len(row) else 0.0


def _heat(story: Story, mentions: float, now: datetime) -> float:
    if not story.heat:
        return heat_of_attention(_PLAIN * mentions)
    place = min(int((now - story.start) / story.interval), len(story.heat) - 1)
    return story.heat[place] or 0.0
