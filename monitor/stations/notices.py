"""Writes the messages that a change causes into the outbox: pages, group notes, meta-alerts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.facts import AlertFacts, Kind
from alerts.rendering import group_text, operator_text, personal_text, short_text, subject
from monitor.app import App
from monitor.config_waking import waking_channel
from monitor.domain.escalation import Gap, Page
from monitor.domain.incident import Incident
from monitor.domain.mention import RISK_LABELS
from monitor.domain.self_check import SELF_CHECK
from monitor.domain.tier import Tier
from monitor.stations import muting, restriction, ways
from monitor.stations.portrait import hints_of_incident, quotes
from monitor.store import incidents
from monitor.store.outbox import Draft, enqueue
from monitor.store.response_schema import IncidentRow, OutboxRow
from monitor.store.schema import BrandMentionRow, DecisionRow, TopicRow
from monitor.store.told import was_told

QUOTES = 3


def facts_of(session: Session, incident: Incident, kind: Kind, now: datetime) -> AlertFacts:
    """The numbers of an incident as a message tells them."""
    row = session.get_one(IncidentRow, incident.id)
    topic = session.get_one(TopicRow, row.topic_id)
    decision = session.scalar(
        select(DecisionRow)
        .where(DecisionRow.topic_id == topic.id)
        .order_by(DecisionRow.id.desc())
        .limit(1)
    )
    return AlertFacts(
        kind=kind,
        at=now,
        tier=incident.tier.label,
        confirmed=incident.tier_confirmed_by is not None,
        brand=incident.brand,
        risk_label=risk_label(incident, topic),
        mentions=topic.metrics.get("mentions", 0),
        sources=topic.metrics.get("sources", 0),
        views=topic.metrics.get("views"),
        first_post_at=incident.first_public_at,
        code=incident.code,
        reasons=_reasons(session, incident, decision),
        quotes=quotes(session, list(decision.evidence) if decision else []),
        lowers=decision.would_lower.replace("编号", incident.code) if decision else "",
    )


def _reasons(session: Session, incident: Incident, decision: DecisionRow | None) -> tuple[str, ...]:
    """Why it rings; a self-check has its own reason, and RED names the yellows it mutes."""
    if incident.kind == SELF_CHECK:
        first = incidents.history(session, incident.id)[:1]
        return tuple(one.reason for one in first)
    why = (decision.reason,) if decision else ()
    quiet = muting.muted(session, incident)
    if quiet:
        codes = "、".join(one.code for one in quiet)
        return (*why, f"同品牌的黄色话题暂不呼叫，仍在列表里：{codes}")
    return why


def risk_label(incident: Incident, topic: TopicRow) -> str:
    """What kind of trouble it is, in the word people use."""
    if incident.kind == SELF_CHECK:
        return "自查"
    return RISK_LABELS.get(topic.metrics.get("code") or "", "")


def evidence(session: Session, topic_id: int, limit: int = 5) -> list[int]:
    """The topic's own strongest mentions, for a decision that named none."""
    found = (
        select(BrandMentionRow.mention_id)
        .where(BrandMentionRow.topic_id == topic_id, BrandMentionRow.own.is_(False))
        .order_by(BrandMentionRow.risk_score.desc(), BrandMentionRow.attention.desc())
        .limit(limit)
    )
    return list(session.scalars(found))


def page(
    app: App,
    session: Session,
    incident: Incident,
    call: Page,
    kind: Kind,
    now: datetime,
    why: str = "",
) -> None:
    """Call people: each gets a personal message on their best channel."""
    hints = hints_of_incident(session, incident.id)
    told = replace(facts_of(session, incident, kind, now), hints=hints)
    if why:
        told = replace(told, reasons=(why, *told.reasons))
    for number in call.people:
        if not restriction.may_see(app.settings, incident, number):
            continue
        person = next((one for one in app.settings.people if one.id == number), None)
        if person is None or not person.channels:
            operator(app, session, f"{number} 没有可用的渠道，叫不到人，请补上", now, incident)
            continue
        waking = waking_channel(app.settings, person) if incident.tier is Tier.RED else None
        way = ways.back(app, session, incident, person, now)
        facts = replace(told, person=person.name, deadline=call.respond_by, **way)
        draft = Draft(
            incident_id=incident.id,
            cause=f"page-{incident.version}-{call.loop}-{call.level}",
            kind="page",
            recipient=person.id,
            channels=person.channels,
            subject=subject(facts),
            body=personal_text(facts),
            short=short_text(facts),
            code=incident.code,
            restricted=incident.restricted,
            priority=incident.tier,
            urgent=incident.tier is Tier.RED and not _knows(session, incident, person.id),
        )
        if waking is None or waking.name == person.channels[0]:
            enqueue(session, draft, now)
        else:
            _with_ring(session, draft, waking.name, group_text(facts), now)


