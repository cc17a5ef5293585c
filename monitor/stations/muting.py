"""Inhibition: while a brand is in RED, its other topics' yellows call nobody; they stay listed.

A predicate on calling, never a state: it ends by itself when RED comes down or ends, it never
touches ORANGE or RED, and whoever reads the red page sees what is muted.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.domain.incident import Incident
from monitor.domain.tier import Tier
from monitor.store import incidents
from monitor.store.response_schema import IncidentRow

AGAIN = timedelta(minutes=15)  # how soon after RED has come down its yellows call


def muted_by(session: Session, incident: Incident) -> Incident | None:
    """The RED of the same brand that keeps this yellow from calling, if there is one."""
    if incident.tier is not Tier.YELLOW:
        return None
    found = select(IncidentRow.id).where(
        IncidentRow.brand == incident.brand,
        IncidentRow.tier == int(Tier.RED),
        IncidentRow.lifecycle.in_(incidents.ACTIVE),
        IncidentRow.id != incident.id,
    )
    reds = (incidents.load(session, one) for one in session.scalars(found.order_by(IncidentRow.id)))
    # A yellow that names its RED must not tell of one that its reader may not know of.
    return next((one for one in reds if not one.restricted), None)


def muted(session: Session, incident: Incident) -> list[Incident]:
    """The yellows of the same brand that a RED keeps quiet, oldest first."""
    if incident.tier is not Tier.RED or not incident.lifecycle.active:
        return []
    found = select(IncidentRow.id).where(
        IncidentRow.brand == incident.brand,
        IncidentRow.tier == int(Tier.YELLOW),
        IncidentRow.lifecycle.in_(incidents.ACTIVE),
    )
    rows = session.scalars(found.order_by(IncidentRow.id))
    yellows = [incidents.load(session, one) for one in rows]
    return [one for one in yellows if not (one.restricted or incident.restricted)]


def try_again(now: datetime) -> datetime:
    """When a muted call is looked at again."""
    return now + AGAIN
