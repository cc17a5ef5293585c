"""Makes and ends silences, and tells what they held back when they are over.

The end is found by a query, like everything that is due: a restart, or an end while nothing ran,
loses nothing. What people have answered meanwhile is not told again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from alerts.facts import Kind
from monitor.app import App
from monitor.domain import escalation, silence
from monitor.domain.escalation import Page
from monitor.domain.incident import Incident, Lifecycle
from monitor.domain.silence import Scope
from monitor.domain.tier import Tier
from monitor.stations import calling, muting, notices, reminders, restriction
from monitor.stations.obey import find, new_id
from monitor.stations.refusal import RefusedError
from monitor.store import incidents, silences
from monitor.store.response_schema import CommandRow
from monitor.store.silence_schema import HeldRow, SilenceRow


def add(
    app: App,
    scope: Scope,
    tier: Tier,
    end: datetime,
    reason: str,
    actor: str,
    *,
    begin: datetime | None = None,
) -> int:
    """Begin a silence now, or plan it for later; returns its number.

    Raises RefusedError, and records that as well.
    """

    def work(session: Session) -> tuple[int, str | None]:
        now = app.clock()
        start = begin or now
        refused = _unsilenceable(app, session, scope, tier, actor) or silence.refusal(
            scope, tier, start, end, now
        )
        row = SilenceRow(
            code=scope.code,
            brand=scope.brand,
            risk=scope.risk,
            source=scope.source,
            tier=int(tier),
            begin=start,
            end=end,
            reason=reason,
            made_by=actor,
        )
        if refused is None:
            session.add(row)
            session.flush()
        subject = scope.code or scope.brand or scope.source or ""
        _record(session, "silence", subject, actor, refused, now)
        return (row.id if refused is None else 0), refused

    number, refused = app.database.repeat(work)
    if refused is not None:
        raise RefusedError(refused)
    return number


def _unsilenceable(app: App, session: Session, scope: Scope, tier: Tier, actor: str) -> str | None:
    """Why this incident cannot be silenced, if it is about one."""
    if scope.code is None:
        return None
    incident = find(session, scope.code, restriction.seen_by(app.settings, actor))
    if incident.restricted:
        return "受限事件不能静默：知道它的人本来就少，少叫一个就可能没有人知道"
    if not incident.lifecycle.active:
        return f"事件 {incident.code} {incident.lifecycle.label}，不会再呼叫，不用静默"
    if incident.tier is Tier.RED:
        return f"事件 {incident.code} 是红色，红色从不静默；接手就不再呼叫：incidents ack"
    if incident.tier > tier:
        return f"事件 {incident.code} 是{incident.tier.label}：要静默它，写 --tier orange"
    return None


def end(app: App, number: int, actor: str) -> SilenceRow:
    """End a silence before its time; what it held back is told by the next round."""

    def work(session: Session) -> SilenceRow:
        row, now = session.get(SilenceRow, number), app.clock()
        if row is None or not _visible(app, session, row, actor):
            raise RefusedError(f"没有第 {number} 条静默；运行 fengsui silence list 查看")
        if row.settled_at is not None or row.end <= now:
            raise RefusedError(f"第 {number} 条静默已经结束，不用再结束一次")
        # One that was only planned never held.
        row.begin, row.end, row.ended_by = min(row.begin, now), now, actor
        _record(session, "silence_end", str(number), actor, None, now)
        return row

    return app.database.repeat(work)


def _visible(app: App, session: Session, row: SilenceRow, person: str | None) -> bool:
    """Whether this person may know of it: an incident may have become restricted since."""
    incident = incidents.by_code(session, row.code) if row.code else None
    return incident is None or restriction.may_see(app.settings, incident, person)


def visible(
    app: App, session: Session, rows: Sequence[SilenceRow], person: str | None
) -> list[SilenceRow]:
    """Those of these silences that this person may know of."""
    return [one for one in rows if _visible(app, session, one, person)]


def _record(
    session: Session, kind: str, subject: str, actor: str, refused: str | None, now: datetime
) -> None:
    session.add(
        CommandRow(id=new_id(), kind=kind, actor=actor, at=now, subject=subject, refused=refused)
    )
    session.flush()


def release(app: App, session: Session, now: datetime) -> int:
    """Tell what the silences that have ended held back; returns how many ended."""
    over = [one for one in silences.ended(session, now) if silences.settle(session, one, now)]
    for row in over:
        held: dict[int, list[HeldRow]] = {}
        for one in silences.held_by(session, row.id):
            if one.incident_id is not None:
                held.setdefault(one.incident_id, []).append(one)
        for number, messages in held.items():
            _tell(app, session, incidents.load(session, number), row, messages, now)
    return len(over)


def _tell(
    app: App,
    session: Session,
    incident: Incident,
    row: SilenceRow,
    messages: list[HeldRow],
    now: datetime,
) -> None:
    """One message to each whom it still concerns, of what is so now."""
    other = silences.covering(session, incident.id, incident.tier, now)
    if other is not None:
        silences.pass_on(session, messages, other)
    elif incident.lifecycle is Lifecycle.OPEN:
        _call(app, session, incident, messages, now)
    elif incident.lifecycle.active:
        _remind(app, session, incident, row, messages, now)


def _call(
    app: App, session: Session, incident: Incident, messages: list[HeldRow], now: datetime
) -> None:
    run = incidents.load_run(session, incident.id, to_change=True)
    if run is None or not run.active or muting.muted_by(session, incident) is not None:
        return  # it was told to the end, or is called when its brand's RED is over
    kinds = {one.kind for one in messages}
    due = escalation.postponed(run, now) if "page" in kinds else run
    who = restriction.who(app, session, incident)
    events = calling.call_due(app, session, incident, due, who, now)
    kind = Kind.ESCALATED if run.level else Kind.PAGE
    calling.announce(app, session, incident, events, kind, now)
    if "group" in kinds:
        calls = [one for one in events if isinstance(one, Page)]
        call = calls[0] if calls else None
        notices.group(app, session, incident, Kind.PAGE, now, call=call)


def _remind(
    app: App,
    session: Session,
    incident: Incident,
    row: SilenceRow,
    messages: list[HeldRow],
    now: datetime,
) -> None:
    """Whoever works on it hears that reminders were held back; what the groups missed is over."""
    facts = notices.facts_of(session, incident, Kind.REMINDER, now)
    people = dict.fromkeys(one.recipient for one in messages if one.kind == "notice")
    for person in people:
        number = sum(one.recipient == person for one in messages)
        action = f"静默已结束，期间压下 {number} 条提醒：fengsui incidents show {incident.code}"
        cause = f"silence-{row.id}"
        reminders.to_person(app, session, incident, person, facts, action, cause, now)
