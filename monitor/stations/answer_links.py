"""The pages behind personal links: what they show, and what a tap on a button brings about."""

from __future__ import annotations

import logging
from datetime import datetime

from alerts.answer_page import Answer, Card
from alerts.answer_server import AnswerServer, Doors
from monitor.app import Answering, App
from monitor.stations import answers, obey
from monitor.stations.answer_tokens import Ticket, read_token
from monitor.stations.incident_card import describe, possible
from monitor.store import incidents

log = logging.getLogger("fengsui")


def look(app: App, token: str) -> Card | None:
    """The page of a link; looking changes nothing."""
    ticket = read_token(app, token, app.clock())
    if ticket is None:
        return None
    with app.database.reading() as session:
        incident = incidents.load(session, ticket.incident)
        title, lines = describe(app, session, incident, ticket.person)
        if incidents.seen(session, ticket.id) is not None:
            return Card(title, (*lines, obey.SPENT))
    return Card(title, lines, possible(incident, ticket.person))


def take(app: App, token: str, answer: Answer) -> Card | None:
    """Carry out what was tapped, once; the card says what is so now."""
    ticket = read_token(app, token, app.clock())
    if ticket is None:
        return None
    if not _offered(app, ticket, answer):
        # The page never showed this button: no tap, and nothing to spend the link on.
        return look(app, token)
    wish = answers.Wish(
        ticket.incident, ticket.person, answer, ticket.made_at, ticket.id, way="手机"
    )
    return answers.carry_out(app, wish)


def _offered(app: App, ticket: Ticket, answer: Answer) -> bool:
    """Whether the page offers this answer, or could have a moment ago: ended ones say why not."""
    with app.database.reading() as session:
        incident = incidents.load(session, ticket.incident)
    offered = possible(incident, ticket.person)
    return answer in offered or not offered


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
