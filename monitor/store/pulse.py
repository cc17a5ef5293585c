"""What the store knows of the installation's own pulse: what waits too long, what fails."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from monitor.domain.self_watch import Known
from monitor.store.outbox import WAITING
from monitor.store.response_schema import AttemptRow, OutboxRow, RunRow
from monitor.store.schema import MentionRow, MetaRow

# Attempts looked back upon: more than all bots together may send in half an hour, so a channel that
# has failed for ten minutes lies within, and the table need not be read whole.
RECENT = 2000
# One refused message says something of the message; two say something of the channel.
FAILURES = 2
_PREFIX = "trouble:"


def unjudged(session: Session) -> datetime | None:
    """Since when the oldest mention waits to be read."""
    return session.scalar(select(func.min(MentionRow.stored_at)).where(MentionRow.state == "new"))


def late_call(session: Session) -> datetime | None:
    """When the first call was due that nobody has made yet; may lie in the future."""
    return session.scalar(select(func.min(RunRow.next_deadline)).where(RunRow.active))


def late_page(session: Session) -> datetime | None:
    """When the first unsent page was due; may lie in the future."""
    return session.scalar(
        select(func.min(OutboxRow.next_at)).where(
            OutboxRow.kind == "page", OutboxRow.status.in_(WAITING)
        )
    )


def failing_channels(session: Session) -> dict[str, datetime]:
    """Channels on which the latest attempts all failed, with the start of the first of them."""
    newest = select(AttemptRow).order_by(AttemptRow.id.desc()).limit(RECENT)
    failed: dict[str, list[datetime]] = {}
    arrived: set[str] = set()
    for one in session.scalars(newest):
        if one.status == "sent":
            arrived.add(one.channel)
        elif one.status is not None and one.channel not in arrived:
            failed.setdefault(one.channel, []).append(one.started_at)
    return {name: min(times) for name, times in failed.items() if len(times) >= FAILURES}


def known_troubles(session: Session) -> dict[str, Known]:
    """The troubles that last, by their names."""
    rows = session.scalars(select(MetaRow).where(MetaRow.key.startswith(_PREFIX)))
    return {row.key.removeprefix(_PREFIX): _known(row) for row in rows}


def _known(row: MetaRow) -> Known:
    kept = json.loads(row.value)
    return Known(datetime.fromisoformat(kept["since"]), row.at, kept["text"])


def keep_troubles(session: Session, known: Mapping[str, Known]) -> None:
    """Remember these troubles and no others."""
    session.execute(delete(MetaRow).where(MetaRow.key.startswith(_PREFIX)))
    for key, one in known.items():
        value = json.dumps({"since": one.since.isoformat(), "text": one.text}, ensure_ascii=False)
        session.add(MetaRow(key=_PREFIX + key, value=value, at=one.told_at))
