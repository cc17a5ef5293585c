"""Who is called next when nobody answers: levels, deadlines, loops and gaps of the rota."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum

from monitor.domain.tier import Tier

# (level from 1, the instant) -> ids of the people on duty then.
Who = Callable[[int, datetime], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Sla:
    """Minutes to answer before the next level is called (incidents.md §2 C)."""

    red: int = 5
    orange: int = 15
    yellow: int = 60
    red_loop: int = 10
    orange_repeat: int = 60


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours in which yellow waits; equal ends mean that it never waits."""

    start: time = time(22)
    end: time = time(8)
    zone: tzinfo = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Run:
    """The calls of one OPEN episode; a new episode, or a raised tier, starts a new run.

    `level` 0 means that nobody was called yet (yellow at night); `levels` is how many the rota
    had at the start; people are looked up when they are called.
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
    """A hole in the chain that the operator must hear of."""

    incident_id: int
    tier: Tier
    level: int
    loop: int
    kind: GapKind
    at: datetime
    text: str


Event = Page | Gap


def start(
    incident_id: int,
    tier: Tier,
    levels: int,
    now: datetime,
    who: Who,
    sla: Sla = Sla(),
    quiet: Quiet = Quiet(),
) -> tuple[Run, tuple[Event, ...]]:
    """Begin to call: the first level at once, or at the end of the quiet hours for yellow."""
    raise NotImplementedError


def advance(
    run: Run,
    now: datetime,
    who: Who,
    sla: Sla = Sla(),
    quiet: Quiet = Quiet(),
    *,
    confirmed: bool = False,
) -> tuple[Run, tuple[Event, ...]]:
    """Call the next level if its time has come; before that nothing happens."""
    raise NotImplementedError


def stop(run: Run) -> Run:
    """End the run: acknowledged, dismissed, merged or closed."""
    return replace(run, active=False, next_deadline=None)
