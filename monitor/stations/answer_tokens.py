"""Personal links: signed, expiring, one answer each; they name their person and go to nobody else.

A token says which incident, which person, when it was made and until when it holds, and carries a
MAC under a key of this installation that signs nothing but links and replies by mail. It is spent
by its first answer: the command's id is made of it, and the store does one command once.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from monitor import files
from monitor.app import App
from monitor.config_people import ChannelConfig, PersonConfig
from monitor.domain.incident import Incident
from monitor.stations.identity import FOLDER

LIFE = timedelta(hours=12)  # a night's call is answered in the night; the next shift gets its own
KEY_FILE, KEY_BYTES = "links.key", 32
MAC = 16  # bytes; RFC 2104 §5 asks for half of the hash's 32 at least


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a token says."""

    incident: int
    person: str
    made_at: datetime
    until: datetime
    id: str
    """The id of the one command that it is good for."""


def link(app: App, incident: Incident, person: PersonConfig, now: datetime) -> str:
    """A fresh link; empty without a published address, or where others would read it."""
    if not app.settings.answers.address or others_read(app, person):
        return ""
    said = f"{incident.id}.{person.id}.{int(now.timestamp())}.{int((now + LIFE).timestamp())}"
    token = urlsafe_b64encode(said.encode() + _mac(app, said)).decode().rstrip("=")
    return f"{app.settings.answers.address}/{token}"


def others_read(app: App, person: PersonConfig) -> bool:
    """Whether a channel of theirs is a group's, the operators' or a colleague's, by any name.

    A gateway that dials each one's own number is one's own, though everybody's calls go through it.
    """
    known = {one.name: one for one in app.settings.channels}
    others = {_place(known[one]) for one in (*app.settings.groups, *app.settings.operator_channels)}
    for one in app.settings.people:
        if one.id != person.id:
            others |= {_place(known[name], one) for name in one.channels}
    return bool({_place(known[name], person) for name in person.channels} & others)


def _place(channel: ChannelConfig, person: PersonConfig | None = None) -> tuple[str, str]:
    """Where a channel's messages to somebody end: its address, and the number that it dials."""
    return channel.url, (person.mobile or "") if person is not None and channel.dials else ""


def _mac(app: App, said: str) -> bytes:
    return hmac.digest(key_of(app), said.encode(), "sha256")[:MAC]


def key_of(app: App) -> bytes:
    """The key of links and of replies by mail: with the codes, which no backup holds."""
    path = Path(app.settings.data_dir) / FOLDER / KEY_FILE
    if not path.exists():
        files.make_once(path, f"{secrets.token_hex(KEY_BYTES)}\n".encode())
    return bytes.fromhex(path.read_text(encoding="ascii"))


def read_token(app: App, token: str, now: datetime) -> Ticket | None:
    """What a token says; None for a forged, broken or expired one, or a person who has left."""
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        said, mac = raw[:-MAC].decode("ascii"), raw[-MAC:]
    except ValueError:
        return None
    if not hmac.compare_digest(mac, _mac(app, said)):
        return None
    number, person, made, until = said.split(".")
    ticket = Ticket(
        int(number), person, _instant(made), _instant(until), sha256(raw).hexdigest()[:32]
    )
    known = any(one.id == person for one in app.settings.people)
    return ticket if known and now < ticket.until else None


def _instant(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
