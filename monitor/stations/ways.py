"""How one person can answer one incident from where they are, as a message tells it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from alerts.answer_words import by_chat
from monitor.app import App
from monitor.config_people import PersonConfig
from monitor.domain.incident import Incident
from monitor.stations.answer_tokens import link
from monitor.store import trials

PLATFORMS = {"feishu": "飞书", "lark": "Lark", "dingtalk": "钉钉", "wecombot": "企业微信"}


def back(
    app: App, session: Session, incident: Incident, person: PersonConfig, now: datetime
) -> dict[str, Any]:
    """The fields of a message's facts that say how to answer.

    The owner of a trial reads what is meant for others, and must not answer in their name.
    """
    if trials.running(session):
        return {}
    said = app.settings.answers
    open_to = [name for name in PLATFORMS if name in person.ids and getattr(said, name)]
    chats = tuple(by_chat(PLATFORMS[name], incident.code) for name in open_to[:1])
    return {"link": link(app, incident, person, now), "chats": chats}
