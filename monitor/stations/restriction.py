"""Restricted incidents: those that name leadership or somebody on call go to their own chain.

Whoever is named neither hears of it nor sees it, and neither does anybody outside the chain: no
group, no operator, no briefing, no report, no hand-over sheet, no status. What the store lists and
what `obey.find` finds leaves them out unless the asker is named; a new reader is safe by default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from monitor.app import App
from monitor.config import Settings
from monitor.domain import restricting
from monitor.domain.escalation import Who
from monitor.domain.incident import Incident, Outcome, joined
from monitor.rota import rota
from monitor.stations.naming import Person, merged
from monitor.store import incidents
from monitor.store.response_schema import IncidentRow
from monitor.store.schema import BrandMentionRow, MentionRow
from monitor.text.clean import clean

Sees = Callable[[Incident], bool]


def watched(settings: Settings) -> tuple[Person, ...]:
    """Whose names restrict: those of the configuration, and everybody on call."""
    if not settings.restricted.chain:
        return ()
    on_call = {one for level in settings.oncall.levels for one in level.people}
    called = [Person(one.name) for one in settings.people if one.id in on_call]
    listed = [Person(one.name, frozenset(one.aliases)) for one in settings.restricted.names]
    return merged([*listed, *called])


def named_in(settings: Settings, texts: Iterable[str]) -> tuple[str, ...]:
    """Whom of the list these texts name, by the name that the configuration writes."""
    said = clean("\n".join(texts))
    return tuple(one.name for one in watched(settings) if one.is_named(said))


def named_by_topic(app: App, session: Session, topic_id: int) -> tuple[str, ...]:
    """The same of the mentions of a topic."""
    people = watched(app.settings)
    return tuple(one.name for one in people if _is_named(session, topic_id, one))


def _is_named(session: Session, topic_id: int, person: Person) -> bool:
    """The database narrows it down to texts with the right characters in a row."""
    parts = (MentionRow.text, MentionRow.title)
    found = (
        select(*parts)
        .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
        .where(
            BrandMentionRow.topic_id == topic_id,
            or_(*(_holds(part, form) for part in parts for form in person.forms)),
        )
    )
    return any(person.is_named(one) for row in session.execute(found) for one in row)


def _holds(part: InstrumentedAttribute[str], form: str) -> ColumnElement[bool]:
    return func.lower(func.replace(part, " ", "")).contains(form, autoescape=True)


def begun(
    app: App, outcome: Outcome, named: tuple[str, ...], before: Incident | None = None
) -> Outcome:
    """An incident that names somebody of the list from its first moment on.

    `before` is the one that it is the return of: a restricted story does not come back to all.
    """
    returns = before is not None and before.restricted
    if not (named or returns) or not app.settings.restricted.chain:
        return outcome
    everybody = tuple(dict.fromkeys([*named, *(before.named if before and returns else ())]))
    return replace(outcome, incident=replace(outcome.incident, restricted=True, named=everybody))


def closed_in(app: App, outcome: Outcome, named: tuple[str, ...], now: datetime) -> Outcome:
    """Restrict a running incident as soon as a new name turns up in it."""
    incident = outcome.incident
    fresh = set(named) - set(incident.named)
    if not fresh or not app.settings.restricted.chain:
        return outcome
    return handed_over(app, outcome, tuple(sorted(fresh)), now)


def handed_over(app: App, outcome: Outcome, named: tuple[str, ...], now: datetime) -> Outcome:
    """Restrict a running incident that names these, or belongs to one that is restricted."""
    everybody = tuple(dict.fromkeys([*outcome.incident.named, *named]))
    allowed = _chain(app.settings, everybody)
    return joined(outcome, restricting.restrict(outcome.incident, everybody, allowed, now))


def closed_like(app: App, outcome: Outcome, other: Incident, now: datetime) -> Outcome:
    """Restrict what took in, or was parted from, a restricted incident: it names whom that one did.

    A person may have restricted the other by hand, though no text of it names anybody.
    """
    one = outcome.incident
    if not other.restricted or (one.restricted and set(other.named) <= set(one.named)):
        return outcome
    return handed_over(app, outcome, other.named, now)


def chain(settings: Settings, incident: Incident) -> tuple[str, ...]:
    """Who is called for it, in this order, and may see it: the chain without those it names."""
    return _chain(settings, incident.named)


def _chain(settings: Settings, named: Iterable[str]) -> tuple[str, ...]:
    names = {one.id: one.name for one in settings.people}
    clean = tuple(one for one in settings.restricted.chain if names.get(one) not in set(named))
    # Somebody must hear of it: if all are named, better one of them than nobody.
    return clean or settings.restricted.chain


def may_see(settings: Settings, incident: Incident, person: str | None) -> bool:
    """Whether this person may know of the incident at all."""
    if not incident.restricted:
        return True
    # Whoever took it up was of the chain, or has been given charge, or held it before: no reason.
    in_charge = (incident.commander, incident.spokesperson)
    return person is not None and (person in chain(settings, incident) or person in in_charge)


def seen_by(settings: Settings, person: str | None) -> Sees:
    """The same as a question about any incident."""
    return lambda incident: may_see(settings, incident, person)


def hidden_incidents(app: App, session: Session, person: str | None) -> frozenset[int]:
    """The numbers of the incidents that this person may not know of."""
    return frozenset(one.id for one in _hidden(app, session, person))


def hidden_codes(app: App, session: Session, person: str | None) -> frozenset[str]:
    """The same as the codes that people say."""
    return frozenset(one.code for one in _hidden(app, session, person))


def hidden_topics(app: App, session: Session, person: str | None) -> frozenset[int]:
    """The topics that would tell this person of them, whatever else hangs on these."""
    closed = hidden_incidents(app, session, person)
    found = select(IncidentRow.topic_id).where(IncidentRow.id.in_(closed))
    return frozenset(session.scalars(found))


def _hidden(app: App, session: Session, person: str | None) -> list[Incident]:
    closed = (incidents.load(session, one) for one in incidents.restricted_ids(session))
    return [one for one in closed if not may_see(app.settings, one, person)]


def who(app: App, session: Session, incident: Incident) -> Who:
    """Who is called on which level for this incident."""
    if not incident.restricted:
        return rota(app.settings, session)
    order = chain(app.settings, incident)
    return lambda level, _at: order[level - 1 : level]


def levels(app: App, incident: Incident) -> int:
    """How many levels its calls have."""
    if incident.restricted:
        return len(chain(app.settings, incident))
    return len(app.settings.oncall.levels)
