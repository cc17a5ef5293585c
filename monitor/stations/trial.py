"""The trial week: what it would have sent to whom, and a daily word to its owner once it is over.

It never ends by itself. A silent end that goes live would wake people who were never told; a
silent stop would leave a hospital blind. So it goes on, and its owner is reminded every day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.facts import AlertFacts, Kind
from alerts.rendering import operator_text, subject
from monitor.app import App
from monitor.config import QuietHours
from monitor.domain.incident import Lifecycle
from monitor.domain.tier import Tier
from monitor.store import meta, trials
from monitor.store.first_week_schema import TrialRow
from monitor.store.outbox import Draft, enqueue
from monitor.store.response_schema import IncidentRow, OutboxRow

DAY = timedelta(days=1)
SYSTEM = "系统"  # messages about the program, which have no tier


@dataclass(slots=True)
class Summary:
    """What a trial would have done; counts are messages by recipient, not copies to the owner."""

    messages: dict[str, Counter[str]] = field(default_factory=dict)
    """By tier (红色, 橙色, 黄色, 系统), then by the name of who would have got it."""
    night: dict[str, Counter[str]] = field(default_factory=dict)
    """The calls among them that would have come in the quiet hours, by person, then by tier."""
    incidents: Counter[str] = field(default_factory=Counter)
    """Opened in the trial, by tier."""
    false_alarms: int = 0
    """Those of them that people dismissed."""


def summary(app: App, session: Session, trial: TrialRow) -> Summary:
    """Count what a trial's messages would have been."""
    told = Summary()
    found = select(OutboxRow).where(OutboxRow.created_at >= trial.started_at)
    if trial.ended_at is not None:
        found = found.where(OutboxRow.created_at <= trial.ended_at)
    for row in session.scalars(found):
        _count(told, trial, row, app)
    _incidents(told, session, trial)
    return told


def _count(told: Summary, trial: TrialRow, row: OutboxRow, app: App) -> None:
    tier = Tier(row.priority).label if row.kind != "meta" else SYSTEM
    at = row.created_at.astimezone(app.settings.zone)
    for recipient in row.meant_for:
        name = str(trial.names.get(recipient, recipient))
        told.messages.setdefault(tier, Counter())[name] += 1
        # A call carries the group's text as well: groups hear it, but nobody of them is woken.
        called = row.kind == "page" and not str(recipient).startswith("group:")
        if called and is_quiet(at, app.settings.tiers.quiet_hours):
            told.night.setdefault(name, Counter())[tier] += 1


def is_quiet(at: datetime, hours: QuietHours) -> bool:
    """Whether a local time lies in the quiet hours, which may span midnight."""
    begin, end, clock = hours.begin, hours.end, at.time()
    return begin <= clock < end if begin <= end else clock >= begin or clock < end


def _incidents(told: Summary, session: Session, trial: TrialRow) -> None:
    found = (
        select(IncidentRow.tier, IncidentRow.lifecycle, func.count())
        .where(IncidentRow.detected_at >= trial.started_at)
        .group_by(IncidentRow.tier, IncidentRow.lifecycle)
    )
    if trial.ended_at is not None:
        found = found.where(IncidentRow.detected_at <= trial.ended_at)
    for tier, lifecycle, number in session.execute(found):
        told.incidents[Tier(tier).label] += number
        told.false_alarms += number if lifecycle == Lifecycle.DISMISSED else 0


def sentences(told: Summary) -> Iterator[str]:
    """The summary in Chinese, a line each."""
    number = sum(told.incidents.values())
    tiers = "，".join(f"{tier} {count}" for tier, count in told.incidents.items())
    yield f"事件 {number} 起" + (
        f"（{tiers}），其中判为误报 {told.false_alarms} 起" if number else ""
    )
    for tier, names in told.messages.items():
        said = "，".join(f"{name} {count} 条" for name, count in names.most_common())
        yield f"{tier}消息本应发给：{said}"
    if not told.messages:
        yield "没有要发的消息"
    for name, tiers_at_night in told.night.items():
        said = "，".join(f"{tier} {count} 次" for tier, count in tiers_at_night.items())
        yield f"夜里本会呼叫 {name}：{said}"
    if told.messages and not told.night:
        yield "夜里本不会呼叫任何人"


def remind(app: App, now: datetime) -> int:
    """Once a day after its last day, ask the owner to end the trial; returns whether it did."""
    with app.database.reading() as session:
        trial = trials.running(session)
        if trial is None or now < trial.until:
            return 0
    with app.database.transaction() as session:
        trial = trials.running(session)
        if trial is None or not meta.due(session, "trial-reminder", DAY, now):
            return 0
        _ask(app, session, trial, now)
    return 1


def _ask(app: App, session: Session, trial: TrialRow, now: datetime) -> None:
    last = (trial.until - DAY).astimezone(app.settings.zone)
    reasons = (
        f"试运行 {last:%m-%d} 已到期，现在仍只发给你一人，别人什么也收不到",
        *sentences(summary(app, session, trial)),
        "都没问题就运行 fengsui trial end --go-live；还要再试就把配置里 trial 的 until 改晚",
    )
    facts = AlertFacts(kind=Kind.META, at=now, reasons=reasons)
    draft = Draft(
        incident_id=None,
        cause=f"trial-over-{now.isoformat()}",
        kind="trial",
        recipient=trial.owner,
        channels=tuple(trial.channels),
        subject=subject(facts),
        body=operator_text(facts),
        priority=Tier.ORANGE,
    )
    enqueue(session, draft, now)
