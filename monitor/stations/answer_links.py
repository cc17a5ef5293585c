"""The pages behind personal links: what they show, and what a tap on a button brings about."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from alerts.answer_page import Answer, Card
from alerts.answer_server import AnswerServer, Doors
from alerts.facts import Kind as Told
from alerts.rendering import group_text
from monitor.app import Answering, App
from monitor.domain.command import Command, Kind
from monitor.domain.incident import Incident, Lifecycle
from monitor.domain.tier import Tier
from monitor.stations import notices, obey
from monitor.stations.answer_tokens import Ticket, read_token
from monitor.store import incidents

log = logging.getLogger("fengsui")

REVIEW_AT = 8  # o'clock: when the day shift of a hospital begins, as quiet hours end
KINDS = {
    Answer.ACK: Kind.ACK,
    Answer.PASS: Kind.PASS,
    Answer.REVIEW: Kind.REVIEW,
    Answer.EXTEND: Kind.TOUCH,
}


def look(app: App, token: str) -> Card | None:
    """The page of a link; looking changes nothing."""
    ticket = read_token(app, token, app.clock())
    if ticket is None:
        return None
    with app.database.reading() as session:
        incident = incidents.load(session, ticket.incident)
        spent = incidents.seen(session, ticket.id) is not None
        return _card(app, session, incident, ticket, spent=spent)


def _card(app: App, session: Session, incident: Incident, ticket: Ticket, *, spent: bool) -> Card:
    facts = notices.facts_of(session, incident, Told.LOWERED, app.clock())
    numbers = group_text(facts).split("\n")[0].partition("】")[2]
    title = f"{incident.tier.label}·{incident.code}　{incident.lifecycle.label}"
    lines = (numbers, f"你是{notices.names(app, (ticket.person,))}。{_state(app, incident)}")
    if spent:
        return Card(title, (*lines, obey.SPENT))
    return Card(title, lines, _answers(incident, ticket.person))


def _state(app: App, incident: Incident) -> str:
    if incident.acked_by:
        return f"{notices.names(app, (incident.acked_by,))}已接手。"
    return "还没有人接手。" if incident.lifecycle is Lifecycle.OPEN else ""


def _answers(incident: Incident, person: str) -> tuple[Answer, ...]:
    if incident.lifecycle in (Lifecycle.OPEN, Lifecycle.CANDIDATE):
        rest = (Answer.PASS,) if incident.lifecycle is Lifecycle.OPEN else ()
        wait = (Answer.REVIEW,) if incident.tier < Tier.RED else ()
        return (Answer.ACK, *rest, *wait)
    if incident.lifecycle.leased and incident.acked_by == person:
        return (Answer.EXTEND, *((Answer.REVIEW,) if incident.tier < Tier.RED else ()))
    return ()


def take(app: App, token: str, answer: Answer) -> Card | None:
    """Carry out what was tapped, once; the card says what is so now."""
    ticket = read_token(app, token, app.clock())
    if ticket is None:
        return None
    with app.database.reading() as session:
        incident = incidents.load(session, ticket.incident)
    if _is_stale(incident, ticket):
        return Card("没有记下", ("这条链接之后事件又升级或重新告警了：请看最新消息，再点一次。",))
    now = app.clock()
    args = (
        {"until": _morning(now, app.settings.zone).isoformat()} if answer is Answer.REVIEW else {}
    )
    wish = Command(ticket.id, KINDS[answer], ticket.person, now, f"手机：{answer.label}", args)
    try:
        obey.perform(app, incident.code, wish)
    except obey.RefusedError as refused:
        return Card("没有记下", (_named(app, str(refused)),))
    with app.database.reading() as session:
        after = incidents.load(session, ticket.incident)
        card = _card(app, session, after, ticket, spent=True)
    return Card(f"已记下：{answer.label}", (card.title, *card.lines[:-1]))


def _is_stale(incident: Incident, ticket: Ticket) -> bool:
    """An answer to ORANGE must not silence the RED that came after it."""
    opened = incident.opened_at
    return opened is not None and int(opened.timestamp()) > int(ticket.made_at.timestamp())


def _named(app: App, sentence: str) -> str:
    """Names in place of ids at the start of a sentence of the domain."""
    first, space, rest = sentence.partition(" ")
    return f"{notices.names(app, (first,))}{space}{rest}"


def _morning(now: datetime, zone: ZoneInfo) -> datetime:
    local = now.astimezone(zone)
    today = local.replace(hour=REVIEW_AT, minute=0, second=0, microsecond=0)
    return today if today > local else today + timedelta(days=1)


def tend_answers(app: App, now: datetime) -> int:  # noqa: ARG001 - a step
    """Listen where the configuration says, and only there; returns whether anything changed."""
    answering, settings = app.answering, app.settings.answers
    answering.app = app
    wanted = settings.place if settings.address else None
    if wanted == answering.place:
        return 0
    answering.close()
    if wanted is not None:
        answering.server = AnswerServer(wanted, _doors(answering))
        answering.place = wanted
        log.info("personal links are answered on port %s", answering.server.port)
    return 1


def _doors(answering: Answering) -> Doors:
    """Always ask the application with the newest settings."""

    def newest() -> App:
        if answering.app is None:
            raise RuntimeError("not ready")
        return answering.app

    return Doors(
        look=lambda token: look(newest(), token),
        take=lambda token, answer: take(newest(), token, answer),
    )
