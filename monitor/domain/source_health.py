"""Says from its runs whether a source can see: ok, degraded, soft-blocked, blocked or silent.

Empty is not zero: a source that answers, but with a login page, a captcha, another schema or
nothing at all, is as blind as one that is down, and «no data» must never look like «no crisis».
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.domain.mention import SHANGHAI

CONFIRMED_AFTER = 2
"""Bad runs in a row before trouble that passes by itself counts as blindness, and before anyone is
woken: a single timeout heals in the next run, and blindness must be told within two intervals."""
READABLE_SHARE = 0.8
"""Of the rows; result lists of ten mix in one or two advertisements that are no posts."""


class SourceState(StrEnum):
    """What a source is worth at the moment."""

    NEW = "new"
    OK = "ok"
    DEGRADED = "degraded"
    SOFT_BLOCKED = "soft_blocked"
    BLOCKED = "blocked"
    SILENT = "silent"

    @property
    def blind(self) -> bool:
        """Whether nothing can be seen through it."""
        return self in {SourceState.SOFT_BLOCKED, SourceState.BLOCKED, SourceState.SILENT}

    @property
    def label(self) -> str:
        """The state as people read it."""
        return _LABELS[self]


_LABELS = {
    SourceState.NEW: "还没读过",
    SourceState.OK: "正常",
    SourceState.DEGRADED: "不完整",
    SourceState.SOFT_BLOCKED: "被软性拦截",
    SourceState.BLOCKED: "被拒绝访问",
    SourceState.SILENT: "看不到新内容",
}
REFUSED = frozenset({"forbidden", "robots", "quota", "private_address", "untrusted"})
"""The site says no, and will say so again."""
GATED = frozenset(
    {"login_page", "captcha", "visitor_page", "soft_blocked", "schema", "not_a_feed"}
    | {"malformed", "needs_script"}
)
"""The site answers, but not with what we came for."""
MINOR = frozenset(
    {"no_link", "future_date", "bad_entry", "truncated", "budget", "robots", "not_found"}
    | {"bad_article"}
)
"""Of single entries or of our own limits; they take nothing from a run that was read."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run as its record tells it."""

    at: datetime
    status: str
    """ok, not_modified, empty or failed."""
    kinds: frozenset[str] = frozenset()
    """The kinds of its problems."""
    rows: int = 0
    parsed: int = 0

    @property
    def read(self) -> bool:
        """Whether the source answered with what we came for, be it nothing."""
        return self.status != "failed"


@dataclass(frozen=True, slots=True)
class Goal:
    """What is expected of a source."""

    every: timedelta
    silent_after: timedelta
    quiet: bool = False
    """Whether nothing new is ordinary: then it is enough that it can be read."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a source beyond its last runs."""

    since: datetime
    """When it began to be watched."""
    last_read_at: datetime | None = None
    last_item_at: datetime | None = None
    had_rows: bool = False
    """Whether it ever showed anything."""


@dataclass(frozen=True, slots=True)
class Health:
    """The state, and since when nothing can be seen (None while something can)."""

    state: SourceState
    blind_since: datetime | None = None
    confirmed: bool = False
    """Whether the blindness has lasted long enough to wake somebody."""


def clock(moment: datetime, now: datetime) -> str:
    """Return an instant as people say it: with the day only where that is another one."""
    local, today = moment.astimezone(SHANGHAI), now.astimezone(SHANGHAI).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%m-%d %H:%M}"


def assess(runs: Sequence[Run], goal: Goal, seen: Seen, now: datetime) -> Health:
    """Return the health of a source at `now`; `runs` are its last ones, the newest last."""
    if not runs:
        late = now - seen.since >= goal.silent_after
        return Health(SourceState.SILENT, seen.since, confirmed=True) if late else _fine(None)
    bad = _bad_streak(runs, seen)
    if bad:
        return _trouble(runs[-1], bad, goal, seen, now)
    last_data = _last_data(goal, seen)
    if now - last_data >= goal.silent_after:
        return Health(SourceState.SILENT, last_data, confirmed=True)
    return _fine(runs[-1])


def _fine(run: Run | None) -> Health:
    if run is None:
        return Health(SourceState.NEW)
    unread = run.rows and run.parsed < READABLE_SHARE * run.rows
    return Health(SourceState.DEGRADED if unread or run.kinds - MINOR else SourceState.OK)


def _bad_streak(runs: Sequence[Run], seen: Seen) -> int:
    """Count the last runs that showed nothing, back to the last that did."""
    good = (n for n, run in enumerate(reversed(runs)) if run.read and not _emptied(run, seen))
    return next(good, len(runs))


def _emptied(run: Run, seen: Seen) -> bool:
    """Whether a list that used to hold entries holds none: the sign of a quiet block."""
    return run.status == "empty" and run.rows == 0 and seen.had_rows


def _last_data(goal: Goal, seen: Seen) -> datetime:
    return (seen.last_read_at if goal.quiet else seen.last_item_at) or seen.since


def _trouble(run: Run, bad: int, goal: Goal, seen: Seen, now: datetime) -> Health:
    since = seen.last_read_at or seen.since
    lasting = bad >= CONFIRMED_AFTER or now - since >= CONFIRMED_AFTER * goal.every + goal.every
    state = _named(run)
    if state is None:
        return Health(SourceState.SILENT, since, confirmed=True) if lasting else _passing()
    return Health(state, since, confirmed=lasting)


def _passing() -> Health:
    return Health(SourceState.DEGRADED)


def _named(run: Run) -> SourceState | None:
    """Return what the run's problems say outright; None for trouble that may pass by itself."""
    if run.kinds & REFUSED:
        return SourceState.BLOCKED
    if run.kinds & GATED:
        return SourceState.SOFT_BLOCKED
    return None
