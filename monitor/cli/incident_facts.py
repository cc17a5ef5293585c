"""Everything known of an incident as plain values: what the screen and `--json` both tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.app import App
from monitor.domain.escalation import Run
from monitor.domain.hints import Hint
from monitor.domain.incident import REOPEN_WINDOW, Incident, Lifecycle
from monitor.domain.mention import RISK_LABELS
from monitor.domain.playbook import GOLDEN, StepState, StepStatus
from monitor.domain.self_check import SELF_CHECK
from monitor.domain.statement import Statement
from monitor.domain.tier import Tier
from monitor.stations import muting, notices, obey, restriction
from monitor.stations.portrait import hints_of
from monitor.store import incidents, silences, steps
from monitor.store.private import beside
from monitor.store.response_schema import IncidentRow, OutboxRow, TransitionRow
from monitor.store.schema import BrandMentionRow, DecisionRow, MentionRow, TopicRow
from monitor.store.silence_schema import HeldRow, SilenceRow

EVIDENCE = 5  # DESIGN §7: every decision shows five mentions


@dataclass(frozen=True, slots=True)
class Next:
    """The next thing that has a time: what, when, and for whom."""

    at: datetime
    what: str


@dataclass(frozen=True, slots=True)
class Overview:
    """One incident as a list shows it."""

    incident: Incident
    topic: TopicRow
    views: int | None
    next: Next | None
    run: Run | None
    steps: tuple[StepState, ...]
    muted_by: str | None = None
    """Code of the RED of the same brand that keeps this yellow from calling."""
    mutes: tuple[str, ...] = ()
    """Codes of the yellows that this RED keeps from calling."""
    silence: SilenceRow | None = None
    """The silence that keeps its messages from going out now."""

    @property
    def risk(self) -> str | None:
        """The code of the claim, if any."""
        return self.topic.metrics.get("code")

    @property
    def risk_label(self) -> str:
        """The class as people read it."""
        if self.incident.kind == SELF_CHECK:
            return "自查"
        return RISK_LABELS.get(self.risk or "", "未归类")

    @property
    def open_steps(self) -> list[StepState]:
        """What is still to do, earliest first."""
        waiting = (one for one in self.steps if one.status is StepStatus.OPEN)
        return sorted(waiting, key=lambda step: step.due_at)


def overview(session: Session, incident: Incident, now: datetime) -> Overview:
    """Read what a list shows of one incident."""
    row = session.get_one(IncidentRow, incident.id)
    run, there = incidents.load_run(session, incident.id), steps.of_incident(session, incident.id)
    return Overview(
        incident=incident,
        topic=session.get_one(TopicRow, row.topic_id),
        views=_views(session, row.topic_id),
        next=_next(incident, run, there),
        run=run,
        steps=there,
        muted_by=red.code if (red := muting.muted_by(session, incident)) else None,
        mutes=tuple(one.code for one in muting.muted(session, incident)),
        silence=silence_of(session, incident, now),
    )


def silence_of(session: Session, incident: Incident, now: datetime) -> SilenceRow | None:
    """The silence that covers an incident on which people still work."""
    if not incident.lifecycle.active:
        return None
    return silences.covering(session, incident.id, incident.tier, now)


def _views(session: Session, topic_id: int) -> int | None:
    found = (
        select(func.sum(MentionRow.views))
        .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
        .where(BrandMentionRow.topic_id == topic_id, BrandMentionRow.own.is_(False))
    )
    views = session.scalar(found)
    return int(views) if views is not None else None  # PostgreSQL sums into a decimal


def _next(incident: Incident, run: Run | None, there: tuple[StepState, ...]) -> Next | None:
    """The earliest time that asks something of somebody."""
    waiting = [Next(one.due_at, one.title) for one in there if one.status is StepStatus.OPEN]
    if not incident.lifecycle.active:
        waiting = []
    if incident.ack_lease_until and incident.lifecycle.leased:
        waiting.append(Next(incident.ack_lease_until, "报告进展，否则重新呼叫"))
    if run and run.active and run.next_deadline and incident.lifecycle is Lifecycle.OPEN:
        waiting.append(Next(run.next_deadline, "接手，否则叫下一级"))
    if incident.lifecycle is Lifecycle.CANDIDATE and incident.candidate_until:
        waiting.append(Next(incident.candidate_until, "候选到期，没有证实就排除"))
    if incident.lifecycle is Lifecycle.STABLE and incident.stable_at:
        waiting.append(Next(incident.stable_at + REOPEN_WINDOW, "平静满 72 小时，自动平息"))
    return min(waiting, key=lambda one: one.at, default=None)


def decision_of(session: Session, topic_id: int, tier: int) -> DecisionRow | None:
    """The engine's last decision that led to this tier, else its last one."""
    found = select(DecisionRow).where(DecisionRow.topic_id == topic_id)
    newest = found.order_by(DecisionRow.id.desc()).limit(1)
    return session.scalar(newest.where(DecisionRow.to_tier == tier)) or session.scalar(newest)


