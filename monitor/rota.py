"""Who is on call: configuration, swaps that people typed and open hand-overs, as one lookup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from alerts.oncall import Absence, Level, Override, on_call, turns
from monitor.config import Settings
from monitor.store import duty
from monitor.store.duty_schema import HandoverRow

ROTATION_DAYS = {"none": 0, "daily": 1, "weekly": 7}


@dataclass(frozen=True, slots=True)
class Rota:
    """The call order; called with a level from 1 and an instant it answers with person ids."""

    levels: tuple[Level, ...]
    swaps: tuple[Override, ...] = ()
    absences: tuple[Absence, ...] = ()
    handovers: tuple[HandoverRow, ...] = ()
    """Those nobody has accepted yet."""

    def __call__(self, level: int, at: datetime) -> tuple[str, ...]:
        """Who is called: whoever is on duty, and with a hand-over still open the outgoing too."""
        people = self.planned(level, at)
        if not 0 < level <= len(self.levels):
            return people
        name = self.levels[level - 1].name
        for one in self.handovers:
            if one.level == name and one.turned_at <= at:
                people += tuple(person for person in one.outgoing if person not in people)
        return people

    def planned(self, level: int, at: datetime) -> tuple[str, ...]:
        """Who is on duty by the plan."""
        return on_call(self.levels, self.swaps, level - 1, at, self.absences)

    def turns(self, level: int, begin: datetime, end: datetime) -> list[datetime]:
        """The instants after `begin`, up to `end`, at which the people on duty change."""
        found = turns(self.levels[level - 1], self.swaps, self.absences, begin, end)
        before, real = self.planned(level, begin), []
        for moment in found:
            people = self.planned(level, moment)
            if people != before:
                real.append(moment)
            before = people
        return real


def rota(settings: Settings, session: Session) -> Rota:
    """The rota in force."""
    written = [
        Override(one.level, one.person, one.begin, one.end) for one in settings.oncall.overrides
    ]
    return Rota(
        levels=tuple(levels(settings)),
        swaps=(*written, *duty.overrides(session)),
        absences=tuple(Absence(one.person, one.begin, one.end) for one in settings.oncall.absences),
        handovers=tuple(duty.open_handovers(session)),
    )


def levels(settings: Settings) -> Sequence[Level]:
    """The levels of the call order, lowest first."""
    return [
        Level(
            name=one.name,
            people=one.people,
            rotation_days=ROTATION_DAYS[one.rotate],
            start=one.start or date(2024, 1, 1),
            handover=one.handover,
            zone=settings.zone,
        )
        for one in settings.oncall.levels
    ]
