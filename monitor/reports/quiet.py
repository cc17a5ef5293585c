"""What did not ring in the week, and why: silences that people made, yellows below a RED."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.tier import Tier
from monitor.reports.figures import Figure
from monitor.reports.rows import Case, Silenced
from monitor.reports.timeline import track

Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class SilenceLine:
    """One silence that held in the week, and the messages that it kept back in it."""

    silence: Silenced
    held: Figure


@dataclass(frozen=True, slots=True)
class Muted:
    """A yellow that called nobody for a while because its brand was in RED."""

    code: str
    topic: str
    red: str
    """Code of the RED."""
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Quiet:
    """All of it."""

    silences: tuple[SilenceLine, ...] = ()
    muted: tuple[Muted, ...] = ()


def quiet(
    silences: tuple[Silenced, ...], cases: tuple[Case, ...], since: datetime, until: datetime
) -> Quiet:
    """What did not ring between two instants."""
    return Quiet(
        tuple(SilenceLine(one, _held(one)) for one in silences),
        _muted(cases, since, until),
    )


def _held(one: Silenced) -> Figure:
    return Figure("通知", f"第 {one.number} 条静默在本周压下的通知", one.held)


def _muted(cases: tuple[Case, ...], since: datetime, until: datetime) -> tuple[Muted, ...]:
    """Each yellow below each RED of its brand, from the first to the last moment of that."""
    found: list[Muted] = []
    reds = [(one, loud) for one in cases if (loud := _red(one, since, until))]
    for case in cases if reds else ():
        waits = list(_waits(case, since, until))
        for other, loud in reds:
            both = _together(waits, loud) if case.brand == other.brand else []
            if both:
                found.append(Muted(case.code, case.topic, other.code, both[0][0], both[-1][1]))
    return tuple(found)


def _red(case: Case, since: datetime, until: datetime) -> list[Stretch]:
    segments = track(case, since, until).segments
    return [(one.start, one.end) for one in segments if one.tier is Tier.RED]


def _together(some: list[Stretch], others: list[Stretch]) -> list[Stretch]:
    """Where stretches of the one and the other overlap, in order of time."""
    pairs = [(max(a, c), min(b, d)) for a, b in some for c, d in others]
    return [(start, end) for start, end in pairs if start < end]


def _waits(case: Case, since: datetime, until: datetime) -> Iterator[Stretch]:
    """When a yellow waited unanswered, from one change of the incident to the next."""
    ends = [change.at for change in case.changes[1:]] + [until]
    for change, end in zip(case.changes, ends, strict=True):
        if change.waits and change.to_tier is Tier.YELLOW:
            yield max(change.at, since), min(end, until)
