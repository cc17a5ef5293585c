"""Carries out what people ask: incidents, playbook steps and statements; each wish once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from monitor.app import App
from monitor.domain import playbook, statement, transitions
from monitor.domain.command import Command, Kind, apply
from monitor.domain.command_type import ended
from monitor.domain.incident import Incident, Lifecycle, Outcome
from monitor.domain.statement import Statement, StatementOutcome
from monitor.domain.tier import Tier
from monitor.stations import respond
from monitor.stations.refusal import RefusedError
from monitor.stations.restriction import Sees, seen_by
from monitor.store import incidents, steps
from monitor.store.response_schema import CommandRow, StatementRow, StepRow
from monitor.store.schema import TopicRow

__all__ = ["RefusedError"]  # those who ask for work catch it under this name

# Playbook steps that a command fulfils by itself.
FULFILS = {
    Kind.ACK: "ack",
    Kind.TAKE: "ack",
    Kind.CONFIRM_TIER: "confirm-tier",
    Kind.ASSIGN: "roles",
}

LONGEST_SHOWN = 20  # a code has three or four characters

SPENT = "这条链接已经用过；要改主意，请看最新消息，或在终端操作。"


def command(app: App, code: str, wish: Command) -> Incident:
    """Apply a command to an incident; raises RefusedError, repeats a lost race."""
    return perform(app, code, wish).incident


def perform(app: App, code: str, wish: Command) -> Outcome:
    """Apply a command like `command`, and tell also what it noted and changed.

    A refusal is recorded before it is raised: the record shows what was tried.
    """

    def work(session: Session) -> Outcome:
        incident = find(session, code, seen_by(app.settings, wish.actor))
        known = incidents.seen(session, wish.id)
        if known is not None:
            same = known.kind == wish.kind.value
            return Outcome(incident, refused=known.refused if same else SPENT)
        now = app.clock()
        outcome = _alone(session, incident, apply(incident, wish, now))
        _note(session, wish, incident.code, outcome.refused)
        if outcome.refused is None:
            respond.store(app, session, incident, outcome, now, wish.id)
            _fulfil(session, outcome, wish, now)
            _wake_engine(session, incident, outcome.incident, now)
        return outcome

    outcome = app.database.repeat(work)
    if outcome.refused is not None:
        raise RefusedError(outcome.refused)
    return outcome


def _public(incident: Incident) -> bool:
    return not incident.restricted


def find(session: Session, code: str, sees: Sees = _public) -> Incident:
    """The incident of this code; raises RefusedError when there is none, or none for the asker."""
    incident = incidents.by_code(session, code)
    if incident is None or not sees(incident):
        raise RefusedError(
            f"没有编号为 {_shown(code)} 的事件；运行 fengsui incidents list 查看编号"
        )
    return incident


def _shown(code: str) -> str:
    """What somebody took for a code: by chat and mail anybody may write one, of any length."""
    plain = "".join(one for one in code.strip() if one.isprintable())
    return plain if len(plain) <= LONGEST_SHOWN else f"{plain[:LONGEST_SHOWN]}…"


def _note(session: Session, wish: Command, subject: str, refused: str | None) -> None:
    session.add(
        CommandRow(
            id=wish.id,
            kind=wish.kind.value,
            actor=wish.actor,
            at=wish.at,
            subject=subject,
            refused=refused,
        )
    )
    session.flush()


def _fulfil(session: Session, outcome: Outcome, wish: Command, now: datetime) -> None:
    step = FULFILS.get(wish.kind)
    incident = outcome.incident
    if step == "roles" and not (incident.commander and incident.spokesperson):
        return
    if step is not None:
        steps.finish(session, incident.id, step, wish.actor, "", now)


def _alone(session: Session, before: Incident, outcome: Outcome) -> Outcome:
    """Refuse to take up again what has been opened anew meanwhile: one story, one incident."""
    if before.lifecycle.active or not outcome.incident.lifecycle.active:
        return outcome
    other = incidents.last_of_topic(session, before.brand, before.topic_key)
    if other is None or other.id == before.id or not other.lifecycle.active:
        return outcome
    refused = f"同一件事已另开事件 {other.code}，请在那里处理：fengsui incidents show {other.code}"
    return Outcome(before, refused=refused)


def _wake_engine(session: Session, before: Incident, after: Incident, now: datetime) -> None:
    """A person's word may change what the engine starts from: let it look again."""
    if _engine_sees(before) == _engine_sees(after):
        return
    found = session.query(TopicRow).filter_by(brand=after.brand, key=after.topic_key)
    for topic in found:
        # What people have ended begins again from nothing.
        topic.tier = int(after.tier) if after.lifecycle.active else int(Tier.NONE)
        topic.quiet_since, topic.check_at = None, now


def _engine_sees(incident: Incident) -> tuple[object, ...]:
    return (incident.tier, incident.pin_tier, incident.pin_until, incident.lifecycle.active)