def _with_ring(session: Session, draft: Draft, channel: str, said: str, now: datetime) -> None:
    """Let the telephone ring beside the message, which alone wakes nobody.

    The message comes first: in a trial both are its owner's, and the second adds nothing.
    """
    others = tuple(one for one in draft.channels if one != channel)
    enqueue(session, replace(draft, channels=others), now)
    enqueue(session, replace(draft, kind="ring", channels=(channel,), body=said, short=said), now)


def _knows(session: Session, incident: Incident, recipient: str) -> bool:
    """Whether a recipient was told of this incident since it has been as loud as it is."""
    since = max(incident.opened_at or incident.tier_since, incident.tier_since)
    return was_told(session, incident.id, recipient, since)


def group(
    app: App,
    session: Session,
    incident: Incident,
    kind: Kind,
    now: datetime,
    *,
    tier_before: Tier = Tier.NONE,
    call: Page | None = None,
) -> None:
    """Tell the groups: numbers, who must act by when, the code; never a quote."""
    if incident.restricted:
        return
    told = facts_of(session, incident, kind, now)
    facts = replace(told, tier_before=tier_before.label)
    if call is not None:
        facts = replace(facts, person=names(app, call.people), deadline=call.respond_by)
    news = incident.tier is Tier.RED and kind in (Kind.PAGE, Kind.RAISED)
    for channel in app.settings.groups:
        draft = Draft(
            incident_id=incident.id,
            cause=f"group-{incident.version}",
            kind="group",
            recipient=f"group:{channel}",
            channels=(channel,),
            subject=subject(facts),
            body=group_text(facts),
            code=incident.code,
            priority=incident.tier,
            mentions=_called(incident, kind, call),
            urgent=news,
            audible=tier_before is Tier.RED,  # whoever heard of a RED must hear its end
        )
        enqueue(session, draft, now)


def _called(incident: Incident, kind: Kind, call: Page | None) -> tuple[str, ...]:
    """Who must act on a group's message at once: whoever is called, or whoever held it before."""
    held = (incident.acked_by,) if kind is Kind.RETURNED and incident.acked_by else ()
    return call.people if call is not None else held


def names(app: App, people: tuple[str, ...]) -> str:
    """The names of these people, as their colleagues know them."""
    known = {person.id: person.name for person in app.settings.people}
    return "、".join(known.get(number, number) for number in people)


def operator(
    app: App,
    session: Session,
    text: str,
    now: datetime,
    incident: Incident | None = None,
    *,
    cause: str = "",
    kind: Kind = Kind.META,
) -> None:
    """Tell the operator about trouble of the program, its sources or the rota."""
    facts = AlertFacts(kind=kind, at=now, reasons=(text,))
    draft = Draft(
        incident_id=incident.id if incident else None,
        cause=cause or f"meta-{text}-{now:%Y%m%d%H}",  # the same trouble at most once an hour
        kind="meta",
        recipient="operator",
        channels=app.settings.operator_channels,
        subject=subject(facts),
        body=operator_text(facts),
        priority=Tier.ORANGE,
    )
    enqueue(session, draft, now)


def groups(app: App, session: Session, text: str, now: datetime, *, cause: str, kind: Kind) -> None:
    """Tell the groups of trouble that touches what they are working on."""
    facts = AlertFacts(kind=kind, at=now, reasons=(text,))
    for channel in app.settings.groups:
        draft = Draft(
            incident_id=None,
            cause=cause,
            kind="meta",
            recipient=f"group:{channel}",
            channels=(channel,),
            subject=subject(facts),
            body=group_text(facts),
        )
        enqueue(session, draft, now)


def gap(app: App, session: Session, incident: Incident, hole: Gap, now: datetime) -> None:
    """Tell the operator of a hole in the rota, or that a whole chain went unanswered."""
    if incident.restricted:
        return  # its chain goes round by itself, and the operator is not of it
    cause = f"gap-{incident.version}-{hole.loop}-{hole.level}-{hole.kind}"
    operator(app, session, f"事件 {incident.code}：{hole.text}", now, incident, cause=cause)


def dead_message(app: App, session: Session, row: OutboxRow, now: datetime) -> None:
    """Tell the operator that a message could not be delivered on its channel."""
    hidden = row.incident_id is not None and incidents.load(session, row.incident_id).restricted
    code = "无" if hidden else row.code or "无"
    text = f"通道「{row.channel}」发不出消息（编号 {code}）：{row.detail}"
    operator(app, session, text, now, cause=f"dead-{row.key}")
