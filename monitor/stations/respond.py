"""Turns a decision into work for people: incident, calls, group notes and playbook steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from alerts.facts import Kind
from monitor.app import App
from monitor.domain import escalation, merging, transitions
from monitor.domain.decision import Decision
from monitor.domain.escalation import Page, Run
from monitor.domain.incident import ENGINE, Incident, Lifecycle, Outcome, Transition, joined
from monitor.domain.playbook import add_steps_for_raise, open_steps
from monitor.domain.self_check import SELF_CHECK
from monitor.domain.tier import Tier
from monitor.stations import bundling, calling, cards, muting, notices, reminders, restriction
from monitor.store import incidents, outbox, steps
from monitor.store.outbox import CALLS
from monitor.store.schema import TopicRow

FIRST_STEP = "evidence"  # the store itself keeps text, address and time of every mention


def to_decision(
    app: App,
    session: Session,
    topic: TopicRow,
    incident: Incident | None,
    decision: Decision,
    now: datetime,
) -> None:
    """Open, raise or lower the topic's incident as the engine decided."""
    if incident is None:
        if decision.change == "raised" or decision.candidate:
            _open(app, session, topic, decision, now)
        return
    outcome = _moved(incident, topic, decision, now)
    if incident.lifecycle.active:
        named = restriction.named_by_topic(app, session, topic.id)
        outcome = restriction.closed_in(app, outcome, named, now)
    store(app, session, incident, outcome, now)


def to_merged_topic(app: App, session: Session, topic: TopicRow, now: datetime) -> None:
    """Let the incident of a topic that turned out to be part of another follow its topic."""
    child = incidents.of_topic(session, topic.brand, topic.key, now)
    root_topic = session.get_one(TopicRow, topic.merged_into)
    if child is None or not child.lifecycle.active:
        return  # what has ended stays where it ended
    root = incidents.of_topic(session, root_topic.brand, root_topic.key, now)
    if root is None or not root.lifecycle.active:
        incidents.move(session, child, root_topic.id, root_topic.key)
        root_topic.tier = max(root_topic.tier, topic.tier)
        return
    merged_in, merged = merging.merge(root, child, ENGINE, "后来发现是同一件事", now)
    merged_in = restriction.closed_like(app, merged_in, child, now)
    store(app, session, root, merged_in, now)
    store(app, session, child, merged, now)


def _open(app: App, session: Session, topic: TopicRow, decision: Decision, now: datetime) -> None:
    before = incidents.last_of_topic(session, topic.brand, topic.key)
    outcome = transitions.open_incident(
        id=incidents.next_incident_id(session),
        brand=topic.brand,
        topic_key=topic.key,
        tier=decision.tier,
        reason=decision.reason,
        first_public_at=min(topic.first_published_at, now),
        detected_at=now,
        now=now,
        candidate=decision.candidate,
        recurs_of=before.id if before else None,
    )
    named = restriction.named_by_topic(app, session, topic.id)
    outcome = restriction.begun(app, outcome, named, before)
    incidents.insert(session, outcome, topic.id, dict(app.policy.source))
    follow(app, session, outcome, now)


def _moved(incident: Incident, topic: TopicRow, decision: Decision, now: datetime) -> Outcome:
    outcome = transitions.date_back(incident, topic.first_published_at, now)
    if decision.change == "raised" and incident.lifecycle is Lifecycle.RESOLVED:
        outcome = joined(outcome, transitions.recur(outcome.incident, decision.reason, now))
    if decision.tier > outcome.incident.tier:
        raised = transitions.raise_tier(outcome.incident, decision.tier, decision.reason, now)
        outcome = joined(outcome, raised)
    if decision.change == "lowered":
        lowered = transitions.lower_tier(outcome.incident, decision.reason, now)
        outcome = joined(outcome, lowered)
    return outcome


def store(
    app: App,
    session: Session,
    before: Incident,
    outcome: Outcome,
    now: datetime,
    command_id: str | None = None,
) -> None:
    """Store an incident's next state and everything that follows of it."""
    if outcome.transitions:
        incidents.save(session, before, outcome, command_id)
        follow(app, session, outcome, now)


