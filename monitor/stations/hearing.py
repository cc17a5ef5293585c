"""Takes answers from chats: whose platform id the configuration knows acts, nobody else does.

A button says which incident it answers; a typed line says it by its code, or by being said by
somebody whom one incident alone calls.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.answer_page import Answer, Card
from alerts.answer_words import CHOICES, Typed, read_answer
from alerts.ears.heard import Heard, Told
from monitor.app import App
from monitor.domain.incident import Incident
from monitor.stations import answer_tokens, answers, restriction
from monitor.stations.incident_card import GROUP_CARD, action_of, describe, possible
from monitor.stations.ways import PLATFORMS
from monitor.store import incidents
from monitor.store.response_schema import OutboxRow

SHOWN_CODES = 8
STRANGER = "烽燧还不认识你，什么也没有记下。"
ENROL = "请把你的编号交给运维，写进配置里你名下的 ids：{platform}: {id}"
ASK_ALONE = "请私聊我一句话，我告诉你怎么登记。"
HELP = f"没有看懂，没有记下。应答请发一个数字和事件编号，如「1 7K2」：{CHOICES}"
NO_CALL = "现在没有在呼叫你的事件。要应答别的事件，请带上编号，如「1 7K2」。"
WHICH = "有几起事件，请带上编号再发一次，如「{number} {code}」。现有：{codes}"
WHICH_ALONE = "有几起事件，没有记下：请私聊我，带上编号再发一次。"
DETAILS_ALONE = "详情请私聊我。"
OLD_BUTTON = "这个按钮已经失效：请看最新消息。"


def hear(app: App, heard: Heard) -> Told:
    """Carry out what somebody said or tapped, once, and say what became of it."""
    person = _person(app, heard)
    if person is None:
        return Told(_stranger(heard))
    if heard.action:
        return _tapped(app, heard, person)
    typed = read_answer(heard.text)
    return _help(app, heard, person) if typed is None else _typed(app, heard, person, typed)


def _help(app: App, heard: Heard, person: str) -> Told:
    """How to answer; whom one incident alone calls gets its card, and need only tap."""
    with app.database.reading() as session:
        found = _calling(app, session, person, Answer.ACK)
        if len(found) != 1 or (heard.group and found[0].restricted):
            return Told(HELP)
        incident = found[0]
        title, lines = describe(app, session, incident, "" if heard.group else person)
    card = Card(title, lines, possible(incident, person))
    return Told(HELP, card=card, action=action_of(incident, app.clock(), group=heard.group))


def _person(app: App, heard: Heard) -> str | None:
    named = ((one.id, one.ids.get(heard.platform)) for one in app.settings.people)  # type: ignore[call-overload] # a platform without ids has none
    return next((person for person, known in named if known and known in heard.people), None)


def _stranger(heard: Heard) -> str:
    if heard.group or not heard.people:
        return f"{STRANGER}{ASK_ALONE}"
    return STRANGER + ENROL.format(platform=heard.platform, id=heard.people[0])


def _tapped(app: App, heard: Heard, person: str) -> Told:
    """A button's answer: ack.12.1793420000, with .g at the end on a card that a group sees."""
    word, _, rest = heard.action.removesuffix(GROUP_CARD).partition(".")
    number, _, made = rest.partition(".")
    if word not in list(Answer) or not (_is_number(number) and _is_number(made)):
        return Told(OLD_BUTTON)
    with app.database.reading() as session:
        if not incidents.exists(session, int(number)):
            return Told(OLD_BUTTON)
    made_at = datetime.fromtimestamp(int(made), UTC)
    seen = replace(heard, group=heard.group or heard.action.endswith(GROUP_CARD))
    return _done(app, seen, person, Answer(word), int(number), made_at)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 11  # noqa: PLR2004 - until year 5138


def _typed(app: App, heard: Heard, person: str, typed: Typed) -> Told:
    with app.database.reading() as session:
        before = incidents.seen(session, _number(heard))
        # Delivered again, a bare number must not go to whatever calls by now.
        code = before.subject if before is not None else typed.code
        if code:
            incident = incidents.by_code(session, code)
            if incident is None or not restriction.may_see(app.settings, incident, person):
                return Told(f"没有编号为 {code} 的事件，没有记下。{NO_CALL}")
            found = [incident]
        else:
            found = _calling(app, session, person, typed.answer)
    if not found:
        return Told(NO_CALL)
    if len(found) > 1:
        return Told(_which(heard, typed, found))
    at = min(heard.at or app.clock(), app.clock())
    return _done(app, heard, person, typed.answer, found[0].id, at)


def _which(heard: Heard, typed: Typed, found: list[Incident]) -> str:
    """Ask for the code; in a group, where others read it, of what everybody may know."""
    shown = [one.code for one in found if not (heard.group and one.restricted)][:SHOWN_CODES]
    if not shown:
        return WHICH_ALONE
    number = list(Answer).index(typed.answer) + 1
    return WHICH.format(number=number, code=shown[0], codes="、".join(shown))


def _calling(app: App, session: Session, person: str, answer: Answer) -> list[Incident]:
    """The incidents that called this person of late and take this answer from them."""
    asked = select(OutboxRow.incident_id).where(
        OutboxRow.recipient == person,
        OutboxRow.kind.in_(("page", "notice")),
        OutboxRow.created_at > app.clock() - answer_tokens.LIFE,
        OutboxRow.incident_id.is_not(None),
    )
    loaded = [incidents.load(session, one) for one in set(session.scalars(asked)) if one]
    found = [one for one in loaded if restriction.may_see(app.settings, one, person)]
    return sorted((one for one in found if answer in possible(one, person)), key=lambda one: one.id)


def _number(heard: Heard) -> str:
    """The command's id: made of the platform's own number of the message."""
    return "chat-" + sha256(f"{heard.platform}\n{heard.id}".encode()).hexdigest()[:32]


def _done(
    app: App, heard: Heard, person: str, answer: Answer, incident: int, made_at: datetime
) -> Told:
    wish = answers.Wish(
        incident, person, answer, made_at, _number(heard), way=PLATFORMS[heard.platform]
    )
    card = answers.carry_out(app, wish)
    noted = card.title != answers.NOT_NOTED
    with app.database.reading() as session:
        after = incidents.load(session, incident)
        title, lines = describe(app, session, after, "" if heard.group else person)
    # What was answered and by whom, and no buttons; a group reads nothing that is not for all.
    answered = Card(title, lines) if noted else None
    if heard.group and after.restricted:
        return Told(f"{card.title}。{DETAILS_ALONE}", noted, answered)
    return Told("\n".join([card.title, *card.lines]), noted, answered)
