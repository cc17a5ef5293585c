"""The golden four hours as steps with deadlines on two clocks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from monitor.domain.tier import Tier

GOLDEN = timedelta(hours=4)
# A step keeps its public deadline while that leaves half of its usual time; past that the steps
# share what is left of the four hours, and no step gets less than a quarter of its usual time
# (twelve steps then fall into one hour: the most that a team of seven roles can still do).
_WORKABLE = 0.5
_LEAST = 0.25
_ROUND = "#"  # between a recurring step's id and the number of its round


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do, by whom, by when, and how one sees that it is done.

    `after_minutes` counts from the first public post on the clock "public", from our detection
    on "response"; `orange` False marks the steps of RED alone; `every_minutes` makes the step
    come again (`every_minutes_orange` where ORANGE takes its time).
    """

    id: str
    title: str
    role: str
    phase: str
    after_minutes: int
    clock: Literal["public", "response"]
    orange: bool
    exit: str
    template: str | None = None
    every_minutes: int | None = None
    every_minutes_orange: int | None = None


@dataclass(frozen=True, slots=True)
class Playbook:
    """The steps of a response in their order."""

    name: str
    version: str
    steps: tuple[Step, ...]


class StepStatus(StrEnum):
    """What became of a step."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The word people read."""
        return {"open": "待办", "done": "已完成", "skipped": "已跳过", "cancelled": "已取消"}[self]


@dataclass(frozen=True, slots=True)
class StepState:
    """One step of one incident's playbook run."""

    step_id: str
    title: str
    role: str
    due_at: datetime
    status: StepStatus = StepStatus.OPEN
    done_by: str | None = None
    done_at: datetime | None = None
    note: str = ""
    warned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """The step after the wish, and a Chinese sentence if it was refused."""

    step: StepState
    refused: str | None = None


def open_steps(
    playbook: Playbook, tier: Tier, first_public_at: datetime, detected_at: datetime
) -> tuple[StepState, ...]:
    """Open the steps of this tier, in the order of their deadlines; below ORANGE there are none.

    A late detection compresses what remains: each step is due at its public time or, if that is
    too near, at the detection plus a share of its usual time, so that the gate at T+4h stays
    where it is for detections up to three hours late. No step is due before the one above it.
    """
    deadlines = _deadlines(playbook, first_public_at, detected_at)
    return tuple(
        _opened(step, deadline)
        for step, deadline in zip(playbook.steps, deadlines, strict=True)
        if tier is Tier.RED or (tier is Tier.ORANGE and step.orange)
    )


def add_steps_for_raise(
    playbook: Playbook, steps: Iterable[StepState], first_public_at: datetime, now: datetime
) -> tuple[StepState, ...]:
    """Return the steps that RED adds to those that are there already, and only those.

    The raise counts as their detection: what it leaves no time for is compressed.
    """
    known = {step.step_id for step in steps}
    wanted = open_steps(playbook, Tier.RED, first_public_at, max(first_public_at, now))
    return tuple(step for step in wanted if step.step_id not in known)


def _opened(step: Step, deadline: datetime, number: int = 1) -> StepState:
    step_id = step.id if number == 1 else f"{step.id}{_ROUND}{number}"
    return StepState(step_id=step_id, title=step.title, role=step.role, due_at=deadline)


def _deadlines(playbook: Playbook, public: datetime, detected: datetime) -> list[datetime]:
    share = _share(detected - public)
    deadlines: list[datetime] = []
    for step in playbook.steps:
        usual = timedelta(minutes=step.after_minutes)
        on_time = detected + usual
        if step.clock == "public":
            on_time = max(public + usual, detected + usual * share)
        deadlines.append(max([on_time, *deadlines[-1:]]))
    return deadlines


def _share(late: timedelta) -> float:
    """Return the part of its usual time that a step still gets after a detection this late."""
    return min(_WORKABLE, max(_LEAST, (GOLDEN - late) / GOLDEN))


def next_round(playbook: Playbook, done: StepState, tier: Tier, now: datetime) -> StepState | None:
    """Open the next round of a recurring step after one round is done or skipped, else None.

    Rounds keep their rhythm; those that went by while nobody worked are not made up for.
    """
    name, _, number = done.step_id.partition(_ROUND)
    step = next((step for step in playbook.steps if step.id == name), None)
    every = _rhythm(step, tier)
    if step is None or every is None or done.status not in (StepStatus.DONE, StepStatus.SKIPPED):
        return None
    missed = max(0, (now - done.due_at) // every)
    return _opened(step, done.due_at + every * (missed + 1), int(number or 1) + 1)


def _rhythm(step: Step | None, tier: Tier) -> timedelta | None:
    if step is None or not step.every_minutes:
        return None
    slower = step.every_minutes_orange if tier < Tier.RED else None
    return timedelta(minutes=slower or step.every_minutes)


def due(
    steps: Iterable[StepState], now: datetime, ahead: timedelta = timedelta(0)
) -> tuple[StepState, ...]:
    """List the open steps whose time has come, or comes within `ahead`, earliest first."""
    waiting = (s for s in steps if s.status is StepStatus.OPEN and s.due_at <= now + ahead)
    return tuple(sorted(waiting, key=lambda step: step.due_at))


def overdue(steps: Iterable[StepState], now: datetime) -> tuple[StepState, ...]:
    """List the open steps that are late and of which nobody was warned yet, earliest first."""
    return tuple(step for step in due(steps, now) if step.warned_at is None)


def warned(step: StepState, now: datetime) -> StepState:
    """Note that people were told that the step is late."""
    return replace(step, warned_at=now)


def complete(step: StepState, actor: str, note: str, now: datetime) -> StepOutcome:
    """Tick the step off; ticking twice changes nothing."""
    return _finished(step, StepStatus.DONE, actor, note, now)


def skip(step: StepState, actor: str, reason: str, now: datetime) -> StepOutcome:
    """Leave the step out, with a reason that the record keeps."""
    if not reason.strip():
        return StepOutcome(step, "跳过一步要写明理由（--reason），它会留在记录里。")
    return _finished(step, StepStatus.SKIPPED, actor, reason, now)


def _finished(
    step: StepState, status: StepStatus, actor: str, note: str, now: datetime
) -> StepOutcome:
    if step.status is status:
        return StepOutcome(step)
    if step.status is not StepStatus.OPEN:
        label = step.status.label
        return StepOutcome(step, f"「{step.title}」{label}，不能再改：有补充请写进事件记录。")
    after = replace(step, status=status, done_by=actor, done_at=now, note=note.strip())
    return StepOutcome(after)