def evidence(session: Session, topic_id: int, decision: DecisionRow | None) -> list[MentionRow]:
    """Up to five mentions behind the tier, in order of weight; those of the decision come first."""
    named = list(decision.evidence) if decision else []
    ids = list(dict.fromkeys([*named, *notices.evidence(session, topic_id, EVIDENCE)]))[:EVIDENCE]
    rows = {
        row.id: row for row in session.scalars(select(MentionRow).where(MentionRow.id.in_(ids)))
    }
    return [rows[one] for one in ids if one in rows and not rows[one].private]


def messages(session: Session, incident_id: int) -> list[OutboxRow]:
    """The messages of an incident, oldest first."""
    found = select(OutboxRow).where(OutboxRow.incident_id == incident_id)
    return list(session.scalars(found.order_by(OutboxRow.created_at, OutboxRow.id)))


def clocks(incident: Incident, now: datetime) -> list[dict[str, Any]]:
    """Both clocks: since when, how long, and what is left of the golden four hours.

    They stand still once the incident is over: nothing is late that nobody has to do any more.
    """
    ends, over = incident.statement_published_at, not incident.lifecycle.active
    if over:
        now = incident.resolved_at or incident.closed_at or now
    return [
        {
            "clock": name,
            "since": since,
            "over": over,
            "elapsed_minutes": _minutes(since, now),
            "left_minutes": int(GOLDEN.total_seconds() // 60) - _minutes(since, now),
            "first_statement_minutes": _minutes(since, ends) if ends else None,
        }
        for name, since in (
            ("舆情时钟", incident.first_public_at),
            ("响应时钟", incident.detected_at),
        )
        if since is not None  # nobody has found a public post: that clock has not begun
    ]


def _minutes(since: datetime, until: datetime) -> int:
    return int((until - since).total_seconds() // 60)


def called(app: App, run: Run | None) -> str:
    """The names of those who are being called now."""
    if run is None or not run.active or run.level < 1:
        return ""
    with app.database.reading() as session:
        look = restriction.who(app, session, incidents.load(session, run.incident_id))
        return notices.names(app, look(run.level, run.paged_at))


def name_of(app: App, person: str | None) -> str:
    """A person's name; the engine's own is 系统."""
    if not person:
        return "—"
    return "系统" if person == "engine" else notices.names(app, (person,))


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the page tells."""

    view: Overview
    decision: DecisionRow | None
    policy: dict[str, Any]
    mentions: list[MentionRow]
    messages: list[OutboxRow]
    history: list[TransitionRow]
    statement: Statement | None
    hints: tuple[Hint, ...] = ()
    """What to know beside the tier."""
    private: tuple[int, int] = (0, 0)
    """Private records that tell the same, and others of the same class; counts alone."""
    held: Sequence[HeldRow] = ()
    """Messages of it that silences kept from going out."""

    @property
    def latest(self) -> dict[str, Any]:
        """The topic's numbers at the last look; the decision's are those that set the tier."""
        return self.view.topic.metrics


def read(app: App, session: Session, code: str, person: str | None) -> Page:
    """Read the page of an incident; raises RefusedError for one that is not there for them."""
    incident = obey.find(session, code, restriction.seen_by(app.settings, person))
    row = session.get_one(IncidentRow, incident.id)
    decision = decision_of(session, row.topic_id, incident.tier)
    said = steps.statement_of(session, incident.id)
    return Page(
        view=overview(session, incident, app.clock()),
        decision=decision,
        policy=row.policy,
        mentions=evidence(session, row.topic_id, decision),
        messages=messages(session, incident.id),
        history=incidents.history(session, incident.id),
        statement=said[1] if said else None,
        hints=hints_of(session, session.get_one(TopicRow, row.topic_id)),
        private=beside(session, session.get_one(TopicRow, row.topic_id), incident.detected_at),
        held=silences.held_of(session, incident.id),
    )


def would_lower(page: Page) -> str:
    """Say what would bring the present tier down, whoever set it."""
    incident = page.view.incident
    if incident.tier is Tier.NONE:
        return "当前没有警报"
    if incident.tier is Tier.RED:
        command = f"fengsui incidents lower {incident.code} --to orange"
        return f"红色只能由总指挥在声明发布之后下调：{command}"
    latest = page.latest.get("would_lower", "")
    label = incident.tier.label
    if f"「{label}」" in latest:  # the last look was at the same tier
        return str(latest)
    hours = page.policy.get("quiet_hours", {}).get(incident.tier.key, 0)
    return f"连续 {hours:g} 小时没有触发「{label}」的条件、且采集正常，会自动降一级"
