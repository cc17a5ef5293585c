"""The engine: `decide(policy, state, metrics, now)` says which tier a topic has, and why.

Pure: the same arguments give the same answer, and nothing is read or sent. Signals are computed
from the metrics; the loudest one is the target. Up happens at once; down happens one level at a
time, only after the target has stayed below the tier for the policy's quiet time with healthy
crawling. RED is brought down by people alone (DESIGN §7).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.domain.metrics import Metrics
from monitor.domain.policy import Policy
from monitor.domain.signals import Signal, signals
from monitor.domain.tier import Tier

NAMED_BLIND = 3  # a reason is read on a telephone


@dataclass(frozen=True, slots=True)
class TierState:
    """What the engine remembers of a topic between two looks."""

    tier: Tier = Tier.NONE
    since: datetime | None = None
    quiet_since: datetime | None = None
    """Since when the target has been below the tier with healthy crawling."""
    pin: Tier | None = None
    pin_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A tier with its reason; `state` is what to remember."""

    state: TierState
    change: str
    """raised, lowered, held or none."""
    target: Tier
    signals: tuple[Signal, ...]
    candidate: bool = False
    """A lone claim at night that waits for the morning."""
    blind: tuple[str, ...] = ()
    """Sources that show nothing at the moment; the numbers may be too low because of them."""

    @property
    def tier(self) -> Tier:
        """The tier in force."""
        return self.state.tier

    @property
    def reason(self) -> str:
        """Why, in Chinese, loudest signal first, and through which sources nothing was seen."""
        loud = [signal.text for signal in self.signals if signal.tier >= self.target]
        why = loud[:2] or ["没有达到任何一级的条件"]
        return "；".join([*why, *_unseen(self.blind)])

    @property
    def evidence(self) -> tuple[int, ...]:
        """Up to five mention ids behind the signals, in order of weight."""
        ids = [number for signal in self.signals for number in signal.mentions]
        return tuple(dict.fromkeys(ids))[:5]


def decide(policy: Policy, state: TierState, metrics: Metrics, now: datetime) -> Decision:
    """Return the tier that holds at `now`, what to remember, and the signals behind it."""
    found = signals(policy, metrics, now)
    target = max((signal.tier for signal in found if not signal.waits), default=Tier.NONE)
    candidate = target is Tier.NONE and any(signal.waits for signal in found)
    floor = _pinned(state, now)
    wanted = max(target, floor) if floor is not None else target
    if wanted > state.tier:
        after = replace(state, tier=wanted, since=now, quiet_since=None)
        return Decision(after, "raised", target, found, candidate, metrics.blind)
    after, change = _settle(policy, state, wanted, metrics, now)
    return Decision(after, change, target, found, candidate, metrics.blind)


def _unseen(blind: tuple[str, ...]) -> list[str]:
    """Name three blind sources at most; the status page has them all."""
    more = f"等 {len(blind)} 个来源看不到" if len(blind) > NAMED_BLIND else ""
    return ["、".join(blind[:NAMED_BLIND]) + more] if blind else []


def _pinned(state: TierState, now: datetime) -> Tier | None:
    if state.pin is None or (state.pin_until is not None and now >= state.pin_until):
        return None
    return state.pin


def _settle(
    policy: Policy, state: TierState, wanted: Tier, metrics: Metrics, now: datetime
) -> tuple[TierState, str]:
    if wanted == state.tier or not metrics.healthy:
        return replace(state, quiet_since=None), "held" if state.tier else "none"
    # A clock that was set back must not make the quiet time negative or endless.
    quiet_since = min(state.quiet_since or now, now)
    if state.tier is Tier.RED or now - quiet_since < quiet_time(policy, state.tier):
        return replace(state, quiet_since=quiet_since), "held"
    lower = Tier(state.tier - 1)
    # The next quiet begins with this look, unless the lower tier's own condition holds already.
    again = now if wanted < lower else None
    return replace(state, tier=lower, since=now, quiet_since=again), "lowered"


def quiet_time(policy: Policy, tier: Tier) -> timedelta:
    """How long the target must stay below `tier` before the engine lowers it by one."""
    return policy.quiet[tier]
