"""Merges and splits incidents by a person's word, with their topics, in one transaction.

Merge: the louder tier and the earlier first post win, what waits to be sent of the child is
withdrawn. Split: a new incident whose clocks begin with its own earliest post; nothing that was
sent is sent again. Both are taken back by `topics undo`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.app import App
from monitor.domain import merging, transitions
from monitor.domain.command import Command, Kind, apply
from monitor.domain.incident import Incident, Outcome
from monitor.domain.tier import Tier
from monitor.stations import obey, regroup, respond, restriction
from monitor.stations.decide import decide_topic
from monitor.stations.refusal import RefusedError
from monitor.store import incidents
from monitor.store.response_schema import IncidentRow
from monitor.store.schema import TopicRow


@dataclass(frozen=True, slots=True)
class Joined:
    """What became of a wish."""

    incident: Incident
    """The root of a merge, or what was split off."""
    number: int
    """Of the decision, for taking it back."""
    mentions: int


def merge(app: App, child: str, root: str, actor: str, reason: str) -> Joined:
    """Make one incident part of another; raises RefusedError with a sentence."""

    def work(session: Session) -> Joined:
        now, sees = app.clock(), restriction.seen_by(app.settings, actor)
        small, big = obey.find(session, child, sees), obey.find(session, root, sees)
        into, gone = merging.merge(big, small, actor, reason, now)
        if into.refused:
            raise RefusedError(into.refused)
        topics = _topic(session, small), _topic(session, big)
        moved = regroup.merge_in(session, *topics, actor, reason, now)
        into = restriction.closed_like(app, into, small, now)
        respond.store(app, session, big, into, now)
        respond.store(app, session, small, gone, now)
        topic = session.get_one(TopicRow, moved.topic)
        topic.tier, topic.check_at = max(topic.tier, int(into.incident.tier)), now
        return Joined(into.incident, moved.number, moved.mentions)

    return app.database.repeat(work)


def split(app: App, code: str, mentions: Sequence[int], actor: str, reason: str) -> Joined:
    """Make mentions of an incident one of their own; raises RefusedError with a sentence."""

    def work(session: Session) -> Joined:
        now = app.clock()
        whole = obey.find(session, code, restriction.seen_by(app.settings, actor))
        if not whole.lifecycle.active:
            raise RefusedError("只有还在处理的事件才能拆分：请先 reopen")
        parted = regroup.split_off(session, _topic(session, whole), mentions, actor, reason, now)
        topic = session.get_one(TopicRow, parted.topic)
        decide_topic(app, session, topic, now)
        part = incidents.last_of_topic(session, topic.brand, topic.key)
        if part is None:
            part = _opened(app, session, topic, whole, actor, reason, now)
        part = _closed(app, session, part, whole, now)
        return Joined(_kept(app, session, part, whole, actor, now), parted.number, parted.mentions)

    return app.database.repeat(work)


def _topic(session: Session, incident: Incident) -> int:
    return session.get_one(IncidentRow, incident.id).topic_id


def _opened(
    app: App,
    session: Session,
    topic: TopicRow,
    whole: Incident,
    actor: str,
    reason: str,
    now: datetime,
) -> Incident:
    """A person says that it is one, whatever the engine makes of what was parted."""
    outcome = transitions.open_incident(
        id=incidents.next_incident_id(session),
        brand=topic.brand,
        topic_key=topic.key,
        tier=max(Tier(topic.tier), Tier.YELLOW),
        reason=reason,
        first_public_at=min(topic.first_published_at, now),
        detected_at=whole.detected_at,
        now=now,
        actor=actor,
    )
    topic.tier, topic.tier_since = int(outcome.incident.tier), now
    named = restriction.named_by_topic(app, session, topic.id)
    outcome = restriction.begun(app, outcome, named)
    incidents.insert(session, outcome, topic.id, dict(app.policy.source))
    respond.follow(app, session, outcome, now)
    return outcome.incident


def _closed(app: App, session: Session, part: Incident, whole: Incident, now: datetime) -> Incident:
    """What was parted from a restricted incident is one until its circle says otherwise."""
    outcome = restriction.closed_like(app, Outcome(part), whole, now)
    respond.store(app, session, part, outcome, now)
    return outcome.incident


def _kept(
    app: App, session: Session, part: Incident, whole: Incident, actor: str, now: datetime
) -> Incident:
    """Whoever holds the whole holds the part as well: nobody is woken for what has somebody."""
    if whole.acked_by != actor or not restriction.may_see(app.settings, part, actor):
        return part
    taken = apply(part, Command(obey.new_id(), Kind.ACK, actor, now), now)
    respond.store(app, session, part, taken, now)
    return taken.incident
