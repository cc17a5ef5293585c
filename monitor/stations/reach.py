"""Test calls to one person: a number that only the call tells, and whether it came back.

A confirmation holds for the address that was rung. Its fingerprint is kept twice: of what the
configuration says, which every shell can read, and of what stands behind ${…}, which is compared
where the secrets are at hand.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from alerts.facts import AlertFacts, Kind
from alerts.message import Delivery, Message, Status
from alerts.rendering import subject
from monitor.app import App
from monitor.config_people import ChannelConfig, PersonConfig
from monitor.config_waking import waking_channel
from monitor.stations.obey import new_id
from monitor.stations.refusal import RefusedError
from monitor.store import reaches
from monitor.store.first_week_schema import ReachRow

VALID = timedelta(days=1)
GUESSES = 5  # of a million numbers, for one test call


def ring(app: App, person: PersonConfig, sender: str) -> tuple[str, Delivery]:
    """Ring a person now with a number to be told back; the channel, and what it answered."""
    channel = way_to(app, person)
    code = f"{secrets.randbelow(10**6):06}"
    delivery = app.send(app.channels[channel.name], _message(app, person, code))
    if delivery.status is Status.SENT:
        with app.database.transaction() as session:
            session.add(
                ReachRow(
                    person=person.id,
                    channel=channel.name,
                    address=address(app, person),
                    code=_print(app, person.id, code),
                    sent_at=app.clock(),
                    sent_by=sender,
                )
            )
    return channel.name, delivery


def way_to(app: App, person: PersonConfig) -> ChannelConfig:
    """What would wake the person; else the first channel that they have."""
    waking = waking_channel(app.settings, person)
    if waking is not None:
        return waking
    if not person.channels:
        raise RefusedError(f"{person.name}没有渠道，叫不到他：先在 people 里给他写上 channels")
    return next(one for one in app.settings.channels if one.name == person.channels[0])


def _message(app: App, person: PersonConfig, code: str) -> Message:
    facts = AlertFacts(kind=Kind.TEST, at=app.clock())
    text = (
        f"试呼{person.name}：确认码 {' '.join(code)}。请把它告诉装烽燧的同事，"
        f"或自己运行 fengsui alerts confirm {code}"
    )
    mobiles = (person.mobile,) if person.mobile else ()
    body = f"【测试】{text}"
    return Message(key=new_id(), subject=subject(facts), body=body, short=body, mobiles=mobiles)


def confirm(app: App, person: str, code: str, actor: str) -> ReachRow:
    """Take the number that the call told; or, without one, the person's own word."""
    now = app.clock()

    def work(session: Session) -> tuple[ReachRow | None, str]:
        row = reaches.waiting(session, person, now - VALID)
        refused = _refused(app, row, code, actor)
        if row is not None and not refused:
            row.confirmed_at, row.confirmed_by = now, actor
        elif row is not None and code:
            row.guesses += 1
        return row, refused

    row, refused = app.database.repeat(work)
    if refused or row is None:
        raise RefusedError(refused)
    return row


def _refused(app: App, row: ReachRow | None, code: str, actor: str) -> str:
    if row is None:
        return "没有等着确认的试呼（一天之内有效）：先运行 fengsui alerts test --person 编号"
    if row.guesses >= GUESSES:
        return f"确认码错了太多次，这次试呼作废：再运行 fengsui alerts test --person {row.person}"
    if not code:
        own = "替别人确认要写确认码：fengsui alerts confirm 确认码 --person 编号"
        return "" if actor == row.person else own
    right = hmac.compare_digest(row.code, _print(app, row.person, code))
    return "" if right else "确认码不对：请照消息里的六位数再写一次"


def is_confirmed(app: App, session: Session, person: PersonConfig) -> bool:
    """Whether a test call came through to the address that the person has now."""
    row = reaches.confirmed(session, person.id)
    return row is not None and _same(row.address, address(app, person))


def confirmed_at(app: App, session: Session, person: PersonConfig) -> datetime | None:
    """When, if that still holds."""
    row = reaches.confirmed(session, person.id)
    return row.confirmed_at if row and is_confirmed(app, session, person) else None


def _same(kept: str, present: str) -> bool:
    (written, filled), (written_now, filled_now) = kept.split(":"), present.split(":")
    known = bool(filled and filled_now)
    return written == written_now and (filled == filled_now or not known)


def address(app: App, person: PersonConfig) -> str:
    """Fingerprints of how the person is rung: as written, and as it is (empty where unknown)."""
    channel, settings = way_to(app, person), app.settings
    places = {
        ("channels", settings.channels.index(channel), "url"): channel.url,
        ("people", settings.people.index(person), "mobile"): person.mobile or "",
    }
    written = [settings.templates.get(place, value) for place, value in places.items()]
    known = all(
        value and "unset" not in value
        for place, value in places.items()
        if place in settings.templates
    )
    said = [channel.name, channel.wakes or "", json.dumps(person.ids, sort_keys=True)]
    filled = _print(app, *said, *places.values()) if known else ""
    return f"{_print(app, *said, *written)}:{filled}"


def _print(app: App, *parts: str) -> str:
    return hmac.new(app.author_secret, "\0".join(parts).encode(), hashlib.sha256).hexdigest()[:32]
