"""Decides: a topic's metrics into a tier, and what follows of it, in one transaction."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.app import App
from monitor.domain.decision import Decision, TierState, decide, quiet_time
from monitor.domain.explain import thresholds, would_lower
from monitor.domain.heat import VERSION
from monitor.domain.incident import ENGINE, Incident, Lifecycle
from monitor.domain.mention import SHANGHAI
from monitor.domain.metrics import Metrics
from monitor.domain.policy import Policy
from monitor.domain.self_check import is_outside
from monitor.domain.signals import worst_severity
from monitor.domain.tier import Tier
from monitor.domain.transitions import takes_hits
from monitor.domain.watching import counted_from
from monitor.policy_file import policy_of
from monitor.stations import notices, respond, self_check
from monitor.stations.measure import Weighed, measure
from monitor.stations.volumes import Volumes
from monitor.store import incidents
from monitor.store.response_schema import IncidentRow, TransitionRow
from monitor.store.schema import DecisionRow, TopicRow

LATE = 2  # looks come every `recheck`; one that comes twice as late still counts as watching


def decide_topic(
    app: App,
    session: Session,
    topic: TopicRow,
    now: datetime,
    known: dict[str, Volumes] | None = None,
) -> Decision | None:
    """Decide one topic: state, decision, incident and messages change together or not at all."""
    if topic.merged_into is not None:
        topic.check_at = None
        respond.to_merged_topic(app, session, topic, now)
        return None
    if topic.origin != "public":
        topic.check_at = None  # it has no mentions, and their absence must lower nothing
        return None
    last = incidents.last_of_topic(session, topic.brand, topic.key)
    incident = last if last is not None and takes_hits(last, now) else None
    policy = _policy(app, session, incident).at(topic.brand, now)
    metrics = measure(session, topic, policy, now, _weighed(session, last), known)
    state = state_of(app, topic, incident, now)
    decision = decide(policy, state, metrics, now)
    remember(app, topic, policy, decision, metrics)
    if decision.tier != state.tier:
        _record(session, topic, state.tier, policy, decision, now)
    if is_outside(topic.brand):
        self_check.look(app, session, topic, now)
        return decision
    respond.to_decision(app, session, topic, incident, decision, now)
    return decision


def _policy(app: App, session: Session, incident: Incident | None) -> Policy:
    if incident is None:
        return app.policy
    return policy_of(session.get_one(IncidentRow, incident.id).policy)


def _weighed(session: Session, last: Incident | None) -> Weighed:
    """What people have answered of this topic: by lowering its tier, or by ending its incident."""
    if last is None or last.lifecycle is Lifecycle.MERGED:
        return Weighed()  # a topic that was parted again: what its incident knew is unanswered
    if not last.lifecycle.active:
        thrown_out = last.lifecycle is Lifecycle.DISMISSED
        return Weighed(all_until=last.resolved_at or last.closed_at, thrown_out=thrown_out)
    lowered = session.scalar(
        select(func.max(TransitionRow.at)).where(
            TransitionRow.incident_id == last.id,
            TransitionRow.kind == "lower",
            TransitionRow.actor != ENGINE,
        )
    )
    return replace(_of_former(session, last), claims_until=lowered)


def _of_former(session: Session, incident: Incident) -> Weighed:
    """What was answered with the incident before: a new one does not make it news again."""
    if incident.recurs_of is None:
        return Weighed()
    former = incidents.load(session, incident.recurs_of)
    same = former.topic_key == incident.topic_key and not former.lifecycle.active
    return _weighed(session, former) if same else Weighed()


def state_of(app: App, topic: TopicRow, incident: Incident | None, now: datetime) -> TierState:
    """The engine's memory; what a person set on the incident comes first."""
    if incident is not None and not incident.lifecycle.active:
        return TierState()  # laid down: whatever comes now is a story that begins again
    return TierState(
        # A commander may have lowered the incident; the engine goes on from there.
        tier=incident.tier if incident else Tier(topic.tier),
        since=topic.tier_since,
        quiet_since=counted_from(topic.quiet_since, _last_look(topic), now, LATE * app.recheck),
        pin=incident.pin_tier if incident else None,
        pin_until=incident.pin_until if incident else None,
    )


def _last_look(topic: TopicRow) -> datetime | None:
    at = topic.metrics.get("at")
    return datetime.fromisoformat(at) if at else None


def remember(
    app: App, topic: TopicRow, policy: Policy, decision: Decision, metrics: Metrics
) -> None:
    """Note on the topic what was decided, and when to look again."""
    topic.tier, topic.tier_since = int(decision.tier), decision.state.since
    topic.quiet_since = decision.state.quiet_since
    # A story keeps its class when its claims have left the window or were weighed by a commander.
    known = topic.metrics.get("code")
    topic.metrics = summary(policy, metrics, decision)
    topic.metrics["code"] = topic.metrics["code"] or known
    topic.check_at = next_look(policy, decision, metrics.at, app.recheck)


def next_look(
    policy: Policy, decision: Decision, now: datetime, recheck: timedelta
) -> datetime | None:
    """When something may change although no mention arrives; None when nothing can."""
    if decision.candidate:
        return _morning(policy, now)
    if decision.tier in (Tier.NONE, Tier.RED):
        return None  # RED falls by a commander's word alone, NONE rises by a mention alone
    if decision.state.quiet_since is None:
        return now + recheck
    # A look now and then shows that the quiet was watched: domain/watching.py counts no more.
    return min(now + recheck, decision.state.quiet_since + quiet_time(policy, decision.tier))


def _morning(policy: Policy, now: datetime) -> datetime:
    local = now.astimezone(SHANGHAI)
    eight = local.replace(hour=policy.night[1], minute=0, second=0, microsecond=0)
    return eight if eight > local else eight + timedelta(days=1)


def summary(policy: Policy, metrics: Metrics, decision: Decision) -> dict[str, Any]:
    """The numbers and thresholds behind a decision, as stored and shown."""
    numbers = asdict(metrics)
    numbers["at"] = metrics.at.isoformat()
    numbers["heat_version"] = VERSION
    numbers["severity"] = worst_severity(metrics.claims)
    numbers["code"] = next((claim.code for claim in metrics.claims if claim.attributed), None)
    numbers["claims"] = len(metrics.claims)
    numbers["signals"] = [one.to_json() for one in decision.signals]
    numbers["thresholds"] = thresholds(policy)
    numbers["would_lower"] = would_lower(policy, decision, metrics)
    return numbers


def _five(session: Session, topic: TopicRow, decision: Decision) -> list[int]:
    """The mentions behind the signals, filled up to five with the topic's strongest."""
    strongest = notices.evidence(session, topic.id)
    return list(dict.fromkeys([*decision.evidence, *strongest]))[:5]


def _record(
    session: Session,
    topic: TopicRow,
    before: Tier,
    policy: Policy,
    decision: Decision,
    now: datetime,
) -> None:
    session.add(
        DecisionRow(
            topic_id=topic.id,
            at=now,
            from_tier=int(before),
            to_tier=int(decision.tier),
            reason=decision.reason,
            evidence=_five(session, topic, decision),
            metrics=topic.metrics,
            policy=policy.version,
            would_lower=topic.metrics["would_lower"],
        )
    )
