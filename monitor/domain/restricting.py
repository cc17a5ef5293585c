"""Restricting an incident to the alternative chain, by the engine or a person, and lifting it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.domain.command_type import Command, done, ended, no, no_reason
from monitor.domain.incident import ENGINE, Incident, Lifecycle, Outcome, changed, reopened

if TYPE_CHECKING:
    from datetime import datetime


def restrict(
    incident: Incident, named: tuple[str, ...], allowed: tuple[str, ...], now: datetime
) -> Outcome:
    """Hand a running incident over to the alternative chain, since it names somebody."""
    after = replace(_handed_over(incident, allowed, now), named=named)
    return changed(incident, after, "restrict", actor=ENGINE, at=now, reason="说到了受限名单里的人")


def _handed_over(incident: Incident, allowed: tuple[str, ...], now: datetime) -> Incident:
    """Whoever is not of the chain holds it no longer in any way, and the chain is called."""
    after = replace(
        incident,
        restricted=True,
        commander=_if(incident.commander, allowed),
        spokesperson=_if(incident.spokesperson, allowed),
    )
    held_outside = incident.lifecycle.leased and incident.acked_by not in allowed
    if incident.lifecycle is Lifecycle.OPEN or held_outside:
        return reopened(after, now)
    return after


def _if(person: str | None, allowed: tuple[str, ...]) -> str | None:
    return person if person in allowed else None


def by_hand(incident: Incident, command: Command) -> Outcome:
    """A person's word that this is not for everybody; `chain` holds the ids of who may see it."""
    refused = ended(incident) or no_reason(command)
    if refused:
        return no(incident, refused)
    if incident.restricted:
        return Outcome(incident)
    allowed = tuple(command.args.get("chain", "").split(","))
    return done(incident, _handed_over(incident, allowed, command.at), command)


def lift(incident: Incident, command: Command) -> Outcome:
    """A person's word that everybody may know; the same names do not restrict it again."""
    refused = ended(incident) or no_reason(command)
    if refused:
        return no(incident, refused)
    return done(incident, replace(incident, restricted=False), command)
