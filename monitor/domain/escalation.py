"""Who is called next when nobody answers: levels, deadlines, loops and gaps of the rota."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from math import ceil

from monitor.domain.tier import Tier

# (level from 1, the instant) -> ids of the people on duty then.
Who = Callable[[int, datetime], tuple[str, ...]]

# incidents.md §2 C: L1 to L3 loop; L4, the leadership, is called once and only for RED.
LOOPED_LEVELS = 3
TOP_LEVEL = 4
_UNANSWERED_LOOPS = 2
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sla:
    """Minutes to answer before the next call (incidents.md §2 C).

    `red_loop` is the pause after L3 before RED begins again with L1, `orange_repeat` the pause
    between the calls of L1 when ORANGE has been through its levels.
    """

    red: int = 5
    orange: int = 15
    yellow: int = 60
    red_loop: int = 10
    orange_repeat: int = 60


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours in which yellow waits; equal ends mean that it never waits.

    The zone is a fixed +08:00 by default: China has no summer time.
    """

    start: time = time(22)
    end: time = time(8)
    zone: tzinfo = timezone(timedelta(hours=8))

    def ends_after(self, at: datetime) -> datetime:
        """Return the instant itself, or the end of the quiet hours that it lies in."""
        local = at.astimezone(self.zone)
        if not self._covers(local.time()):
            return at
        end = datetime.combine(local.date(), self.end, self.zone)
        return (end if end > local else end + _DAY).astimezone(at.tzinfo)

    def next_end(self, at: datetime) -> datetime:
        """Return the next instant at which the quiet hours end, always after this one."""
        local = at.astimezone(self.zone)
        end = datetime.combine(local.date(), self.end, self.zone)
        return (end if end > local else end + _DAY).astimezone(at.tzinfo)

    def _covers(self, clock: time) -> bool:
        if self.start <= self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end


@dataclass(frozen=True, slots=True)
class Run:
    """The calls of one OPEN episode; a new episode, or a raised tier, starts a new run.

    `level` is the last one called, 0 before the first call (yellow at night); `levels` is how
    many the rota had at the start; people are looked up when they are called.
    """

    incident_id: int
    tier: Tier
    levels: int
    level: int
    loop: int
    paged_at: datetime
    next_deadline: datetime | None
    active: bool = True
    top_called: bool = False
    grows_at: int | None = None
    """While a yellow waits for the morning: the mentions from which on it is called at once."""


@dataclass(frozen=True, slots=True)
class Page:
    """Call these people now; they have until `respond_by`."""

    incident_id: int
    tier: Tier
    level: int
    loop: int
    people: tuple[str, ...]
    at: datetime
    respond_by: datetime


class GapKind(StrEnum):
    """Why a meta-alert is due."""

    EMPTY = "empty"
    EXHAUSTED = "exhausted"


@dataclass(frozen=True, slots=True)
class Gap:
    """A hole in the chain that the operator must hear of, with the sentence to say."""

    incident_id: int
    tier: Tier
    level: int
    loop: int
    kind: GapKind
    at: datetime
    text: str


Event = Page | Gap

_SLA = Sla()
_QUIET = Quiet()


def begun(
    incident_id: int,
    tier: Tier,
    levels: int,
    now: datetime,
    quiet: Quiet = _QUIET,
    *,
    first_level: int = 1,
    not_before: datetime | None = None,
) -> Run:
    """Return a run before its first call.

    It is due at once, at the end of the quiet hours for yellow, or later still (`not_before`). A
    lost lease begins at the level after the one that had answered (`first_level`).
    """
    looped = min(max(levels, 1), LOOPED_LEVELS)
    begin = quiet.ends_after(now) if tier is Tier.YELLOW else now
    begin = max(begin, not_before or begin)
    run = Run(incident_id, tier, max(levels, 1), min(first_level, looped) - 1, 1, now, begin)
    return run if tier else stop(run)


def advance(
    run: Run,
    now: datetime,
    who: Who,
    sla: Sla = _SLA,
    quiet: Quiet = _QUIET,
    *,
    confirmed: bool = False,
) -> tuple[Run, tuple[Event, ...]]:
    """Call the next level if its time has come; before that nothing happens.

    RED goes L1, L2, L3 and begins again after a pause, without end; L4 follows L3 once, if a
    person confirmed RED or two whole loops went unanswered. ORANGE and YELLOW go through their
    levels once and tell the operator; then ORANGE calls L1 every hour, and YELLOW stops. After a
    stall one call goes out, for now; a clock that was set back begins the present wait anew.
    `confirmed` says that a person confirmed the tier.
    """
    if not run.active or run.next_deadline is None:
        return run, ()
    if now < run.paged_at:
        return _timed(run, now, sla, quiet, confirmed=confirmed), ()
    if now < run.next_deadline:
        return run, ()
    if run.tier is Tier.YELLOW and quiet.ends_after(now) > now:
        return replace(run, next_deadline=quiet.ends_after(now)), ()
    return _climb(run, now, who, sla, quiet, confirmed=confirmed)


