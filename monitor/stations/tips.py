"""Takes in what colleagues report from closed groups: sealed, and a candidate to be judged.

It meets no floor and starts no public clock: that begins when a person enters the first public
post. Who reports the same link or file joins the same candidate.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawlers.receivers.mail import Letter
from monitor.app import App
from monitor.domain.incident import Incident, Outcome
from monitor.evidence import tip as evidence
from monitor.stations import respond, restriction
from monitor.stations.opening import Opening, begin
from monitor.stations.tip_shelf import TipShelf
from monitor.store import incidents
from monitor.store import private as store
from monitor.store.private_schema import TipRow
from monitor.text.clean import clean
from monitor.text.pii import mask

SAME = timedelta(hours=72)  # reports of one event lie as near as its mentions


def take(
    app: App, session: Session, letters: Iterable[Letter], source: str, now: datetime
) -> list[TipRow]:
    """Keep the letters that are new; raises VaultError without the key."""
    return [row for one in letters if (row := take_one(app, session, one, source, now))]


def take_one(
    app: App, session: Session, letter: Letter, source: str, now: datetime, actor: str = ""
) -> TipRow | None:
    """Keep one report and open its candidate; None when it is known already."""
    key = _keyed(app, letter.key)
    if session.scalar(select(TipRow.id).where(TipRow.tip_key == key)) is not None:
        return None
    vault = store.unlocked(session, app.vault, now)
    row = TipRow(
        at=now,
        actor=actor or _person(app, letter.sender),
        source=source,
        brand=_brand(app, letter, source),
        tip_key=key,
        marks=[_keyed(app, one) for one in (*letter.links, *(f.sha256 for f in letter.files))],
        content="",
        files=len(letter.files),
        links=len(letter.links),
    )
    session.add(row)
    session.flush()
    opener = TipShelf(app).place(row.code, [one.content for one in letter.files])
    row.content = vault.seal(_content(letter) | {"key": opener})
    named = _named(app, letter, row.actor)
    row.incident = _joined(app, session, row, named, now) or _open(app, session, row, named, now)
    row.evidence = _shelve(app, session, letter, row, now)
    return row


def _shelve(app: App, session: Session, letter: Letter, row: TipRow, now: datetime) -> str | None:
    files = {f"{n}.{one.suffix}": one.content for n, one in enumerate(letter.files, 1)}
    who = row.actor or "未登记的发件人"
    return evidence.shelve(app, session, files, row.code, who, row.incident or "", now)


def _content(letter: Letter) -> dict[str, Any]:
    """Note and links, cleaned and masked like everything else; the files stand beside."""
    return {
        "sender": letter.sender,
        "subject": mask(clean(letter.subject)),
        "text": mask(clean(letter.text)),
        "links": [mask(one) for one in letter.links],
        "sent_at": letter.sent_at.isoformat() if letter.sent_at else None,
        "left_out": list(letter.left_out),
        "files": [
            {"name": one.name, "suffix": one.suffix, "sha256": one.sha256}
            | {"bytes": len(one.content)}
            for one in letter.files
        ],
    }


def _keyed(app: App, text: str) -> str:
    return hmac.new(app.author_secret, text.encode(errors="surrogatepass"), sha256).hexdigest()


def _person(app: App, sender: str) -> str:
    mails = ((one.mail or "").lower() for one in app.settings.people)
    known = zip(mails, app.settings.people, strict=True)
    return next((one.id for mail, one in known if mail and mail == sender), "")


def _brand(app: App, letter: Letter, source: str) -> str:
    """By the words, by the source, else the first brand of the configuration."""
    hits = app.matcher.match(clean(f"{letter.subject}\n{letter.text}"))
    sources = (one for one in app.settings.sources if one.name == source)
    said = next((one.settings.get("brand") for one in sources), None)
    named = [hit.brand for hit in hits]
    return named[0] if named else str(said or app.settings.brands[0].name)


def _named(app: App, letter: Letter, reporter: str) -> tuple[str, ...]:
    """Whom of the restricted list it names; who signs a report is not accused by it."""
    texts = (clean(letter.subject), clean(letter.text), *(one.name for one in letter.files))
    own = {one.name for one in app.settings.people if one.id == reporter}
    return tuple(one for one in restriction.named_in(app.settings, texts) if one not in own)


def _joined(
    app: App, session: Session, row: TipRow, named: tuple[str, ...], now: datetime
) -> str | None:
    """The code of the incident that it tells more of, restricted if this names somebody new."""
    incident = _known_incident(session, row, now)
    if incident is None:
        return None
    outcome = restriction.closed_in(app, Outcome(incident), named, now)
    respond.store(app, session, incident, outcome, now)
    return incident.code


def _known_incident(session: Session, row: TipRow, now: datetime) -> Incident | None:
    """The active incident of a report with a link or file in common."""
    found = select(TipRow).where(TipRow.at > now - SAME, TipRow.id != row.id)
    for one in session.scalars(found.where(TipRow.brand == row.brand)):
        same = set(one.marks) & set(row.marks)
        incident = incidents.by_code(session, one.incident or "") if same else None
        if incident is not None and incident.lifecycle.active:
            return incident
    return None


def _open(app: App, session: Session, row: TipRow, named: tuple[str, ...], now: datetime) -> str:
    names = {one.id: one.name for one in app.settings.people}
    who = names.get(row.actor, "名单上的一位同事")
    said = f"{who}上报了在群里或别处看到的内容（附件 {row.files} 个，链接 {row.links} 个）"
    opening = Opening(
        brand=row.brand,
        origin="report",
        key=f"report-{row.tip_key[:16]}",
        name=f"员工上报 {row.code}",
        reason=f"{said}，等人判断；看内容：fengsui tip show {row.code}",
        named=named,
    )
    return begin(app, session, opening, now).code
