"""Keeps cards true after they were sent: who has taken it up, and no button that means nothing.

One card per incident and recipient is kept up to date: its receipt stands at the message that
brought it. A newer call rings as a message of its own, and the card before it is folded. A change
is a row of the outbox as well (kind `card`), written with what it tells of; it makes no sound.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from alerts.app_cards import APPS
from monitor.app import App
from monitor.domain.incident import Incident, Lifecycle, Outcome, Transition
from monitor.stations import restriction
from monitor.stations.incident_card import action_of, describe, possible
from monitor.store import incidents, outbox, trials
from monitor.store.response_schema import OutboxRow

CARD = "card"
CARRIERS = ("page", "notice", "group")
FOLDED = "已有更新的消息，请看最新一条。"
_CALLING = (Lifecycle.OPEN, Lifecycle.CANDIDATE)
# Which section of `answers` hears the taps on a channel's cards.
HEARS = {"feishuapp": "feishu", "larkapp": "lark", "dingtalkapp": "dingtalk"}


def target(row: OutboxRow) -> str:
    """The card that a message replaces; empty for a message of its own."""
    return row.receipt if row.kind == CARD else ""


def shows_cards(app: App, channel: str) -> bool:
    """Whether a channel shows cards that can be changed."""
    return channel in app.channels and app.channels[channel].kind in APPS


def dress(app: App, session: Session, row: OutboxRow) -> dict[str, object]:
    """The fields of a message that a card needs: its buttons, and what they carry.

    Without a connection that hears taps there are no buttons, and none for a trial's owner, who
    must not answer in another's name.
    """
    if not shows_cards(app, row.channel) or row.incident_id is None:
        return {}
    incident = incidents.load(session, row.incident_id)
    hears = getattr(app.settings.answers, HEARS[app.channels[row.channel].kind]) is not None
    mute = bool(row.meant_for) or trials.running(session) is not None or FOLDED in row.body
    mute = mute or not _may_see(app, incident, row)
    if not hears or mute or row.kind not in (*CARRIERS, CARD):
        return {}
    calling = incident.lifecycle in _CALLING
    asked = possible(incident, _person(row)) if calling or row.kind == "notice" else ()
    action = action_of(incident, row.created_at, group=not _person(row))
    return {"answers": asked, "action": action}


def _person(row: OutboxRow) -> str:
    """Whose card it is; a group's is nobody's."""
    return "" if row.recipient.startswith("group:") else row.recipient


def _may_see(app: App, incident: Incident, row: OutboxRow) -> bool:
    return restriction.may_see(app.settings, incident, _person(row))


def refresh(app: App, session: Session, outcome: Outcome, now: datetime) -> None:
    """Let the cards of an incident say what it has become; its end is their last change."""
    if not any(map(_shows, outcome.transitions)):
        return
    incident = outcome.incident
    for row in _cards(session, incident.id):
        if not shows_cards(app, row.channel):
            continue
        _change(app, session, row, incident, now)
        if not incident.lifecycle.active or not _may_see(app, incident, row):
            row.receipt = ""


def _shows(one: Transition) -> bool:
    """Whether a transition changes what a card says."""
    moved = one.from_lifecycle is not one.to_lifecycle or one.from_tier != one.to_tier
    return moved or one.kind in ("take", "confirm_tier", "restrict", "unrestrict")


def _cards(session: Session, incident_id: int) -> list[OutboxRow]:
    found = select(OutboxRow).where(
        OutboxRow.incident_id == incident_id,
        OutboxRow.kind.in_(CARRIERS),
        OutboxRow.status == "sent",
        OutboxRow.receipt != "",
    )
    return list(session.scalars(found.order_by(OutboxRow.id)))


def after_sent(app: App, session: Session, row: OutboxRow, now: datetime) -> None:
    """Fold what the recipient got before; and say at once what changed while it was on its way."""
    if row.kind not in CARRIERS or not row.receipt or row.incident_id is None:
        return
    if not shows_cards(app, row.channel):
        return
    incident = incidents.load(session, row.incident_id)
    session.flush()
    for one in _cards(session, row.incident_id):
        same = (one.recipient, one.channel) == (row.recipient, row.channel)
        if same and one.id != row.id:
            _write(session, one, f"{one.body.partition(chr(10))[0]}\n{FOLDED}", now, "folded")
            one.receipt = ""
    if row.kind != "notice" and incident.lifecycle not in _CALLING:
        _change(app, session, row, incident, now)


def _change(app: App, session: Session, row: OutboxRow, incident: Incident, now: datetime) -> None:
    title, lines = describe(app, session, incident, _person(row))
    _write(session, row, "\n".join([title, *lines]), now, str(incident.version))


def _write(session: Session, row: OutboxRow, body: str, now: datetime, cause: str) -> None:
    """A change of one card; a newer one takes the place of what has not gone out yet."""
    key = outbox.key_of(row.incident_id, f"card-{row.id}-{cause}", row.recipient, row.channel)
    if session.scalar(select(OutboxRow.id).where(OutboxRow.key == key)) is not None:
        return
    older = update(OutboxRow).where(
        OutboxRow.kind == CARD,
        OutboxRow.receipt == row.receipt,
        OutboxRow.incident_id == row.incident_id,
        OutboxRow.status.in_(outbox.WAITING),
    )
    session.execute(older.values(status="superseded"))
    session.add(
        OutboxRow(
            key=key,
            incident_id=row.incident_id,
            kind=CARD,
            recipient=row.recipient,
            channel=row.channel,
            subject=body.partition("\n")[0],
            body=body,
            short=body,
            code=row.code,
            receipt=row.receipt,
            meant_for=row.meant_for,
            created_at=now,
            next_at=now,
        )
    )
    session.flush()
