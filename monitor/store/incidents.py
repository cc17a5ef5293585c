"""Incidents and what hangs on them, between rows and the domain's values."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from monitor.domain.escalation import Run
from monitor.domain.incident import ACK_LEASE, Incident, Lifecycle, Outcome
from monitor.domain.tier import Tier
from monitor.domain.transitions import overlong, settles_at, takes_hits, warn_at
from monitor.store import meta
from monitor.store.database import ConflictError
from monitor.store.response_schema import CommandRow, IncidentRow, RunRow, TransitionRow
from monitor.store.schema import TopicRow

_INCIDENT = TypeAdapter(Incident)
_RUN = TypeAdapter(Run)
ACTIVE = tuple(one.value for one in Lifecycle if one.active)
BEGIN_AT = "incidents-begin-after"  # a number; a drill's codes must be nobody's real ones
BATCH = 100  # what is done in one transaction: nobody else waits long for the database


def next_incident_id(session: Session) -> int:
    """The number, and so the code, of the next incident."""
    newest = session.scalar(select(func.max(IncidentRow.id)))
    if newest is None:
        begin = meta.get(session, BEGIN_AT)
        newest = int(begin.value) if begin else 0
    return newest + 1


def load(session: Session, incident_id: int) -> Incident:
    """One incident by its number."""
    return _INCIDENT.validate_python(session.get_one(IncidentRow, incident_id).data)


def exists(session: Session, incident_id: int) -> bool:
    """Whether there is an incident of this number."""
    return session.get(IncidentRow, incident_id) is not None


def by_code(session: Session, code: str) -> Incident | None:
    """One incident by the code people say."""
    row = session.scalar(select(IncidentRow).where(IncidentRow.code == code.strip().upper()))
    return _INCIDENT.validate_python(row.data) if row else None


def of_topic(session: Session, brand: str, topic_key: str, now: datetime) -> Incident | None:
    """The incident that new mentions of this topic belong to, if one still takes them."""
    incident = last_of_topic(session, brand, topic_key)
    return incident if incident and takes_hits(incident, now) else None


def last_of_topic(session: Session, brand: str, topic_key: str) -> Incident | None:
    """The incident of this topic that people work on, else the newest that ended."""
    found = (
        select(IncidentRow)
        .where(IncidentRow.brand == brand, IncidentRow.topic_key == topic_key)
        .order_by(IncidentRow.lifecycle.in_(ACTIVE).desc(), IncidentRow.id.desc())
        .limit(1)
    )
    row = session.scalar(found)
    return _INCIDENT.validate_python(row.data) if row else None


def all_incidents(session: Session, *, active: bool, restricted: bool = False) -> list[Incident]:
    """Incidents, the loudest and newest first; restricted ones for those alone who ask for them."""
    found = select(IncidentRow).order_by(IncidentRow.tier.desc(), IncidentRow.id.desc())
    incidents = [_INCIDENT.validate_python(row.data) for row in session.scalars(found)]
    shown = [one for one in incidents if restricted or not one.restricted]
    return [one for one in shown if one.lifecycle.active or not active]


def restricted_ids(session: Session) -> list[int]:
    """The numbers of the restricted incidents, for queries that must leave them out."""
    found = select(IncidentRow.id).where(IncidentRow.data["restricted"].as_boolean())
    return list(session.scalars(found))


def active_reds(session: Session) -> list[Incident]:
    """The RED incidents that people must still work on, the oldest first; no restricted ones."""
    found = select(IncidentRow).where(
        IncidentRow.tier == Tier.RED, IncidentRow.lifecycle.in_(ACTIVE)
    )
    rows = session.scalars(found.order_by(IncidentRow.id))
    reds = [_INCIDENT.validate_python(row.data) for row in rows]
    return [one for one in reds if not one.restricted]


def any_loud(session: Session) -> bool:
    """Whether an ORANGE or RED is open, a restricted one counted."""
    found = select(IncidentRow.id).where(
        IncidentRow.tier >= int(Tier.ORANGE), IncidentRow.lifecycle.in_(ACTIVE)
    )
    return session.scalar(found.limit(1)) is not None


def insert(session: Session, outcome: Outcome, topic_id: int, policy: dict[str, Any]) -> None:
    """Store a new incident and its first transition."""
    incident = outcome.incident
    session.add(IncidentRow(id=incident.id, topic_id=topic_id, policy=policy, **_columns(incident)))
    session.flush()
    _record(session, outcome, None)


def save(
    session: Session, before: Incident, outcome: Outcome, command_id: str | None = None
) -> None:
    """Store an incident's next state if nobody stored one in between (compare and swap)."""
    if not outcome.transitions:
        return
    changed = session.execute(
        update(IncidentRow)
        .where(IncidentRow.id == before.id, IncidentRow.version == before.version)
        .values(**_columns(outcome.incident))
        .execution_options(synchronize_session="fetch")
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined] # an UPDATE's result has it
        raise ConflictError(f"incident {before.code} changed while we looked at it")
    _record(session, outcome, command_id)


