"""When a source may be asked again: interval, breaker, the site's own wish, the quota."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

BREAKER_DOUBLINGS = 4
"""A failing source waits at most 2**4 = 16 intervals, 80 minutes at the usual five; capped."""
LONGEST_WAIT = timedelta(hours=1)
"""However often a source failed, it is tried again hourly; a healed one is missed no longer."""
LONGEST_WISH = timedelta(days=1)
"""Of a Retry-After; sites that ask for more have shut the door, which its state says by then."""


@dataclass(frozen=True, slots=True)
class Budget:
    """At most so many requests in a span of time."""

    calls: int
    per: timedelta


def tightest(*budgets: Budget | None) -> Budget | None:
    """Return the budget that allows the fewest requests in the long run."""
    given = [one for one in budgets if one is not None]
    return max(given, key=lambda one: one.per / one.calls, default=None)


def allowance(budget: Budget | None, every: timedelta, used: int, most: int) -> int:
    """Return how many requests the next run may send, `used` being those of the last span.

    The budget is spread over its span: used up in the morning, it would leave the evening blind.
    """
    if budget is None:
        return most
    share = max(1, int(budget.calls * (every / budget.per)))
    return max(0, min(most, share, budget.calls - used))


def pace(every: timedelta, budget: Budget | None) -> timedelta:
    """Return the interval, longer where not even one request a run is in the budget."""
    return every if budget is None else max(every, budget.per / budget.calls)


def wait(interval: timedelta, failures: int, wish: timedelta = timedelta(0)) -> timedelta:
    """Return the wait after a run; `failures` in a row open the breaker wider each time."""
    if failures <= 1:
        return max(interval, min(wish, LONGEST_WISH))
    doubled = interval * (1 << min(failures - 1, BREAKER_DOUBLINGS))
    return max(min(doubled, max(interval, LONGEST_WAIT)), min(wish, LONGEST_WISH))
