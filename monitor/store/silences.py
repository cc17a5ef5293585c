"""Silences in the store: which one covers a message, and what each has held back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from monitor.domain.silence import Scope, Subject, covers
from monitor.domain.tier import Tier
from monitor.store.response_schema import IncidentRow
from monitor.store.schema import TopicRow
from monitor.store.silence_schema import HeldRow, SilenceRow

if TYPE_CHECKING:
    from monitor.store.outbox import Draft

# What tells people of an incident. Trouble of the rota, of channels and of the program itself is
# a sign that alerts do not arrive: nobody may silence it.
SILENCEABLE = ("page", "ring", "group", "notice")


def scope_of(row: SilenceRow) -> Scope:
    """What it is about."""
    return Scope(row.code, row.brand, row.risk, row.source)


def in_force(session: Session, now: datetime) -> Sequence[SilenceRow]:
    """The silences that hold at an instant, those that end first in front.

    One that was settled holds no more, even where the clock was set back before its end.
    """
    found = select(SilenceRow).where(
        SilenceRow.settled_at.is_(None), SilenceRow.begin <= now, SilenceRow.end > now
    )
    return session.scalars(found.order_by(SilenceRow.end, SilenceRow.id)).all()


def unfinished(session: Session, now: datetime) -> Sequence[SilenceRow]:
    """Those that hold, and those that are planned, in the order of their beginning."""
    found = select(SilenceRow).where(SilenceRow.settled_at.is_(None), SilenceRow.end > now)
    return session.scalars(found.order_by(SilenceRow.begin, SilenceRow.id)).all()


def covering(
    session: Session, incident_id: int | None, tier: Tier, now: datetime
) -> SilenceRow | None:
    """The silence that keeps a message of this tier about an incident from going out.

    Of several the one that ends last: it says until when there is quiet.
    """
    rows = in_force(session, now)
    if not rows or incident_id is None:
        return None
    subject = _subject(session, incident_id, tier)
    fitting = (one for one in reversed(rows) if covers(scope_of(one), Tier(one.tier), subject))
    return next(fitting, None)


def _subject(session: Session, incident_id: int, tier: Tier) -> Subject:
    row = session.get_one(IncidentRow, incident_id)
    topic = session.get_one(TopicRow, row.topic_id)
    restricted = bool(row.data.get("restricted"))
    return Subject(row.code, row.brand, topic.metrics.get("code"), tier, restricted)


def of_source(session: Session, name: str, now: datetime) -> SilenceRow | None:
    """The silence that keeps the alerts of a source from the operator."""
    return next((one for one in in_force(session, now) if one.source == name), None)


def holds_back(session: Session, draft: Draft, now: datetime) -> bool:
    """Whether a message must not be written now; what is held back is noted, once a silence."""
    if draft.kind not in SILENCEABLE or draft.urgent or draft.audible:
        return False
    silence = covering(session, draft.incident_id, draft.priority, now)
    if silence is not None:
        held = HeldRow(
            silence_id=silence.id,
            key=draft.key,
            incident_id=draft.incident_id,
            kind=draft.kind,
            recipient=draft.recipient,
            tier=int(draft.priority),
            at=now,
        )
        _note(session, silence, held)
    return silence is not None


def note_source(session: Session, silence: SilenceRow, name: str, now: datetime) -> None:
    """Note that the operator was not told of a source."""
    held = HeldRow(
        silence_id=silence.id,
        key=name,
        kind="meta",
        recipient="operator",
        tier=silence.tier,
        at=now,
    )
    _note(session, silence, held)


def _note(session: Session, silence: SilenceRow, held: HeldRow) -> None:
    """Note what a silence holds back, once however often it is looked at."""
    if not is_noted(session, silence, held.key):
        session.add(held)
        session.flush()


def is_noted(session: Session, silence: SilenceRow, key: str) -> bool:
    """Whether this silence has held back this message already."""
    known = select(HeldRow.id).where(HeldRow.silence_id == silence.id, HeldRow.key == key)
    return session.scalar(known) is not None


def ended(session: Session, now: datetime) -> Sequence[SilenceRow]:
    """The silences whose end has come and whose held messages nobody has looked through yet."""
    found = select(SilenceRow).where(SilenceRow.settled_at.is_(None), SilenceRow.end <= now)
    return session.scalars(found.order_by(SilenceRow.end, SilenceRow.id)).all()


def settle(session: Session, row: SilenceRow, now: datetime) -> bool:
    """Mark one as looked through; False if another process has just done so."""
    won = session.execute(
        update(SilenceRow)
        .where(SilenceRow.id == row.id, SilenceRow.settled_at.is_(None))
        .values(settled_at=now)
        .execution_options(synchronize_session="fetch")
    )
    return won.rowcount == 1  # type: ignore[attr-defined,no-any-return] # an UPDATE's result has it


def held_by(session: Session, silence_id: int) -> Sequence[HeldRow]:
    """What a silence has held back, oldest first."""
    found = select(HeldRow).where(HeldRow.silence_id == silence_id)
    return session.scalars(found.order_by(HeldRow.id)).all()


def held_between(
    session: Session, silence_id: int, since: datetime, until: datetime
) -> tuple[int, ...]:
    """The numbers of what a silence held back between two instants."""
    found = select(HeldRow.id).where(
        HeldRow.silence_id == silence_id, HeldRow.at >= since, HeldRow.at < until
    )
    return tuple(session.scalars(found.order_by(HeldRow.id)))


def held_of(session: Session, incident_id: int) -> Sequence[HeldRow]:
    """What was held back of an incident, by whatever silence, oldest first."""
    found = select(HeldRow).where(HeldRow.incident_id == incident_id)
    return session.scalars(found.order_by(HeldRow.id)).all()


def pass_on(session: Session, held: Iterable[HeldRow], to: SilenceRow) -> None:
    """Let another silence, which still holds, answer for what this one held back."""
    for one in held:
        copy = HeldRow(
            silence_id=to.id,
            key=one.key,
            incident_id=one.incident_id,
            kind=one.kind,
            recipient=one.recipient,
            tier=one.tier,
            at=one.at,
        )
        _note(session, to, copy)


def everything(session: Session) -> Sequence[SilenceRow]:
    """All silences, the newest first."""
    return session.scalars(select(SilenceRow).order_by(SilenceRow.id.desc())).all()


def between(session: Session, since: datetime, until: datetime) -> Sequence[SilenceRow]:
    """Silences that held at some time between two instants, the first made first."""
    found = select(SilenceRow).where(SilenceRow.begin < until, SilenceRow.end > since)
    return session.scalars(found.order_by(SilenceRow.begin, SilenceRow.id)).all()
