"""How a team did in a drill: four things, each worth 25 points, each with what was measured."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime, timedelta

FULL = 25
# A page that nobody at the first level answers costs a crisis ten of its first thirty minutes.
PER_LEVEL = 10
# Drafted, handed in with its facts, approved by two people; the rest for publishing in time.
STEPS_OF_STATEMENT = (("drafted", 5), ("submitted", 5), ("approved", 10))
PUBLISHED_IN_TIME = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What happened in a drill, as its database tells."""

    called_at: datetime | None = None
    """The first call of the incident."""
    acked_at: datetime | None = None
    acked_by: str = ""
    limit: timedelta
    """How long the first level had."""
    levels: int = 0
    """Levels of the rota that had to be called."""
    due: int = 0
    """Steps of the playbook that fell due within the drill."""
    on_time: int = 0
    late: tuple[str, ...] = ()
    """Titles of the others: done late, or not at all."""
    drafted: bool = False
    submitted: bool = False
    """Checked: handed in with its facts."""
    approved: bool = False
    approved_by: tuple[str, ...] = ()
    published_at: datetime | None = None
    publish_due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The points, and the figures they come from."""

    acknowledge: int
    levels: int
    steps: int
    statement: int
    ack_minutes: float | None
    acked_by: str
    levels_called: int
    steps_due: int
    steps_on_time: int
    steps_late: tuple[str, ...]
    approved_by: tuple[str, ...]
    publish_minutes: float | None
    """From the first call to the published statement."""

    @property
    def total(self) -> int:
        """Of a hundred."""
        return self.acknowledge + self.levels + self.steps + self.statement

    def to_json(self) -> dict[str, Any]:
        """As it is kept and as `--json` prints it."""
        return {"total": self.total, **asdict(self)}


def score(played: Played) -> Score:
    """Judge a drill; who was never called is judged by what there was to do."""
    return Score(
        acknowledge=_acknowledge(played),
        levels=_levels(played),
        steps=round(FULL * played.on_time / played.due) if played.due else 0,
        statement=_statement(played),
        ack_minutes=_minutes(played.called_at, played.acked_at),
        acked_by=played.acked_by,
        levels_called=played.levels,
        steps_due=played.due,
        steps_on_time=played.on_time,
        steps_late=played.late,
        approved_by=played.approved_by,
        publish_minutes=_minutes(played.called_at, played.published_at),
    )


def _acknowledge(played: Played) -> int:
    """All within the first level's time, nothing after four times of it."""
    if played.acked_at is None or played.called_at is None:
        return 0
    taken = (played.acked_at - played.called_at) / played.limit
    if taken <= 1:
        return FULL
    return max(0, round(FULL * (1 - (taken - 1) / 3)))


def _levels(played: Played) -> int:
    if played.acked_at is None:
        return 0
    return max(0, FULL - PER_LEVEL * max(0, played.levels - 1))


def _statement(played: Played) -> int:
    points = sum(worth for name, worth in STEPS_OF_STATEMENT if getattr(played, name))
    published, due = played.published_at, played.publish_due
    if published is not None and (due is None or published <= due):
        points += PUBLISHED_IN_TIME
    return points


def _minutes(since: datetime | None, at: datetime | None) -> float | None:
    if since is None or at is None:
        return None
    return round((at - since).total_seconds() / 60, 1)
