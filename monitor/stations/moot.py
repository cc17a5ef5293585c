"""Whether a message that waits has lost its reason, so that it is not sent, or not sent again.

A change withdraws what waits at that moment. What was just on its way comes back when its platform
refuses it, when nobody knows whether it arrived, or when it goes on to the next channel: it is
measured here, before each sending, against what is so by then.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from monitor.config import Settings
from monitor.domain.incident import Incident, Lifecycle
from monitor.stations import restriction
from monitor.store import incidents, outbox, silences
from monitor.store.response_schema import OutboxRow

_GONE = (Lifecycle.DISMISSED, Lifecycle.MERGED)


def reason(settings: Settings, session: Session, row: OutboxRow) -> str:
    """Why a message about an incident is not sent any more; empty while it is to be sent."""
    if row.incident_id is None:
        return ""
    incident = incidents.load(session, row.incident_id)
    if _tells(incident, row) and not restriction.may_see(settings, incident, row.recipient):
        return "事件已转为受限，不再发给他"
    if row.kind in outbox.CALLS and incident.lifecycle is not Lifecycle.OPEN:
        return "已经有人接手，或者事件已经结束"
    if row.kind in silences.SILENCEABLE and incident.lifecycle in _GONE:
        return f"事件{incident.lifecycle.label}"
    return ""


def _tells(incident: Incident, row: OutboxRow) -> bool:
    """Whether it tells of its incident; what only tells that somebody has no channel does not.

    A card shows nothing to whoever may not see it any more, and a reply says no more to them than
    that there is nothing to answer: both must reach whoever wonders.
    """
    if row.kind == "meta":
        return incident.code in row.body
    return row.kind not in ("card", "reply")
