"""Whether the installation is healthy, as one screen of facts and of sentences about trouble."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.app import App
from monitor.domain.incident import Incident, Lifecycle
from monitor.domain.self_watch import UNJUDGED
from monitor.domain.source_health import SourceState, clock
from monitor.stations import golive
from monitor.stations.rescore import WINDOW
from monitor.store import incidents, meta, outbox, private, pulse, trials
from monitor.store.crawls import blind
from monitor.store.lookup import count_outdated
from monitor.store.schema import BrandMentionRow, MentionRow, SourceRow

STALE_BEAT = timedelta(seconds=60)  # twelve missed heartbeats
DAY = timedelta(days=1)
STATUSES = {
    "sent": "已送达",
    "pending": "待发",
    "retry": "重试中",
    "leased": "发送中",
    "unknown": "不确定",
    "dead": "失败",
    "cancelled": "已撤回",
    "superseded": "已被新消息代替",
}


@dataclass(slots=True)
class Health:
    """What `fengsui status` shows; healthy means that nothing needs a person's hand."""

    beat_age: timedelta | None = None
    stopped: bool = False
    """Whether the daemon stopped in order."""
    sources: list[tuple[str, str]] = field(default_factory=list)
    waiting: int = 0
    model: str | None = None
    """What the daemon reads with; None before its first round."""
    rescoring: int = 0
    """Mentions that a former model read and this one has not read again."""
    unread: int = 0
    """Mentions that no model in use could read and nobody has labelled."""
    mentions_day: int = 0
    incidents: list[str] = field(default_factory=list)
    messages: dict[str, int] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)
    """What the running daemon has found wrong with itself."""
    troubles: list[str] = field(default_factory=list)
    trial: str = ""
    """Who alone is told while a trial runs; empty without one."""

    @property
    def running(self) -> bool:
        """Whether a daemon is at work."""
        return self.beat_age is not None and not self.stopped and self.beat_age <= STALE_BEAT

    @property
    def healthy(self) -> bool:
        """Whether there is no trouble to name."""
        return not self.troubles

    def to_json(self) -> dict[str, Any]:
        """The same, for programs."""
        age = self.beat_age.total_seconds() if self.beat_age is not None else None
        return {**asdict(self), "beat_age": age, "healthy": self.healthy}


def health(app: App, session: Session, now: datetime) -> Health:
    """Look at every part once."""
    beat = meta.heartbeat(session)
    oldest = pulse.unjudged(session)
    active = incidents.all_incidents(session, active=True)
    seen = Health(
        beat_age=now - beat.at if beat else None,
        stopped=beat is not None and beat.value == "stopped",
        sources=[(row.name, _source(app, row, now)) for row in session.scalars(select(SourceRow))],
        waiting=_count(session, MentionRow.state == "new"),
        model=(model := meta.model(session)),
        rescoring=count_outdated(session, model, now - WINDOW) if model else 0,
        unread=_unread(session),
        mentions_day=_count(session, MentionRow.stored_at > now - DAY),
        incidents=[_incident(app, one) for one in active],
        messages={
            STATUSES.get(status, status): count
            for status, count in sorted(outbox.counts(session, now - DAY).items())
        },
        found=[one.text for one in pulse.known_troubles(session).values()],
    )
    seen.trial = _trial(app, session)
    seen.troubles = list(_troubles(session, seen, active, oldest, now))
    seen.troubles += golive.owed(app, session)
    if shut := private.trouble(session, app.vault):
        seen.troubles.append(shut)
    return seen


def _trial(app: App, session: Session) -> str:
    trial = trials.running(session)
    if trial is None:
        return ""
    last = (trial.until - timedelta(seconds=1)).astimezone(app.settings.zone)
    return f"到 {last:%m-%d} 为止，消息只发给{trial.names.get(trial.owner, trial.owner)}"


def _count(session: Session, condition: Any) -> int:  # noqa: ANN401 - an SQL expression
    return session.scalar(select(func.count()).select_from(MentionRow).where(condition)) or 0


def _unread(session: Session) -> int:
    found = select(func.count()).where(BrandMentionRow.unread.is_not(None))
    return session.scalar(found) or 0


def _source(app: App, row: SourceRow, now: datetime) -> str:
    last = row.last_ok_at.astimezone(app.settings.zone) if row.last_ok_at else None
    when = f"，最近成功 {last:%m-%d %H:%M}" if last else ""
    why = f"，{row.problem}" if row.problem else ""
    blind = f"（{clock(row.blind_since, now)} 起看不到）" if row.blind_since else ""
    return f"{SourceState(row.status).label}{blind}{when}{why}"


def _incident(app: App, incident: Incident) -> str:
    unsure = "" if incident.tier_confirmed_by else "·待核"
    names = {person.id: person.name for person in app.settings.people}
    who = names.get(incident.acked_by or "", incident.acked_by)
    holder = f"，{who} 处理中" if who else ""
    return (
        f"{incident.code}　{incident.tier.label}{unsure}　{incident.brand}　"
        f"{incident.lifecycle.label}{holder}"
    )


def _troubles(
    session: Session,
    seen: Health,
    active: list[Incident],
    oldest: datetime | None,
    now: datetime,
) -> Iterator[str]:
    if seen.beat_age is None or seen.stopped:
        yield "守护进程没有在运行：请运行 fengsui run"
    elif seen.beat_age > STALE_BEAT:
        yield "守护进程没有心跳，可能已经停止：请重新运行 fengsui run"
    trial = trials.running(session)
    if trial is not None and now >= trial.until:
        yield "试运行已到期，消息仍只发给一人：看过 fengsui trial status 再 trial end --go-live"
    yield from seen.found
    for clause in blind(session, now):
        yield f"来源{clause}新内容：没有数据不等于没有舆情，请运行 fengsui sources check"
    if oldest is not None and now - oldest > UNJUDGED and not seen.found:
        yield f"有 {seen.waiting} 条提及超过 10 分钟没有判断：模型可能出错，请看日志"
    unread = select(BrandMentionRow).where(BrandMentionRow.unread.is_not(None))
    newest = session.scalar(unread.order_by(BrandMentionRow.mention_id.desc()).limit(1))
    if newest is not None:
        number = newest.mention_id
        yield (
            f"有 {seen.unread} 条提及模型读不了（最近的编号 {number}，{newest.unread}）："
            f"请看 fengsui mentions show {number}，再用 fengsui mentions label {number} 标上"
        )
    if seen.messages.get(STATUSES["dead"]):
        yield "有消息没能送达：运行 fengsui alerts list --status dead 查看"
    for incident in active:
        if incident.lifecycle is Lifecycle.OPEN:
            yield f"事件 {incident.code}（{incident.tier.label}）还没有人接手"