def _columns(incident: Incident) -> dict[str, Any]:
    return {
        "code": incident.code,
        "brand": incident.brand,
        "topic_key": incident.topic_key,
        "tier": int(incident.tier),
        "lifecycle": incident.lifecycle.value,
        "version": incident.version,
        "first_public_at": incident.first_public_at,
        "detected_at": incident.detected_at,
        "check_at": _check_at(incident),
        "leased_at": _leased_at(incident),
        "data": _INCIDENT.dump_python(incident, mode="json"),
    }


def _leased_at(incident: Incident) -> datetime | None:
    """When the lease began, if somebody holds one."""
    if incident.ack_lease_until is None or not incident.lifecycle.leased:
        return None
    return incident.ack_lease_until - ACK_LEASE[incident.tier]


def _check_at(incident: Incident) -> datetime | None:
    """When the engine must look at it again although nobody did anything."""
    return min(_times(incident), default=None)


def _times(incident: Incident) -> list[datetime]:
    times = [incident.candidate_until, incident.ack_lease_until, incident.pin_until]
    if not incident.lease_warned:
        times.append(warn_at(incident))
    times.append(settles_at(incident))
    return [time for time in times if time is not None]


def _record(session: Session, outcome: Outcome, command_id: str | None) -> None:
    for one in outcome.transitions:
        session.add(
            TransitionRow(
                incident_id=outcome.incident.id,
                version=one.version,
                kind=one.kind,
                from_lifecycle=one.from_lifecycle,
                to_lifecycle=one.to_lifecycle,
                from_tier=int(one.from_tier),
                to_tier=int(one.to_tier),
                actor=one.actor,
                at=one.at,
                reason=one.reason,
                command_id=command_id,
            )
        )


def move(session: Session, incident: Incident, topic_id: int, topic_key: str) -> None:
    """Hang an incident on the topic that its own topic has become part of."""
    row = session.get_one(IncidentRow, incident.id)
    row.topic_id, row.topic_key = topic_id, topic_key
    row.data = {**row.data, "topic_key": topic_key}


def looked_at(session: Session, incident: Incident, now: datetime) -> None:
    """Note that nothing was due after all, so that the same look is not taken for ever."""
    later = min((time for time in _times(incident) if time > now), default=None)
    session.execute(
        update(IncidentRow)
        .where(IncidentRow.id == incident.id, IncidentRow.version == incident.version)
        .values(check_at=later)
    )


def due(session: Session, now: datetime, limit: int = BATCH) -> list[Incident]:
    """Incidents whose lease, candidacy, pin or rest has run out."""
    found = (
        select(IncidentRow)
        .where(or_(IncidentRow.check_at <= now, IncidentRow.leased_at > now))
        .order_by(IncidentRow.check_at)
        .limit(limit)
    )
    rows = [(row.check_at, _INCIDENT.validate_python(row.data)) for row in session.scalars(found)]
    return [one for at, one in rows if (at is not None and at <= now) or overlong(one, now)]


def history(session: Session, incident_id: int) -> list[TransitionRow]:
    """The audit trail, oldest first."""
    found = select(TransitionRow).where(TransitionRow.incident_id == incident_id)
    return list(session.scalars(found.order_by(TransitionRow.version)))


def load_run(session: Session, incident_id: int, *, to_change: bool = False) -> Run | None:
    """The present escalation run of an incident; one to be changed is locked until the end."""
    row = session.get(RunRow, incident_id, with_for_update=to_change or None)
    return _RUN.validate_python(row.data) if row else None


def save_run(session: Session, run: Run) -> None:
    """Store the run; one per incident."""
    session.merge(
        RunRow(
            incident_id=run.incident_id,
            active=run.active,
            next_deadline=run.next_deadline,
            paged_at=run.paged_at,
            grows_at=run.grows_at,
            data=_RUN.dump_python(run, mode="json"),
        )
    )
    session.flush()


def hurry(session: Session, run: Run, now: datetime) -> None:
    """Let the present wait end now: nobody can answer it."""
    save_run(session, replace(run, next_deadline=now))


def due_runs(session: Session, now: datetime, limit: int = BATCH) -> list[Run]:
    """Runs whose deadline has passed without an answer, the longest waiting first.

    After the clock was set back, a wait that began in the future begins anew.
    """
    found = (
        select(RunRow)
        .where(
            RunRow.active,
            RunRow.next_deadline.is_not(None),
            or_(RunRow.next_deadline <= now, RunRow.paged_at > now),
        )
        .order_by(RunRow.next_deadline)
        .limit(limit)
        # PostgreSQL lets two write at once: who calls on must not undo that somebody takes it up.
        .with_for_update(skip_locked=True)
    )
    return [_RUN.validate_python(row.data) for row in session.scalars(found)]


def grown_runs(session: Session, limit: int = BATCH) -> list[Run]:
    """Runs that wait for the morning though their topic has grown too much for that."""
    mentions = TopicRow.metrics["mentions"].as_integer()
    found = (
        select(RunRow)
        .join(IncidentRow, IncidentRow.id == RunRow.incident_id)
        .join(TopicRow, TopicRow.id == IncidentRow.topic_id)
        .where(RunRow.active, RunRow.grows_at <= mentions)
        .order_by(RunRow.incident_id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=RunRow)
    )
    return [_RUN.validate_python(row.data) for row in session.scalars(found)]


def seen(session: Session, command_id: str) -> CommandRow | None:
    """A command that was already carried out or refused."""
    return session.get(CommandRow, command_id)
