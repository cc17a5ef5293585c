"""Swaps and hand-overs in the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.oncall import Override
from monitor.store.duty_schema import HandoverRow, SwapRow


def swaps(session: Session, since: datetime | None = None) -> Sequence[SwapRow]:
    """Swaps that nobody cancelled, those alone that end after `since` if it is given."""
    found = select(SwapRow).where(SwapRow.cancelled_at.is_(None)).order_by(SwapRow.begin)
    return session.scalars(found if since is None else found.where(SwapRow.end > since)).all()


def overrides(session: Session) -> list[Override]:
    """The same as the rota knows them."""
    return [Override(one.level, one.person, one.begin, one.end) for one in swaps(session)]


def open_handovers(session: Session) -> Sequence[HandoverRow]:
    """Hand-overs that wait for the incoming person, the oldest first."""
    found = select(HandoverRow).where(HandoverRow.accepted_at.is_(None))
    return session.scalars(found.order_by(HandoverRow.turned_at)).all()


def handover_at(session: Session, level: str, turned_at: datetime) -> HandoverRow | None:
    """The hand-over of this very change of duty."""
    return session.scalar(
        select(HandoverRow).where(HandoverRow.level == level, HandoverRow.turned_at == turned_at)
    )


def waiting_handovers_of(session: Session, swap: SwapRow) -> Sequence[HandoverRow]:
    """Hand-overs that nobody has accepted, at the beginning or the end of a swap."""
    found = select(HandoverRow).where(
        HandoverRow.level == swap.level,
        HandoverRow.turned_at.in_((swap.begin, swap.end)),
        HandoverRow.accepted_at.is_(None),
    )
    return session.scalars(found).all()
