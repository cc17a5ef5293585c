"""`fengsui evidence hold|release`: what the legal department keeps whatever retention says."""

from __future__ import annotations

import re
from typing import Annotated

import typer
from sqlalchemy import select

from monitor.app import App
from monitor.cli import show
from monitor.cli.context import DEFAULT_CONFIG, ActorOption, ConfigOption, Refusal, actor, opened
from monitor.cli.options import ReasonOption
from monitor.stations.restriction import hidden_codes
from monitor.store import holds
from monitor.store.evidence_schema import EvidenceRow, HoldRow
from monitor.store.response_schema import IncidentRow
from monitor.store.schema import MentionRow

SubjectArgument = Annotated[
    str,
    typer.Argument(
        metavar="编号", help="证据 E0001、事件 7K2 或提及的数字编号", show_default=False
    ),
]
KINDS = {"evidence": "证据", "incident": "事件", "mention": "提及"}


def hold(
    subject: SubjectArgument,
    *,
    reason: ReasonOption,
    who: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """下达保全令：这份证据、这个事件的全部提及或这条提及，到期也不清除。"""
    from monitor.evidence import custody

    said = _said(reason)
    with opened(config) as app:
        person, now = actor(app, who), app.clock()
        kind, name = _subject(app, subject, person)
        with app.database.transaction() as session:
            if holds.active(session, kind, name):
                raise Refusal(f"{KINDS[kind]} {name} 已经在保全令下了，不用再下")
            session.add(HoldRow(kind=kind, subject=name, reason=said, actor=person, at=now))
            custody.append(session, person, "held", name, now, kind=kind)
    show.say(f"✓ {KINDS[kind]} {name} 已保全，解除之前不会清除。", style="green")


def release(
    subject: SubjectArgument,
    *,
    reason: ReasonOption,
    who: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """解除保全令；只有法务（roles 里有 legal）可以。"""
    from monitor.evidence import custody

    said = _said(reason)
    with opened(config) as app:
        person, now = actor(app, who), app.clock()
        _is_legal(app, person)
        kind, name = _subject(app, subject, person)
        with app.database.transaction() as session:
            row = holds.active(session, kind, name)
            if row is None:
                raise Refusal(f"{KINDS[kind]} {name} 不在保全令下：用 fengsui evidence list 看看")
            holds.release(row, person, said, now)
            custody.append(session, person, "released", name, now, kind=kind)
    show.say(f"✓ {KINDS[kind]} {name} 的保全已解除，以后按保存期限清除。", style="green")


def _said(reason: str) -> str:
    said = show.wording(reason)
    if not said:
        raise Refusal("--reason 是空的：写清楚为什么，日后要凭它说明")
    return said


def _is_legal(app: App, person: str) -> None:
    roles = {one.id: one.roles for one in app.settings.people}
    if "legal" not in roles.get(person, ()):
        raise Refusal("只有法务可以解除保全：请法务来做，或在 people 里给他写上 roles: [legal]")


def _subject(app: App, written: str, person: str) -> tuple[str, str]:
    """What a person means, as kind and name; refuses what we do not have.

    The code of an incident may consist of digits: then it is meant, and #723 is the mention.
    """
    name = written.strip().upper()
    with app.database.reading() as session:
        hidden = hidden_codes(app, session, person)
        row = session.get(EvidenceRow, int(name[1:])) if re.fullmatch(r"E\d{4,9}", name) else None
        if row is not None and row.incident not in hidden:
            return "evidence", row.code
        asked = select(IncidentRow.id).where(IncidentRow.code == name)
        if name not in hidden and session.scalar(asked) is not None:
            return "incident", name
        number = name.removeprefix("#")
        if re.fullmatch(r"\d{1,15}", number) and session.get(MentionRow, int(number)):
            return "mention", str(int(number))
    raise Refusal(
        f"找不到「{show.line(written, 20)}」：证据写 E0001 这样，事件写 7K2 这样，提及写 #123 这样"
    )
