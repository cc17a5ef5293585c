"""Carries out one wish of one person on an incident, and says what is so now."""

from __future__ import annotations

from pathlib import Path

from monitor.app import App
from monitor.cli import show
from monitor.cli.context import Refusal, actor, opened
from monitor.cli.incident_confirm import report
from monitor.domain.command import Command, Kind
from monitor.stations import obey


def ask(
    config: Path,
    wanted: str | None,
    code: str,
    kind: Kind,
    reason: str = "",
    **args: str | None,
) -> None:
    """Carry out one wish and print what is so now."""
    with opened(config) as app:
        person = actor(app, wanted)
        given = {key: _value(app, key, text) for key, text in args.items() if text is not None}
        wish = Command(
            id=obey.new_id(),
            kind=kind,
            actor=person,
            at=app.clock(),
            reason=show.wording(reason),
            args=given,
        )
        report(app, kind, obey.perform(app, code, wish))


def _value(app: App, key: str, text: str) -> str:
    """Check what only the configuration and the clock know: people, and times as people type."""
    if key == "until" and text.strip():
        return show.moment(text, app.clock(), app.settings.zone, ahead=True).isoformat()
    if key == "at" and text.strip():
        return show.moment(text, app.clock(), app.settings.zone, ahead=False).isoformat()
    if key in ("commander", "spokesperson"):
        return _known(app, text.strip())
    return text


def _known(app: App, person: str) -> str:
    ids = [one.id for one in app.settings.people]
    if person in ids:
        return person
    choice = "、".join(f"{one.id}（{one.name}）" for one in app.settings.people)
    raise Refusal(
        f"people 里没有「{show.line(person, 30)}」；可用的编号：{choice or '（名单是空的）'}"
    )
