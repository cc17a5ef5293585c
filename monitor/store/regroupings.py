"""People's merges and splits as the grouping needs them."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.store.regrouping_schema import RegroupingRow
from monitor.store.schema import TopicRow


def revision(session: Session) -> int:
    """A number that changes with every decision and every reversal."""
    found = select(func.count(RegroupingRow.id), func.count(RegroupingRow.undone_at))
    made, undone = session.execute(found).one()
    return int(made + undone)


def regroupings(session: Session) -> list[tuple[RegroupingRow, TopicRow, TopicRow]]:
    """The decisions that hold, each with its two topics, oldest first."""
    found = (
        select(RegroupingRow).where(RegroupingRow.undone_at.is_(None)).order_by(RegroupingRow.id)
    )
    kept = []
    for row in session.scalars(found):
        one, other = session.get(TopicRow, row.topic_id), session.get(TopicRow, row.other_id)
        if one is not None and other is not None:
            kept.append((row, one, other))
    return kept
