"""The trial in the store: whether one runs, who owns it, and what its messages are marked with.

It lies in the store and not in the settings, so that every process that writes a message in the
same transaction as its cause knows of it, and so that a configuration written anew ends nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.store.first_week_schema import TrialRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.store.database import Database

BANNER = "【试运行】"


@dataclass(frozen=True, slots=True)
class Plan:
    """The trial that a configuration asks for."""

    owner: str
    channels: tuple[str, ...]
    names: Mapping[str, str]
    until: datetime


def running(session: Session) -> TrialRow | None:
    """The trial that holds now, or None."""
    return session.scalar(select(TrialRow).where(TrialRow.ended_at.is_(None)))


def last(session: Session) -> TrialRow | None:
    """The newest trial, running or ended."""
    return session.scalar(select(TrialRow).order_by(TrialRow.id.desc()).limit(1))


def follow(database: Database, plan: Plan | None, now: datetime) -> None:
    """Begin the trial that the configuration asks for, or take over a change of it.

    One that a person has ended does not begin again until its date is moved; and without a plan
    a running one goes on: to go live is never a side effect of editing a file.
    """
    if plan is None:
        return
    with database.reading() as session:
        if not _differs(last(session), plan):
            return
    with database.transaction() as session:
        row = last(session)
        if _differs(row, plan):
            _take_over(session, row, plan, now)


def _differs(row: TrialRow | None, plan: Plan) -> bool:
    if row is None:
        return True
    if row.ended_at is not None:
        return not is_over(row, plan)
    asked = (plan.owner, [*plan.channels], {**plan.names}, plan.until)
    return (row.owner, row.channels, row.names, row.until) != asked


def is_over(row: TrialRow | None, plan: Plan) -> bool:
    """Whether a person has ended what a configuration asks for; a later date asks anew."""
    return row is not None and row.ended_at is not None and row.until >= plan.until


def _take_over(session: Session, row: TrialRow | None, plan: Plan, now: datetime) -> None:
    if row is None or row.ended_at is not None:
        row = TrialRow(owner="", channels=[], names={}, until=plan.until, started_at=now)
        session.add(row)
    row.owner, row.until = plan.owner, plan.until
    row.channels, row.names = [*plan.channels], {**plan.names}


def end(session: Session, row: TrialRow, actor: str, now: datetime) -> None:
    """End it: from the next message on, people are told."""
    row.ended_at, row.ended_by = now, actor
    session.flush()


def marked(trial: TrialRow, meant_for: list[str], body: str) -> str:
    """The body with the line that says whom it would have gone to."""
    names = "、".join(str(trial.names.get(one, one)) for one in meant_for)
    return f"{BANNER}本应发给：{names}。现在只发给了你。\n{body}"


def remarked(trial: TrialRow, meant_for: list[str], body: str) -> str:
    """The same for a body that carries such a line already."""
    return marked(trial, meant_for, body.partition("\n")[2])
