"""Who may see what customers or colleagues told us: asked before, and written down after."""

from __future__ import annotations

from collections.abc import Collection

from monitor.app import App
from monitor.cli.context import Refusal, actor
from monitor.stations.obey import new_id
from monitor.store.response_schema import CommandRow

ROLES = {
    "service": "客服",
    "legal": "法务",
    "operator": "运维",
    "oncall": "值班",
    "commander": "总指挥",
    "monitor": "监测员",
}


def entitled(
    app: App,
    wanted: str | None,
    roles: Collection[str],
    kind: str,
    subject: str,
    *,
    rota: bool = False,
) -> str:
    """Return the person who asks if they hold one of the roles; both answers are recorded.

    With `rota` whoever is named in the call order may as well.

    Raises Refusal for everybody else. The record is in the table of commands, as `kind`.
    """
    person = actor(app, wanted)
    held = next(one.roles for one in app.settings.people if one.id == person)
    names = "、".join(ROLES[one] for one in roles)
    called = {one for level in app.settings.oncall.levels for one in level.people}
    fine = bool(set(held) & set(roles)) or (rota and person in called)
    refused = None if fine else f"只有{names}可以这样做"
    with app.database.transaction() as session:
        session.add(
            CommandRow(
                id=new_id(),
                kind=kind,
                actor=person,
                at=app.clock(),
                subject=subject,
                refused=refused,
            )
        )
    if refused:
        shown = "、".join(roles)
        more = "" if rota else "；其他人可以看数目和类别：fengsui private count"
        raise Refusal(f"{refused}（people 里 roles 写着 {shown} 之一的人）{more}")
    return person