def follow(app: App, session: Session, outcome: Outcome, now: datetime) -> None:
    """Calls, group notes and steps that the transitions cause; same transaction as they are."""
    incident, kinds = outcome.incident, {one.kind for one in outcome.transitions}
    before = outcome.transitions[0].from_tier
    _steps(app, session, incident, now)
    if "restrict" in kinds:
        # Nothing more of it to those who heard of it so far.
        outbox.cancel(session, incident.id)
        bundling.withdraw(session, incident.id)
    if incident.lifecycle is not Lifecycle.OPEN:
        _stop_calling(session, incident)
    elif kinds & {"restrict", "unrestrict"} or any(_calls(one) for one in outcome.transitions):
        _call(app, session, outcome, now)
    elif "pass" in kinds:
        _call_next(session, incident, now)
    if "review" in kinds and incident.review_until:
        steps.hush(session, incident.id, incident.review_until, now)
    if incident.tier < before:
        _calm_calling(session, incident)
        notices.group(app, session, incident, Kind.LOWERED, now, tier_before=before)
    if incident.lifecycle is Lifecycle.RESOLVED and kinds & {"resolve", "settle"}:
        notices.group(app, session, incident, Kind.RESOLVED, now)
    if "recur" in kinds and incident.lifecycle is Lifecycle.RESPONDING:
        reminders.returned(app, session, incident, now)
    cards.refresh(app, session, outcome, now)


def _calls(one: Transition) -> bool:
    """Whether people must be called anew: it has just opened, or it got louder while open."""
    opened = one.to_lifecycle is Lifecycle.OPEN and one.from_lifecycle is not Lifecycle.OPEN
    return opened or one.to_tier > one.from_tier


def _call(app: App, session: Session, outcome: Outcome, now: datetime) -> None:
    incident, kinds = outcome.incident, {one.kind for one in outcome.transitions}
    run = escalation.begun(
        incident.id,
        incident.tier,
        restriction.levels(app, incident),
        now,
        calling.quiet(app),
        # Who let the lease lapse had their chance: the next level is called.
        first_level=2 if "lease_lost" in kinds else 1,
        not_before=_not_before(app, session, incident, now),
    )
    events = calling.call_due(
        app, session, incident, run, restriction.who(app, session, incident), now
    )
    if not events and _is_quiet(session, incident):
        return  # it stays listed; the call comes when its time does
    calls = [event for event in events if isinstance(event, Page)]
    raised = "raise" in kinds and outcome.transitions[0].from_tier > Tier.NONE
    calling.announce(app, session, incident, events, Kind.RAISED if raised else Kind.PAGE, now)
    notices.group(
        app,
        session,
        incident,
        Kind.RAISED if raised else Kind.PAGE,
        now,
        tier_before=outcome.transitions[0].from_tier,
        call=calls[0] if calls else None,
    )


def _not_before(app: App, session: Session, incident: Incident, now: datetime) -> datetime | None:
    """When the first call may go out: a self-check is read in the morning, a muted yellow later."""
    if incident.kind == SELF_CHECK:
        return calling.quiet(app).next_end(now)
    if muting.muted_by(session, incident) is not None:
        return muting.try_again(now)
    return None


def _is_quiet(session: Session, incident: Incident) -> bool:
    return incident.kind == SELF_CHECK or muting.muted_by(session, incident) is not None


def _call_next(session: Session, incident: Incident, now: datetime) -> None:
    """Let the next level be called by the next round instead of at its deadline."""
    run = incidents.load_run(session, incident.id, to_change=True)
    if run is not None and run.active:
        incidents.save_run(session, replace(run, next_deadline=now))


def _calm_calling(session: Session, incident: Incident) -> None:
    """Go on calling by the rules of the lower tier, or not at all."""
    run = incidents.load_run(session, incident.id, to_change=True)
    if run is not None and run.active:
        lower = replace(run, tier=incident.tier)
        incidents.save_run(session, lower if incident.tier else escalation.stop(run))


def _stop_calling(session: Session, incident: Incident) -> None:
    run: Run | None = incidents.load_run(session, incident.id, to_change=True)
    if run is not None and run.active:
        incidents.save_run(session, escalation.stop(run))
    outbox.cancel(session, incident.id, CALLS)
    if not incident.lifecycle.active:
        outbox.cancel(session, incident.id, (*CALLS, "notice"))
        steps.cancel_all(session, incident.id)
    if incident.lifecycle in (Lifecycle.DISMISSED, Lifecycle.MERGED):
        outbox.cancel(session, incident.id)


def _steps(app: App, session: Session, incident: Incident, now: datetime) -> None:
    """Open the playbook on ORANGE, and what RED adds to it; the first step is done by storing."""
    if incident.tier < Tier.ORANGE or not incident.lifecycle.active:
        return
    steps.resume(session, incident.id)
    there = steps.of_incident(session, incident.id)
    first = incident.first_public_at or incident.detected_at
    if not there:
        fresh = open_steps(app.playbook, incident.tier, first, max(first, now))
    elif incident.tier is Tier.RED:
        fresh = add_steps_for_raise(app.playbook, there, first, now)
    else:
        fresh = ()
    steps.insert(session, incident.id, fresh)
    if fresh and not there:
        steps.finish(session, incident.id, FIRST_STEP, "engine", "已保存原文、网址和时间", now)
