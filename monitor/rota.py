"""Who is on call, from the configuration: the one place where the rota becomes person ids."""

from __future__ import annotations

from datetime import date, datetime

from alerts.oncall import Level, Override, on_call
from monitor.config import Settings
from monitor.domain.escalation import Who

ROTATION_DAYS = {"none": 0, "daily": 1, "weekly": 7}


def levels(settings: Settings) -> list[Level]:
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


def who(settings: Settings) -> Who:
    """A lookup of the people on duty on a level, counted from 1, at an instant."""
    rota = levels(settings)
    swaps = [
        Override(one.level, one.person, one.begin, one.end) for one in settings.oncall.overrides
    ]

    def look(level: int, at: datetime) -> tuple[str, ...]:
        return on_call(rota, swaps, level - 1, at)

    return look
