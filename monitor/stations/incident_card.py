"""What an incident's card says to one person, and what they can answer; no quotes, no strangers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from alerts.answer_page import Answer
from alerts.facts import Kind as Told
from alerts.rendering import group_text
from monitor.app import App
from monitor.domain.incident import Incident, Lifecycle
from monitor.domain.tier import Tier
from monitor.stations import notices, restriction

GROUP_CARD = ".g"
HIDDEN = "这起事件已转给别人处理"


def describe(
    app: App, session: Session, incident: Incident, person: str = ""
) -> tuple[str, tuple[str, ...]]:
    """What an incident is and who has it: a heading and lines; for a group without a person."""
    if not restriction.may_see(app.settings, incident, person or None):
        return HIDDEN, ()
    facts = notices.facts_of(session, incident, Told.LOWERED, app.clock())
    numbers = group_text(facts).split("\n")[0].partition("】")[2]
    title = f"{incident.tier.label}·{incident.code}　{incident.lifecycle.label}"
    you = f"你是{notices.names(app, (person,))}。" if person else ""
    said = f"{you}{holder(app, incident)}"
    return title, (numbers, said) if said else (numbers,)


def holder(app: App, incident: Incident) -> str:
    """Who has taken it up, in a sentence; empty where nobody needs to."""
    if incident.acked_by:
        return f"{notices.names(app, (incident.acked_by,))}已接手。"
    return "还没有人接手。" if incident.lifecycle is Lifecycle.OPEN else ""


def possible(incident: Incident, person: str) -> tuple[Answer, ...]:
    """What this person can answer now."""
    if incident.lifecycle in (Lifecycle.OPEN, Lifecycle.CANDIDATE):
        rest = (Answer.PASS,) if incident.lifecycle is Lifecycle.OPEN else ()
        wait = (Answer.REVIEW,) if incident.tier < Tier.RED else ()
        return (Answer.ACK, *rest, *wait)
    if incident.lifecycle.leased and incident.acked_by == person:
        return (Answer.EXTEND, *((Answer.REVIEW,) if incident.tier < Tier.RED else ()))
    return ()


def action_of(incident: Incident, made_at: datetime, *, group: bool = False) -> str:
    """What the buttons of a card carry: which incident, when what it says was written, who sees."""
    return f"{incident.id}.{int(made_at.timestamp())}{GROUP_CARD if group else ''}"
