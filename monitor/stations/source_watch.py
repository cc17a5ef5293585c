"""Watches the sources: the state of each after a run, and who is told when one goes blind."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from alerts.facts import Kind
from crawlers.connectors.base import Grade
from monitor.app import App
from monitor.config import SourceConfig
from monitor.domain.mention import SHANGHAI
from monitor.domain.source_health import GATED, REFUSED, Goal, Health, Seen, assess, clock
from monitor.domain.source_pace import wait
from monitor.domain.tier import Tier
from monitor.stations import notices
from monitor.store import crawls, incidents, silences
from monitor.store.schema import CrawlRow, SourceRow
from monitor.store.silence_schema import SilenceRow

EXPIRED = "授权已到期，已停用。请法务重新授权、改写 expires"
NEVER = timedelta(days=3650)
STOPPED = "登录会话类来源遇到拦截就停止，等人处理"


def freshen(
    session: Session, row: SourceRow, source: SourceConfig, run: CrawlRow, every: timedelta
) -> str:
    """Bring the record of a source up to date after a run; returns its state."""
    said, now = crawls.as_run(run), run.at
    row.last_run_at = now
    row.problem = run.problems[0][1] if run.problems else ""
    row.last_item_at = now if run.items else row.last_item_at
    emptied = said.status == "empty" and row.had_rows and not said.rows
    row.had_rows = row.had_rows or said.rows > 0
    failed = not said.read or emptied
    row.failures = row.failures + 1 if failed else 0
    row.last_ok_at = row.last_ok_at if failed else now
    wish = timedelta(seconds=int(run.facts.get("retry_after_seconds", 0)))
    row.due_at = now + wait(every, row.failures, wish)
    if source.about.grade is Grade.SESSION and said.kinds & (REFUSED | GATED):
        stop(row, STOPPED)
    return review(session, row, source, now).state


def review(session: Session, row: SourceRow, source: SourceConfig, now: datetime) -> Health:
    """Assess a source at `now` and note the state in its record."""
    health = assess_row(session, row, source, now)
    row.status = health.state
    if health.state.blind or row.alerted_at is None:
        row.blind_since = health.blind_since  # else kept until people are told that it sees again
    return health


def assess_row(session: Session, row: SourceRow, source: SourceConfig, now: datetime) -> Health:
    """Assess a source at `now` without noting anything."""
    return assess(crawls.recent(session, row.name), goal(source), _seen(row), now)


def goal(source: SourceConfig) -> Goal:
    """What is expected of a source."""
    return Goal(source.every, source.silent_after, source.about.quiet)


def _seen(row: SourceRow) -> Seen:
    return Seen(row.since, row.last_ok_at, row.last_item_at, row.had_rows)


def is_authorised(source: SourceConfig, now: datetime) -> bool:
    """Whether a source may be asked: a session connector only while its authorisation holds."""
    if source.about.grade is not Grade.SESSION:
        return True
    given = source.authorisation
    return given is not None and now.astimezone(SHANGHAI).date() <= given.expires


def stop(row: SourceRow, why: str) -> None:
    """Ask a source no more until a person lets it go on."""
    row.stopped, row.due_at = why, row.due_at + NEVER


def resume(row: SourceRow, now: datetime) -> None:
    """Let a source go on that was stopped."""
    row.stopped, row.due_at, row.failures = "", now, 0


def watch_sources(app: App, now: datetime) -> int:
    """Tell people of every source that has gone blind or sees again; returns how many."""
    with app.database.reading() as session:
        changed = [one for one in app.settings.sources if _turned(session, one, now)]
    if changed:
        with app.database.transaction() as session:
            for source in changed:
                _turn(app, session, source, now)
    return len(changed)


def _turned(session: Session, source: SourceConfig, now: datetime) -> bool:
    """Whether there is something to tell, or the clock alone has changed the state."""
    row = session.get(SourceRow, source.name)
    if row is None:
        return False
    health = assess_row(session, row, source, now)
    silence = _silence(session, row, health, now)
    waits = silence is not None and silences.is_noted(session, silence, row.name)
    return row.status != health.state or (_is_news(row, health) and not waits)


def _is_news(row: SourceRow, health: Health) -> bool:
    if health.state.blind:
        return row.alerted_at is None and (health.confirmed or bool(row.stopped))
    return row.alerted_at is not None


def _silence(session: Session, row: SourceRow, health: Health, now: datetime) -> SilenceRow | None:
    """The silence that keeps its blindness from the operator; they are told when it is over.

    While an ORANGE or RED is worked on nothing of a source is silent: people must know what they
    cannot see.
    """
    if not health.state.blind or incidents.any_loud(session):
        return None
    return silences.of_source(session, row.name, now)


def _turn(app: App, session: Session, source: SourceConfig, now: datetime) -> None:
    row = session.get_one(SourceRow, source.name)
    health = review(session, row, source, now)
    if not _is_news(row, health):
        return
    silence = _silence(session, row, health, now)
    if silence is not None:
        silences.note_source(session, silence, row.name, now)
    elif health.state.blind:
        row.alerted_at = now
        _tell(app, session, _lost(row, health), Kind.BLIND_SOURCE, row.name, now)
    else:
        _tell(app, session, _found(row, now), Kind.META, row.name, now)
        row.alerted_at = row.blind_since = None


def _tell(app: App, session: Session, text: str, kind: Kind, name: str, now: datetime) -> None:
    """Tell the operator; the groups too while a serious incident is open (DESIGN §7)."""
    cause = f"{kind}-{name}-{now.isoformat()}"
    notices.operator(app, session, text, now, cause=cause, kind=kind)
    active = incidents.all_incidents(session, active=True)
    if any(one.tier >= Tier.ORANGE for one in active):
        notices.groups(app, session, text, now, cause=cause, kind=kind)


def _lost(row: SourceRow, health: Health) -> str:
    since = (health.blind_since or row.since).astimezone(SHANGHAI)
    why = row.problem or "网站能打开，但没有新内容"
    what = f"{row.stopped}；处理好后运行 fengsui sources resume" if row.stopped else ""
    return (
        f"来源「{row.name}」{health.state.label}：从 {since:%m-%d %H:%M} 起看不到新内容，"
        f"这段时间没有数据不等于没有舆情。{why}。{what or '请检查，或运行 fengsui sources check'}"
    )


def _found(row: SourceRow, now: datetime) -> str:
    since = clock(row.blind_since or now, now)
    return f"来源「{row.name}」恢复了；{since} 到 {clock(now, now)} 之间的内容会尽量补读，可能不全"