def grown_from(mentions: int, growth: float, least: int) -> int:
    """From how many mentions on a yellow that waits for the morning is called at once.

    `growth` times what it had when it began to wait, `least` however: two more voices beside a
    first one are no reason to wake anybody. The shipped policy says 3.0 (incidents.md §2 C) and
    6, the numbers of every other growth.
    """
    return max(least, ceil(growth * max(1, mentions)))


def waiting(run: Run, grows_at: int) -> Run:
    """Note the growth that ends the wait of a yellow, once."""
    return replace(run, grows_at=run.grows_at or grows_at) if run.active else run


def promote(
    run: Run, now: datetime, who: Who, sla: Sla = _SLA, quiet: Quiet = _QUIET
) -> tuple[Run, tuple[Event, ...]]:
    """Call for a yellow that has grown too much to wait; the level after it waits as always."""
    return _climb(run, now, who, sla, quiet, confirmed=False)


def postponed(run: Run, until: datetime) -> Run:
    """Put the next call off, as while a brand-level RED mutes its yellows or a silence holds."""
    return replace(run, next_deadline=until, grows_at=None)


def stop(run: Run) -> Run:
    """End the run: acknowledged, dismissed, merged or closed."""
    return replace(run, active=False, next_deadline=None)


def _climb(
    run: Run, now: datetime, who: Who, sla: Sla, quiet: Quiet, *, confirmed: bool
) -> tuple[Run, tuple[Event, ...]]:
    """Go on until somebody is there, over each level at most once."""
    events: list[Event] = []
    seen: set[int] = set()
    run = replace(run, grows_at=None)
    following = _next(run, now, again=True, confirmed=confirmed)
    while following.level not in seen:
        if _is_through(run):
            events.append(_gap(run, GapKind.EXHAUSTED, now))
            if run.tier is Tier.YELLOW:
                return stop(run), tuple(events)
        run = _timed(following, now, sla, quiet, confirmed=confirmed)
        people = who(run.level, now)
        if people:
            return _called(run), (*events, _page(run, people, now))
        events.append(_gap(run, GapKind.EMPTY, now))
        seen.add(run.level)
        following = _next(run, now, again=False, confirmed=confirmed)
    return run, tuple(events)


def _next(run: Run, now: datetime, *, again: bool, confirmed: bool) -> Run:
    """Return the run at its next level; an ORANGE that is through starts from L1 `again`."""
    repeats = again and run.tier is Tier.ORANGE and run.loop > 1
    if run.level < min(run.levels, LOOPED_LEVELS) and not repeats:
        return replace(run, level=run.level + 1, paged_at=now)
    if _wants_top(run, confirmed=confirmed):
        return replace(run, level=TOP_LEVEL, paged_at=now)
    return replace(run, level=1, loop=run.loop + 1, paged_at=now)


def _wants_top(run: Run, *, confirmed: bool) -> bool:
    if run.tier is not Tier.RED or run.top_called or run.level >= TOP_LEVEL:
        return False
    return run.levels >= TOP_LEVEL and (confirmed or run.loop >= _UNANSWERED_LOOPS)


def _is_through(run: Run) -> bool:
    """Tell whether an ORANGE or YELLOW has been through its levels for the first time."""
    last = run.level >= min(run.levels, LOOPED_LEVELS)
    return last and run.loop == 1 and run.tier is not Tier.RED


def _called(run: Run) -> Run:
    return replace(run, top_called=run.top_called or run.level == TOP_LEVEL)


def _timed(run: Run, now: datetime, sla: Sla, quiet: Quiet, *, confirmed: bool) -> Run:
    """Set the deadline of the present level, counted from now."""
    if run.level == 0:
        return replace(run, paged_at=now, next_deadline=quiet.ends_after(now))
    end = now + timedelta(minutes=_pause(run, sla, confirmed=confirmed))
    if run.tier is Tier.YELLOW:
        end = quiet.ends_after(end)
    return replace(run, paged_at=now, next_deadline=end)


def _pause(run: Run, sla: Sla, *, confirmed: bool) -> int:
    if run.tier is Tier.YELLOW:
        return sla.yellow
    if run.tier is Tier.ORANGE:
        return sla.orange_repeat if run.loop > 1 else sla.orange
    begins_again = _next(run, run.paged_at, again=True, confirmed=confirmed).level == 1
    return sla.red_loop if begins_again else sla.red


def _page(run: Run, people: tuple[str, ...], now: datetime) -> Page:
    by = run.next_deadline or now
    return Page(run.incident_id, run.tier, run.level, run.loop, people, now, by)


def _gap(run: Run, kind: GapKind, now: datetime) -> Gap:
    if kind is GapKind.EMPTY:
        text = f"第 {run.level} 级此刻没有人值班，已跳过这一级继续叫人：请补排值班表。"
    else:
        text = f"{run.tier.label}告警已叫遍各级，仍无人接手：请电话联系值班负责人。"
    return Gap(run.incident_id, run.tier, run.level, run.loop, kind, now, text)