def finish_step(
    app: App, code: str, step_id: str, actor: str, note: str, *, skip: bool = False
) -> None:
    """Tick a playbook step off, or leave it out with a reason; it counts as progress."""

    def work(session: Session) -> None:
        incident, now = find(session, code, seen_by(app.settings, actor)), app.clock()
        row = session.get(StepRow, (incident.id, step_id))
        if row is None:
            raise RefusedError(
                f"事件 {code} 没有步骤 {step_id}；运行 fengsui playbook show {code} 查看"
            )
        if step_id == FULFILS[Kind.ACK] and incident.acked_by is None:
            # Ticked off alone it would look taken up while everybody is still being called.
            raise RefusedError(f"还没有人接手，呼叫还在继续：请运行 fengsui incidents ack {code}")
        done = playbook.skip if skip else playbook.complete
        state = next(
            one for one in steps.of_incident(session, incident.id) if one.step_id == step_id
        )
        outcome = done(state, actor, note, now)
        if outcome.refused:
            raise RefusedError(outcome.refused)
        steps.save(session, incident.id, outcome.step)
        again = playbook.next_round(app.playbook, outcome.step, incident.tier, now)
        if again is not None and session.get(StepRow, (incident.id, again.step_id)) is None:
            steps.insert(session, incident.id, [again])
        did = "跳过" if skip else "完成"
        progress(app, session, incident, actor, f"{did}「{state.title}」", now)

    app.database.repeat(work)


def progress(
    app: App, session: Session, incident: Incident, actor: str, reason: str, now: datetime
) -> None:
    """Renew the lease of whoever works on it."""
    respond.store(app, session, incident, transitions.progress(incident, actor, reason, now), now)


def draft_statement(
    app: App, code: str, facts: tuple[str, ...], text: str, actor: str
) -> Statement:
    """Begin the statement of an incident, or change its words; approvals of old words fall."""

    def work(session: Session) -> Statement:
        incident, now = find(session, code, seen_by(app.settings, actor)), app.clock()
        if incident.lifecycle is Lifecycle.MERGED:
            raise RefusedError(ended(incident))
        there = steps.statement_of(session, incident.id)
        if there is None or there[1].url is not None:
            fresh = statement.draft(
                steps.new_statement_id(session), incident.id, facts, text, actor
            )
            steps.add_statement(session, fresh)
        else:
            fresh = _granted(statement.revise(there[1], text, actor, facts))
            _save(session, there[0], fresh)
        if facts:
            steps.finish(session, incident.id, "facts", actor, f"{len(facts)} 条事实", now)
        progress(app, session, incident, actor, "起草声明", now)
        return fresh

    return app.database.repeat(work)


def move_statement(
    app: App,
    code: str,
    change: Callable[[Statement, Incident, datetime], StatementOutcome],
    *,
    actor: str = "",
) -> StatementOutcome:
    """Take an incident's statement one step further: submit, approve or publish.

    `actor` is who asks; without one the record names whoever approved or drafted it last.
    """

    def work(session: Session) -> StatementOutcome:
        incident, now = find(session, code, seen_by(app.settings, actor or None)), app.clock()
        there = steps.statement_of(session, incident.id)
        if there is None:
            raise RefusedError(f"事件 {code} 还没有声明；先运行 fengsui statement draft {code}")
        outcome = change(there[1], incident, now)
        after = _granted(outcome)
        _save(session, there[0], after)
        _follow_statement(app, session, incident, after, actor, now)
        return outcome

    return app.database.repeat(work)


def _save(session: Session, row: StatementRow, after: Statement) -> None:
    if not steps.save_statement(session, row, after):
        raise RefusedError("声明刚刚被别人改动，请重新查看后再操作")


def _granted(outcome: StatementOutcome) -> Statement:
    if outcome.refused:
        raise RefusedError(outcome.refused)
    return outcome.statement


def _follow_statement(
    app: App, session: Session, incident: Incident, after: Statement, asked: str, now: datetime
) -> None:
    actor = asked or (after.approvals[-1].actor if after.approvals else after.drafted_by)
    if after.status == statement.StatementStatus.SUBMITTED:
        steps.finish(session, incident.id, "draft", after.submitted_by or actor, "", now)
    if after.status == statement.StatementStatus.APPROVED:
        steps.finish(session, incident.id, "approve", actor, f"校验码 {after.text_hash[:12]}", now)
    if after.status == statement.StatementStatus.PUBLISHED:
        speaker = asked or incident.spokesperson or incident.commander or actor
        steps.finish(session, incident.id, "publish", speaker, after.url or "", now)
        outcome = transitions.published(incident, speaker, now)
    else:
        outcome = transitions.progress(incident, actor, "声明流程", now)
    respond.store(app, session, incident, outcome, now)


def new_id() -> str:
    """A fresh command id."""
    return str(uuid4())
