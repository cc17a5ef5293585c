"""The golden four hours as steps with deadlines on two clocks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from monitor.domain.tier import Tier

GOLDEN = timedelta(hours=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do, by whom, by when, and how one sees that it is done."""

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
    """Open the steps of this tier; below ORANGE there are none."""
    raise NotImplementedError


def add_steps_for_raise(
    playbook: Playbook, steps: Iterable[StepState], first_public_at: datetime, now: datetime
) -> tuple[StepState, ...]:
    """Return the steps that RED adds to those that are there already, and only those."""
    raise NotImplementedError


def next_round(playbook: Playbook, done: StepState, tier: Tier, now: datetime) -> StepState | None:
    """Open the next round of a recurring step after one round is done or skipped, else None."""
    raise NotImplementedError


def due(
    steps: Iterable[StepState], now: datetime, ahead: timedelta = timedelta(0)
) -> tuple[StepState, ...]:
    """List the open steps whose time has come, or comes within `ahead`, earliest first."""
    raise NotImplementedError


def overdue(steps: Iterable[StepState], now: datetime) -> tuple[StepState, ...]:
    """List the open steps whose time has passed and of which nobody was warned yet."""
    raise NotImplementedError


def warned(step: StepState, now: datetime) -> StepState:
    """Note that people were told that the step is late."""
    return replace(step, warned_at=now)


def complete(step: StepState, actor: str, note: str, now: datetime) -> StepOutcome:
    """Tick the step off; ticking twice changes nothing."""
    raise NotImplementedError


def skip(step: StepState, actor: str, reason: str, now: datetime) -> StepOutcome:
    """Leave the step out, with a reason that the record keeps."""
    raise NotImplementedError


def cancel_open(steps: Iterable[StepState]) -> tuple[StepState, ...]:
    """Return all steps with the open ones cancelled, for a dismissed or merged incident."""
    raise NotImplementedError
