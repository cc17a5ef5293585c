"""Playbook steps and statements, between rows and the domain's values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from monitor.domain.playbook import StepState, StepStatus, complete
from monitor.domain.statement import Statement
from monitor.store.response_schema import StatementRow, StepRow

_STATEMENT = TypeAdapter(Statement)


def of_incident(session: Session, incident_id: int) -> tuple[StepState, ...]:
    """The steps of an incident in playbook order."""
    found = (
        select(StepRow)
        .where(StepRow.incident_id == incident_id)
        .order_by(StepRow.due_at, StepRow.position)
    )
    return tuple(_state(row) for row in session.scalars(found))


def _state(row: StepRow) -> StepState:
    return StepState(
        step_id=row.step_id,
        title=row.title,
        role=row.role,
        due_at=row.due_at,
        status=StepStatus(row.status),
        done_by=row.done_by,
        done_at=row.done_at,
        note=row.note,
        warned_at=row.warned_at,
    )


def insert(session: Session, incident_id: int, fresh: Iterable[StepState]) -> None:
    """Add steps after those that are there."""
    found = select(func.coalesce(func.max(StepRow.position), 0))
    last = session.scalar(found.where(StepRow.incident_id == incident_id)) or 0
    for number, step in enumerate(fresh, start=last + 1):
        session.add(
            StepRow(
                incident_id=incident_id,
                step_id=step.step_id,
                position=number,
                title=step.title,
                role=step.role,
                due_at=step.due_at,
                status=step.status.value,
            )
        )
    session.flush()


def save(session: Session, incident_id: int, step: StepState) -> None:
    """Store one step's next state."""
    row = session.get_one(StepRow, (incident_id, step.step_id))
    row.status, row.done_by, row.done_at = step.status.value, step.done_by, step.done_at
    row.note, row.warned_at = step.note, step.warned_at


def finish(
    session: Session, incident_id: int, step_id: str, actor: str, note: str, now: datetime
) -> None:
    """Tick off a step that something else has just fulfilled; a missing or ended one is fine."""
    row = session.get(StepRow, (incident_id, step_id))
    if row is not None and row.status == StepStatus.OPEN:
        save(session, incident_id, complete(_state(row), actor, note, now).step)


def cancel_all(session: Session, incident_id: int) -> None:
    """Withdraw what is still open of an ended incident."""
    session.execute(
        update(StepRow)
        .where(StepRow.incident_id == incident_id, StepRow.status == StepStatus.OPEN.value)
        .values(status=StepStatus.CANCELLED.value)
    )


def hush(session: Session, incident_id: int, until: datetime, now: datetime) -> None:
    """Remind nobody of what falls due before an instant: the incident rests until then."""
    session.execute(
        update(StepRow)
        .where(
            StepRow.incident_id == incident_id,
            StepRow.status == StepStatus.OPEN.value,
            StepRow.due_at < until,
            StepRow.warned_at.is_(None),
        )
        .values(warned_at=now)
    )


def resume(session: Session, incident_id: int) -> None:
    """Take up again what was withdrawn when the incident ended; the deadlines stay as they were."""
    session.execute(
        update(StepRow)
        .where(StepRow.incident_id == incident_id, StepRow.status == StepStatus.CANCELLED.value)
        .values(status=StepStatus.OPEN.value)
    )


def overdue(session: Session, now: datetime, limit: int) -> dict[int, list[StepState]]:
    """Open steps that are late and of which nobody was told yet, of at most `limit` incidents."""
    late = (
        StepRow.status == StepStatus.OPEN.value,
        StepRow.due_at <= now,
        StepRow.warned_at.is_(None),
    )
    first = func.min(StepRow.due_at)
    those = select(StepRow.incident_id).where(*late).group_by(StepRow.incident_id)
    ids = session.scalars(those.order_by(first, StepRow.incident_id).limit(limit)).all()
    found = select(StepRow).where(*late, StepRow.incident_id.in_(ids)).order_by(StepRow.due_at)
    told: dict[int, list[StepState]] = {number: [] for number in ids}
    for row in session.scalars(found):
        told[row.incident_id].append(_state(row))
    return told


def statement_of(session: Session, incident_id: int) -> tuple[StatementRow, Statement] | None:
    """The newest statement of an incident."""
    found = select(StatementRow).where(StatementRow.incident_id == incident_id)
    row = session.scalar(found.order_by(StatementRow.id.desc()).limit(1))
    return (row, _STATEMENT.validate_python(row.data)) if row else None


def new_statement_id(session: Session) -> int:
    """The number of the next statement."""
    return (session.scalar(select(func.max(StatementRow.id))) or 0) + 1


def add_statement(session: Session, statement: Statement) -> None:
    """Store a new statement."""
    session.add(
        StatementRow(
            id=statement.id,
            incident_id=statement.incident_id,
            version=1,
            status=statement.status.value,
            data=_STATEMENT.dump_python(statement, mode="json"),
        )
    )
    session.flush()


def save_statement(session: Session, row: StatementRow, statement: Statement) -> bool:
    """Store a statement's next state; False if somebody changed it in between."""
    changed = session.execute(
        update(StatementRow)
        .where(StatementRow.id == row.id, StatementRow.version == row.version)
        .values(
            version=row.version + 1,
            status=statement.status.value,
            data=_STATEMENT.dump_python(statement, mode="json"),
        )
        .execution_options(synchronize_session=False)
    )
    return changed.rowcount == 1  # type: ignore[attr-defined,no-any-return] # an UPDATE's result has it
