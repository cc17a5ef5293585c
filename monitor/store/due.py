"""When something falls due next, over all tables: for the demo's clock and for `status`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.store.response_schema import IncidentRow, OutboxRow, RunRow, StepRow
from monitor.store.schema import MentionRow, SourceRow, TopicRow

WAITING = ("pending", "retry")


def next_due(session: Session) -> datetime | None:
    """The earliest instant at which any station has something to do; None when none ever has."""
    questions = (
        select(func.min(SourceRow.due_at)),
        select(func.min(TopicRow.check_at)),
        select(func.min(RunRow.next_deadline)).where(RunRow.active),
        select(func.min(IncidentRow.check_at)),
        select(func.min(StepRow.due_at)).where(
            StepRow.status == "open", StepRow.warned_at.is_(None)
        ),
        select(func.min(OutboxRow.next_at)).where(OutboxRow.status.in_(WAITING)),
        select(func.min(OutboxRow.lease_until)).where(OutboxRow.status == "leased"),
        select(func.min(MentionRow.stored_at)).where(MentionRow.state == "new"),
    )
    answers = [session.scalar(question) for question in questions]
    return min((answer for answer in answers if answer is not None), default=None)
