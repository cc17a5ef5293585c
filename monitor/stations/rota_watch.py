"""Looks two weeks ahead for hours in which nobody is on duty, and tells the operator once a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.app import App
from monitor.baseline.days import occasion
from monitor.rota import Rota, rota
from monitor.stations import notices
from monitor.store import meta

# Most hospitals have the plan of a holiday by then, and there is still time to ask somebody.
AHEAD = timedelta(days=14)
EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hole:
    """A level on which nobody is on duty; `end` is None where no end is in sight."""

    level: str
    begin: datetime
    end: datetime | None


def holes(look: Rota, now: datetime) -> list[Hole]:
    """Return the holes that begin within two weeks, in the order of the levels."""
    found = []
    for place, level in enumerate(look.levels, 1):
        for begin in (now, *look.turns(place, now, now + AHEAD)):
            if not look.planned(place, begin):
                later = look.turns(place, begin, begin + AHEAD)
                found.append(Hole(level.name, begin, later[0] if later else None))
    return found


def watch_rota(app: App, now: datetime) -> int:
    """Tell the operator once a day of every hole ahead; returns how many there are."""
    with app.database.transaction() as session:
        if not meta.due(session, "rota-watch", EVERY, now):
            return 0
        found = holes(rota(app.settings, session), now)
        if found:
            told = "；".join(words(app, one) for one in found)
            notices.operator(app, session, f"值班表有空缺：{told}", now)
    return len(found)


def words(app: App, hole: Hole) -> str:
    """Say where the hole is and how to fill it."""
    begin = f"{hole.begin.astimezone(app.settings.zone):%m-%d %H:%M}"
    end = f"{hole.end.astimezone(app.settings.zone):%m-%d %H:%M}" if hole.end else "以后一直"
    return (
        f"{begin} 到 {end}{_occasions(app, hole)}，「{hole.level}」没有人："
        f"请运行 fengsui oncall override --level {hole.level} 安排人顶班"
    )


def _occasions(app: App, hole: Hole) -> str:
    """The holidays and made-up days in it: those are the hours that plans forget."""
    begin = hole.begin.astimezone(app.settings.zone).date()
    last = (hole.end or hole.begin + AHEAD) - timedelta(seconds=1)
    days = (last.astimezone(app.settings.zone).date() - begin).days
    found = (occasion(begin + timedelta(days=number)) for number in range(days + 1))
    names = "、".join(dict.fromkeys(one for one in found if one))
    return f"（{names}）" if names else ""
