"""Takes answers from a mailbox: a reply to a call, by the person it went to, with its token.

A sender's address alone proves nothing, and a token alone may have been forwarded: an answer needs
both, and none of a machine or of a domain that did not send it (DMARC) is one. Whoever holds a
token and wrote something else is told how to answer; nobody else gets a word.
"""

from __future__ import annotations

import hmac
import json
import logging
from base64 import b32encode
from collections.abc import Callable
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from alerts.answer_page import Card
from alerts.answer_words import BY_MAIL, read_answer
from alerts.ears.ear import Ear, EarError
from crawlers.connectors.base import RefusedError
from crawlers.receivers.letters import passed_over
from crawlers.receivers.mailbox import HeldUpError, new_mails
from crawlers.receivers.replies import Reply, read_reply
from monitor.app import App
from monitor.config_answers import ReplyMailConfig
from monitor.config_people import PersonConfig
from monitor.domain.tier import Tier
from monitor.stations import answer_tokens, answers, notices
from monitor.store import incidents, meta, trials
from monitor.store.outbox import Draft, enqueue
from monitor.store.response_schema import OutboxRow

log = logging.getLogger("fengsui")

ANSWERABLE = ("page", "notice")
LIFE = answer_tokens.LIFE  # of a token, as of a link
TOKEN_BYTES = 10  # 16 letters: 80 bits, which nobody hits by sending mails
WITHOUT = (
    "这封邮件里没有回执号，没有记下。请打开烽燧的告警邮件，点「回复」，不要改标题，"
    "第一行只写一个数字；也可以在终端应答。"
)
OTHER_WORDS = f"没有看懂，没有记下。{BY_MAIL}"
OTHER_CODE = "这封邮件说的是事件 {code}，没有记下：请回复你要应答的那封告警。"


def token(app: App, session: Session, row: OutboxRow) -> str:
    """What a reply to this message must carry; empty where nobody may answer it by mail."""
    if app.settings.answers.mail is None or row.kind not in ANSWERABLE or not row.code:
        return ""
    person = next((one for one in app.settings.people if one.id == row.recipient), None)
    if person is None or not person.mail or answer_tokens.others_read(app, person):
        return ""
    # The owner of a trial reads what is meant for others, and must not answer in their name.
    return "" if row.meant_for or trials.running(session) else _mark(app, row.key)


def _mark(app: App, key: str) -> str:
    mac = hmac.digest(answer_tokens.key_of(app), f"mail:{key}".encode(), "sha256")
    return b32encode(mac[:TOKEN_BYTES]).decode().lower()


def listen(app_now: Callable[[], App], mail: ReplyMailConfig, ear: Ear) -> None:
    """Look into the mailbox again and again, until it fails or is to end."""
    while not ear.stopped:
        _visit(app_now(), mail)
        ear.up()
        ear.rest(mail.every.total_seconds())


def _visit(app: App, mail: ReplyMailConfig) -> None:
    place = sha256(f"{mail.host}|{mail.user}|{mail.mailbox}".encode()).hexdigest()[:16]
    key = f"reply-mail:{place}"
    with app.database.reading() as session:
        row = meta.get(session, key)
        cursor = json.loads(row.value) if row else {}
    options = {"host": mail.host, "port": mail.port, "mailbox": mail.mailbox, "ca": mail.ca}
    secrets = {"user": mail.user, "password": mail.password}
    try:
        mails, after = new_mails(options, secrets, cursor, app.clock())
    except RefusedError as error:
        raise EarError(str(error).removeprefix("的")) from None
    except HeldUpError as error:
        with app.database.transaction() as session:
            meta.put(session, key, json.dumps(error.cursor), app.clock())
            if error.passed is not None:
                said = f"回信邮箱里{passed_over(error.passed)}"
                notices.operator(app, session, said, app.clock())
                return
        raise EarError("有一封邮件收到一半就断线") from error
    for raw, _ in mails:
        _one(app, raw)  # of one that is too large the head, which tells its sender so
    if after != cursor:
        with app.database.transaction() as session:
            meta.put(session, key, json.dumps(after), app.clock())


def _one(app: App, raw: bytes) -> None:
    """One mail; one that we stumble over must not keep those behind it from being read."""
    try:
        take(app, read_reply(raw))
    except SQLAlchemyError:
        raise  # the store is at fault, not the mail: it is read again
    except Exception as error:  # noqa: BLE001 - the edge of a mail
        log.error("a reply could not be taken: %s", type(error).__name__)  # noqa: TRY400 - no texts


def take(app: App, reply: Reply) -> None:
    """Carry out what a reply answers, once, and write back what became of it."""
    if reply.automatic or reply.refused or not reply.sender:
        return
    people = [one for one in app.settings.people if (one.mail or "").lower() == reply.sender]
    if not people:
        return
    found = _answered(app, reply, people)
    if found is not None:
        _write_back(app, found, _outcome(app, reply, found), reply.key)
    elif read_answer(reply.line) is not None:
        _explain(app, people[0])


def _answered(app: App, reply: Reply, people: list[PersonConfig]) -> OutboxRow | None:
    """The newest message to the sender that the reply carries the token of."""
    asked = select(OutboxRow).where(
        OutboxRow.recipient.in_([one.id for one in people]),
        OutboxRow.kind.in_(ANSWERABLE),
        OutboxRow.incident_id.is_not(None),
        OutboxRow.created_at > app.clock() - LIFE,
    )
    with app.database.reading() as session:
        for row in session.scalars(asked.order_by(OutboxRow.id.desc())):
            if any(hmac.compare_digest(_mark(app, row.key), one) for one in reply.tokens):
                return row
    return None


def _outcome(app: App, reply: Reply, row: OutboxRow) -> Card:
    typed = read_answer(reply.line)
    if typed is None:
        return Card(answers.NOT_NOTED, (OTHER_WORDS,))
    if typed.code not in ("", row.code):
        return Card(answers.NOT_NOTED, (OTHER_CODE.format(code=row.code),))
    incident = row.incident_id or 0
    wish = answers.Wish(
        incident, row.recipient, typed.answer, row.created_at, f"mail-{reply.key[:32]}", way="邮件"
    )
    return answers.carry_out(app, wish)


def _write_back(app: App, row: OutboxRow, card: Card, cause: str) -> None:
    with app.database.reading() as session:
        restricted = incidents.load(session, row.incident_id or 0).restricted
    draft = Draft(
        incident_id=row.incident_id,
        cause=f"reply-{cause}",
        kind="reply",
        recipient=row.recipient,
        channels=(row.channel,),
        subject=f"【{card.title}】编号 {row.code}",
        body="\n".join([card.title, *card.lines]),
        code=row.code,
        restricted=restricted,
        priority=Tier(row.priority),
    )
    with app.database.transaction() as session:
        enqueue(session, draft, app.clock())


def _explain(app: App, person: PersonConfig) -> None:
    """Say why nothing was noted; once an hour, since anybody can write a sender's address.

    By mail alone: who forges an address must not make a telephone ring at night.
    """
    now = app.clock()
    own = (one for one in person.channels if one in app.channels)
    draft = Draft(
        incident_id=None,
        cause=f"reply-without-{now:%Y%m%d%H}",
        kind="reply",
        recipient=person.id,
        channels=tuple(one for one in own if app.channels[one].kind == "mail"),
        subject=f"【{answers.NOT_NOTED}】",
        body=WITHOUT,
    )
    with app.database.transaction() as session:
        enqueue(session, draft, now)
