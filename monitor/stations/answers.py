"""Carries out an answer to a call, whichever way it came: link, mail or chat; one path for all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.answer_page import Answer, Card
from monitor.app import App
from monitor.domain.command import Command, Kind
from monitor.domain.incident import Incident
from monitor.stations import notices, obey, restriction
from monitor.stations.incident_card import HIDDEN, describe
from monitor.store import incidents

REVIEW_AT = 8  # o'clock: when the day shift of a hospital begins, as quiet hours end
KINDS = {
    Answer.ACK: Kind.ACK,
    Answer.PASS: Kind.PASS,
    Answer.REVIEW: Kind.REVIEW,
    Answer.EXTEND: Kind.TOUCH,
}
NOT_NOTED = "没有记下"
STALE = "这条消息之后事件又升级或重新告警了：请看最新消息，再应答一次。"


@dataclass(frozen=True, slots=True)
class Wish:
    """One person's answer to one incident."""

    incident: int
    person: str
    answer: Answer
    made_at: datetime
    """When what they answer was written: an answer to ORANGE must not silence a later RED."""
    id: str
    """The command's id: the same answer, delivered twice, is one."""
    way: str
    """How it came, for the record: 手机, 邮件, 飞书."""


def carry_out(app: App, wish: Wish) -> Card:
    """Do it once and say what is so now, or that nothing was noted and why."""
    with app.database.reading() as session:
        incident = incidents.load(session, wish.incident)
        done = incidents.seen(session, wish.id)
    if not restriction.may_see(app.settings, incident, wish.person):
        return Card(NOT_NOTED, (HIDDEN,))
    if done is None and _is_stale(incident, wish):
        return Card(NOT_NOTED, (STALE,))
    now = app.clock()
    args = (
        {"until": _morning(now, app.settings.zone).isoformat()}
        if wish.answer is Answer.REVIEW
        else {}
    )
    reason = f"{wish.way}：{wish.answer.label}"
    command = Command(wish.id, KINDS[wish.answer], wish.person, now, reason, args)
    try:
        obey.perform(app, incident.code, command)
    except obey.RefusedError as refused:
        return Card(NOT_NOTED, (_named(app, str(refused)),))
    with app.database.reading() as session:
        title, lines = describe(app, session, incidents.load(session, wish.incident), wish.person)
    return Card(f"已记下：{wish.answer.label}", (title, *lines))


def _is_stale(incident: Incident, wish: Wish) -> bool:
    opened = incident.opened_at
    return opened is not None and int(opened.timestamp()) > int(wish.made_at.timestamp())


def _named(app: App, sentence: str) -> str:
    """Names in place of ids at the start of a sentence of the domain."""
    first, space, rest = sentence.partition(" ")
    return f"{notices.names(app, (first,))}{space}{rest}"


def _morning(now: datetime, zone: ZoneInfo) -> datetime:
    local = now.astimezone(zone)
    today = local.replace(hour=REVIEW_AT, minute=0, second=0, microsecond=0)
    return today if today > local else today + timedelta(days=1)
