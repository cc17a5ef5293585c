"""Reads off a drill's database how the team did."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.app import App
from monitor.domain.drill_score import Played, Score, score
from monitor.domain.playbook import StepState, StepStatus
from monitor.domain.statement import StatementStatus
from monitor.store import steps
from monitor.store.response_schema import IncidentRow, OutboxRow, TransitionRow

ANSWERS = ("ack", "take", "review")
HANDED_IN = (StatementStatus.SUBMITTED, StatementStatus.APPROVED, StatementStatus.PUBLISHED)
APPROVED = (StatementStatus.APPROVED, StatementStatus.PUBLISHED)


def read_score(app: App) -> Score:
    """The score up to the drill's present instant."""
    limit = timedelta(minutes=app.settings.tiers.ack_minutes.red)
    with app.database.reading() as session:
        incident = loudest(session)
        if incident is None:
            return score(Played(limit=limit))
        return score(
            Played(
                limit=limit,
                **_calls(app, session, incident.id),
                **_steps(app, session, incident.id),
                **_statement(session, incident.id),
            )
        )


def loudest(session: Session) -> IncidentRow | None:
    """The incident that the drill is about: the first of those that got loudest."""
    highest = func.max(TransitionRow.to_tier)
    found = (
        select(IncidentRow)
        .join(TransitionRow, TransitionRow.incident_id == IncidentRow.id)
        .group_by(IncidentRow.id)
        .order_by(highest.desc(), IncidentRow.id)
    )
    return session.scalars(found).first()


def _calls(app: App, session: Session, incident_id: int) -> dict[str, Any]:
    since = _loudest_since(session, incident_id)
    answer = session.scalars(
        select(TransitionRow)
        .where(
            TransitionRow.incident_id == incident_id,
            TransitionRow.kind.in_(ANSWERS),
            TransitionRow.at >= since,
        )
        .order_by(TransitionRow.version)
    ).first()
    pages = select(OutboxRow.recipient, OutboxRow.created_at).where(
        OutboxRow.incident_id == incident_id,
        OutboxRow.kind == "page",
        OutboxRow.created_at >= since,
    )
    if answer is not None:
        pages = pages.where(OutboxRow.created_at <= answer.at)
    calls = session.execute(pages.order_by(OutboxRow.id)).all()
    return {
        "called_at": calls[0].created_at if calls else None,
        "acked_at": answer.at if answer else None,
        "acked_by": answer.actor if answer else "",
        "levels": _level_of(app, {one.recipient for one in calls}),
    }


def _loudest_since(session: Session, incident_id: int) -> datetime:
    """When the incident got as loud as it ever was: that call is the one that counts."""
    found = select(TransitionRow).where(TransitionRow.incident_id == incident_id)
    order = (TransitionRow.to_tier.desc(), TransitionRow.version)
    return session.scalars(found.order_by(*order).limit(1)).one().at


def _level_of(app: App, called: set[str]) -> int:
    """The highest level that had to be called; who stands on two counts for the lower one."""
    seen: set[str] = set()
    highest = 0
    for number, level in enumerate(app.settings.oncall.levels, start=1):
        if called & (set(level.people) - seen):
            highest = number
        seen |= set(level.people)
    return highest


def _steps(app: App, session: Session, incident_id: int) -> dict[str, Any]:
    now = app.clock()
    states = steps.of_incident(session, incident_id)
    counted = [one for one in states if one.status is not StepStatus.CANCELLED]
    due = [one for one in counted if one.due_at <= now or one.done_at is not None]
    late = [one.title for one in due if not _in_time(one)]
    publish = next((one.due_at for one in states if one.step_id == "publish"), None)
    return {
        "due": len(due),
        "on_time": len(due) - len(late),
        "late": tuple(late),
        "publish_due": publish,
    }


def _in_time(one: StepState) -> bool:
    return one.done_at is not None and one.done_at <= one.due_at


def _statement(session: Session, incident_id: int) -> dict[str, Any]:
    found = steps.statement_of(session, incident_id)
    if found is None:
        return {}
    said = found[1]
    return {
        "drafted": bool(said.text.strip()),
        "submitted": said.status in HANDED_IN,
        "approved": said.status in APPROVED,
        "approved_by": tuple(one.actor for one in said.approvals),
        "published_at": said.published_at,
    }
