"""Going live: refused until everybody of the rota was woken by a test call and one drill ran."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.app import App
from monitor.config_waking import rota_people, unwoken
from monitor.stations import reach
from monitor.store import drills, reaches
from monitor.store.first_week_schema import WaiverRow


def missing(app: App, session: Session) -> list[str]:
    """What stands between this house and real duty, each with the command that ends it."""
    found = unwoken(app.settings)
    found += [
        f"{person.name}（{person.id}）还没有确认试呼：fengsui alerts test --person {person.id}，"
        f"再把他听到的确认码写进 fengsui alerts confirm 确认码 --person {person.id}"
        for person in rota_people(app.settings)
        if not (person.channels and reach.is_confirmed(app, session, person))
    ]
    if drills.practised(session) is None:
        found.append("还没有真人演练过一场：fengsui drill --scenario misdiagnosis（--auto 不算）")
    return found


def waive(session: Session, actor: str, reason: str, lacking: list[str], now: datetime) -> None:
    """Write down who went live without it, why, and what was lacking."""
    session.add(WaiverRow(at=now, actor=actor, reason=reason, missing=lacking))


def settle(app: App, session: Session, now: datetime) -> bool:
    """Strike off what has been made good meanwhile; whether anything was."""
    row = reaches.waiver(session)
    if row is None or missing(app, session):
        return False
    row.made_good_at = now
    return True


def owed(app: App, session: Session) -> list[str]:
    """What somebody went live without and still lacks, for `status`."""
    row = reaches.waiver(session)
    lacking = missing(app, session) if row is not None else []
    if row is None or not lacking:
        return []
    names = {one.id: one.name for one in app.settings.people}
    day = row.at.astimezone(app.settings.zone)
    head = f"{day:%m-%d} 由{names.get(row.actor, row.actor)}跳过检查转正（{row.reason}），还欠："
    return [head + "；".join(lacking)]
