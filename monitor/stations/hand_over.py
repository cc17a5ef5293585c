"""Hands duty over while work is open: outgoing and incoming are both called until one accepts.

A change of duty with nothing open needs no signature: there is nothing to forget.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.app import App
from monitor.domain.tier import Tier
from monitor.rota import Rota, rota
from monitor.stations import notices
from monitor.stations.handover_sheet import sheet
from monitor.stations.obey import RefusedError
from monitor.store import duty, incidents
from monitor.store.duty_schema import HandoverRow, SwapRow
from monitor.store.outbox import Draft, enqueue

# A daemon that stood still longer than this begins no hand-over of a change long past.
LATEST = timedelta(hours=12)


def begin_handovers(app: App, now: datetime) -> int:
    """Open a hand-over for every change of duty that met open work; returns how many."""
    with app.database.reading() as session:
        look = rota(app.settings, session)
        fresh = [one for one in _turned(look, now) if _is_new(session, one)]
        fresh = [one for one in fresh if _met_work(session, one.turned_at)]
    if not fresh:
        return 0
    with app.database.transaction() as session:
        for one in fresh:
            if _is_new(session, one):
                session.add(one)
                session.flush()
                _ask_both(app, session, one, now)
    return len(fresh)


def _turned(look: Rota, now: datetime) -> list[HandoverRow]:
    found = []
    for number, level in enumerate(look.levels, 1):
        changes = look.turns(number, now - LATEST, now)
        if changes:
            before = look.planned(number, changes[-1] - timedelta(microseconds=1))
            after = look.planned(number, changes[-1])
            out, into = _only(before, after), _only(after, before)
            if out and into:
                found.append(
                    HandoverRow(
                        level=level.name, turned_at=changes[-1], outgoing=out, incoming=into
                    )
                )
    return found


def _only(these: tuple[str, ...], those: tuple[str, ...]) -> list[str]:
    return [person for person in these if person not in those]


def _is_new(session: Session, one: HandoverRow) -> bool:
    return duty.handover_at(session, one.level, one.turned_at) is None


def _met_work(session: Session, turned_at: datetime) -> bool:
    """Whether something is open that was open at the change: the incoming knows what came later."""
    active = incidents.all_incidents(session, active=True)
    return any(one.tier > Tier.NONE and one.detected_at <= turned_at for one in active)


def _ask_both(app: App, session: Session, one: HandoverRow, now: datetime) -> None:
    out, into = (notices.names(app, tuple(people)) for people in (one.outgoing, one.incoming))
    _tell(app, session, one, one.outgoing, "sign", now,
          f"「{one.level}」换班了，还有事件没完：请运行 fengsui oncall handover --sign 交给{into}；"
          "对方接下之前，有事仍会叫你")  # fmt: skip
    _tell(app, session, one, one.incoming, "accept", now,
          f"「{one.level}」轮到你值班，还有事件没完：看过 fengsui oncall handover 后，"
          f"运行 fengsui oncall handover --accept 接下；在那之前，有事也会同时叫{out}")  # fmt: skip


def _tell(
    app: App,
    session: Session,
    one: HandoverRow,
    people: Sequence[str],
    what: str,
    now: datetime,
    text: str,
) -> None:
    for number in people:
        person = next((found for found in app.settings.people if found.id == number), None)
        if person is None:
            continue
        draft = Draft(
            incident_id=None,
            cause=f"handover-{what}-{one.level}-{one.turned_at.isoformat()}",
            kind="notice",
            recipient=person.id,
            channels=person.channels,
            subject="交接班",
            body=f"【交接班】{text}。",
            priority=Tier.YELLOW,
        )
        enqueue(session, draft, now)


def withdraw(app: App, session: Session, swap: SwapRow, now: datetime) -> None:
    """Take back the hand-overs of a swap that will not be: nobody is called for them any more."""
    for one in duty.waiting_handovers_of(session, swap):
        _tell(app, session, one, [*one.outgoing, *one.incoming], "withdrawn", now,
              f"「{one.level}」的换班撤销了，这次交接不用办了；"
              "现在谁值班，请看 fengsui oncall show")  # fmt: skip
        session.delete(one)


def sign(app: App, actor: str, note: str) -> HandoverRow:
    """Sign as the outgoing person, with what the sheet says now; raises RefusedError."""

    def work(session: Session) -> HandoverRow:
        now = app.clock()
        one = _mine(session, actor, "outgoing") or _early(app, session, actor, now)
        one.signed_by, one.signed_at, one.note = actor, now, note
        one.sheet = sheet(app, session, now)
        _tell(app, session, one, one.incoming, f"signed-{now.isoformat()}", now,
              f"{notices.names(app, (actor,))}已签交接：请看 fengsui oncall handover，"
              "再运行 fengsui oncall handover --accept 接下")  # fmt: skip
        return one

    return app.database.repeat(work)


def accept(app: App, actor: str) -> HandoverRow:
    """Accept as the incoming person; from now on the outgoing is called no more."""

    def work(session: Session) -> HandoverRow:
        now = app.clock()
        one = _mine(session, actor, "incoming")
        if one is None:
            raise RefusedError("没有等你接的班：现在谁值班，请看 fengsui oncall show")
        one.accepted_by, one.accepted_at = actor, now
        _tell(app, session, one, one.outgoing, "accepted", now,
              f"{notices.names(app, (actor,))}已接班，有事不再叫你。辛苦了")  # fmt: skip
        return one

    return app.database.repeat(work)


def _mine(session: Session, actor: str, side: str) -> HandoverRow | None:
    rows = duty.open_handovers(session)
    return next((one for one in rows if actor in getattr(one, side)), None)


def _early(app: App, session: Session, actor: str, now: datetime) -> HandoverRow:
    """A hand-over signed before the change; both are called from then until it is accepted."""
    look = rota(app.settings, session)
    for number, level in enumerate(look.levels, 1):
        people = look.planned(number, now)
        for moment in look.turns(number, now, now + LATEST) if actor in people else ():
            into = _only(look.planned(number, moment), people)
            if actor not in look.planned(number, moment) and into:
                one = HandoverRow(
                    level=level.name, turned_at=moment, outgoing=[actor], incoming=into
                )
                session.add(one)
                session.flush()
                return one
    raise RefusedError("你现在没有要交的班：12 小时内没有轮到你下班的换班")
