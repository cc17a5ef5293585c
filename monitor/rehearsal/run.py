"""Plays the past into a scratch store and reads off whom it would have called, when and why.

What it leaves out, and says so: what people did (acknowledge, dismiss, lower), sources that were
blind, and calls after the first one, since somebody would have answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.app import App
from monitor.domain.escalation import Quiet, grown_from
from monitor.domain.incident import Lifecycle
from monitor.domain.self_check import SELF_CHECK
from monitor.domain.tier import Tier
from monitor.pipeline import settle
from monitor.policy_file import policy_of
from monitor.rehearsal.alert import Alert, Told
from monitor.rehearsal.history import Heard, History
from monitor.replay import catch_up
from monitor.rota import Rota, rota
from monitor.stations import calling
from monitor.stations.take_in import take_in
from monitor.store.response_schema import IncidentRow, TransitionRow
from monitor.store.schema import (
    BrandMentionRow,
    CorrectionRow,
    DecisionRow,
    MentionRow,
    TopicRow,
)

Progress = Callable[[int], None]
"""Told how many items were played."""
# Stories reach back: a mention of three days ago may be the first of one that rings today.
WARM_UP = timedelta(days=3)
TOLD = 20  # mentions of a topic that a remedy is judged by


def rehearse(app: App, history: History, since: datetime, progress: Progress) -> list[Alert]:
    """Play the history through `app`, which stands on a scratch store; alerts from `since` on."""
    _take_over(app, history)
    numbers: dict[tuple[str, str], int] = {}
    for at, group in groupby(history.heard, key=lambda one: one.at):
        heard = list(group)
        numbers.update({(one.item.platform, one.item.id): one.mention_id for one in heard})
        catch_up(app, at)
        _play(app, heard, at)
        progress(len(heard))
    catch_up(app, history.until)
    with app.database.reading() as session:
        return [one for one in _alerts(app, session, numbers) if one.decided_at >= since]


def _take_over(app: App, history: History) -> None:
    """What people have said of texts holds in a rehearsal, too."""
    with app.database.transaction() as session:
        for row in history.corrections:
            copy = CorrectionRow(
                brand=row.brand,
                words_hash=row.words_hash,
                text=row.text,
                mention_id=row.mention_id,
                polarity=row.polarity,
                risk=row.risk,
                stance=row.stance,
                note=row.note,
                actor=row.actor,
                at=row.at,
            )
            session.add(copy)


def _play(app: App, heard: list[Heard], at: datetime) -> None:
    def kind(one: Heard) -> tuple[str, str]:
        return one.source, one.authority

    with app.database.transaction() as session:
        for (source, authority), part in groupby(sorted(heard, key=kind), key=kind):
            items = [one.item for one in part]
            take_in(app, session, items, at, source=source, authority=authority)
    settle(app, at)


def _alerts(app: App, session: Session, numbers: dict[tuple[str, str], int]) -> Iterator[Alert]:
    """Every transition that calls people, oldest first."""
    found = (
        select(TransitionRow, IncidentRow, TopicRow)
        .join(IncidentRow, IncidentRow.id == TransitionRow.incident_id)
        .join(TopicRow, TopicRow.id == IncidentRow.topic_id)
        .order_by(TransitionRow.at, TransitionRow.id)
    )
    for transition, incident, topic in session.execute(found):
        if _calls(transition) and not incident.data.get("restricted"):
            yield _Call(app, session, transition, incident, topic, numbers).alert()


def _calls(one: TransitionRow) -> bool:
    opened = Lifecycle.OPEN.value
    fresh = one.to_lifecycle == opened and one.from_lifecycle != opened
    return one.to_tier > 0 and (fresh or one.to_tier > one.from_tier)


@dataclass(frozen=True, slots=True)
class _Call:
    """One transition with all that an alert tells of it."""

    app: App
    session: Session
    transition: TransitionRow
    incident: IncidentRow
    topic: TopicRow
    numbers: dict[tuple[str, str], int]

    def alert(self) -> Alert:
        tier, at = Tier(self.transition.to_tier), self.transition.at
        quiet = calling.quiet(self.app)
        decision = self._decision()
        metrics = decision.metrics if decision else {}
        rings = self._rings(tier, at, metrics.get("mentions") or 0)
        signals = [one for one in metrics.get("signals", []) if Tier[one["tier"].upper()] >= tier]
        return Alert(
            brand=self.incident.brand,
            topic=self.topic.name,
            tier=tier,
            decided_at=at,
            rings_at=rings,
            night=_at_night(quiet, rings),
            people=first_called(rota(self.app.settings, self.session), rings),
            rules=tuple(one["rule"] for one in signals),
            code=metrics.get("code"),
            reason=self.transition.reason,
            told=tuple(self._told(at, list(decision.evidence) if decision else [])),
        )

    def _rings(self, tier: Tier, at: datetime, mentions: int) -> datetime:
        """When the call goes out: a yellow of the night in the morning, or when it has grown."""
        quiet = calling.quiet(self.app)
        if self.incident.data.get("kind") == SELF_CHECK:
            return quiet.next_end(at)
        morning = quiet.ends_after(at)
        if tier is not Tier.YELLOW or morning == at:
            return at
        policy = policy_of(self.incident.policy).at(self.incident.brand, at)
        more = grown_from(mentions, policy.growth, policy.growth_minimum) - mentions
        wanted = (
            select(MentionRow.stored_at)
            .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
            .where(
                BrandMentionRow.topic_id == self.topic.id,
                BrandMentionRow.own.is_(False),
                MentionRow.stored_at > at,
                MentionRow.stored_at < morning,
            )
            .order_by(MentionRow.stored_at)
        )
        later = self.session.scalars(wanted.offset(max(0, more - 1)).limit(1)).first()
        return later or morning

    def _decision(self) -> DecisionRow | None:
        wanted = select(DecisionRow).where(
            DecisionRow.topic_id == self.topic.id, DecisionRow.at <= self.transition.at
        )
        return self.session.scalar(wanted.order_by(DecisionRow.id.desc()).limit(1))

    def _told(self, at: datetime, first: list[int]) -> Iterator[Told]:
        """The topic's mentions at that instant, those behind the decision first."""
        wanted = (
            select(MentionRow, BrandMentionRow)
            .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
            .where(BrandMentionRow.topic_id == self.topic.id, MentionRow.stored_at <= at)
            .order_by(MentionRow.published_at)
        )
        rows = {row.id: (row, part) for row, part in self.session.execute(wanted)}
        ordered = [
            *(one for one in first if one in rows),
            *(one for one in rows if one not in first),
        ]
        for row, part in (rows[one] for one in ordered[:TOLD]):
            names = [term for hit in part.hits if hit["rule"] is None for term in hit["terms"]]
            yield Told(
                mention_id=self.numbers.get((row.platform, row.native_id), 0),
                source=row.source,
                text=row.text,
                names=tuple((start, end) for _, start, end in names),
                rule=part.rule,
            )


def _at_night(quiet: Quiet, at: datetime) -> bool:
    return quiet.ends_after(at) > at


def first_called(plan: Rota, at: datetime) -> tuple[str, ...]:
    """Who is called first: the lowest level of the rota that has somebody on duty."""
    found = (plan.planned(level, at) for level in range(1, len(plan.levels) + 1))
    return next((people for people in found if people), ())
