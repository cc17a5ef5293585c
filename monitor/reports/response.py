"""How the team responded: incidents with their times, playbook steps, messages and calls."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from monitor.domain.tier import Tier
from monitor.reports.figures import Figure, Rate
from monitor.reports.rows import Case, Change, Sent, StepSeen
from monitor.reports.timeline import Track, track

_DELIVERED = {
    "已送达": ("sent",),
    "送不到": ("dead",),
    "不知是否收到": ("unknown",),
    "还在发送": ("pending", "retry", "leased"),
    "不必再发": ("cancelled", "superseded"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLine:
    """One incident of the week; durations count from the first public post."""

    code: str
    brand: str
    topic: str
    peak: Tier
    lifecycle: str
    first_public_at: datetime
    detected_at: datetime
    acked_at: datetime | None
    statement_at: datetime | None
    fresh: bool
    """Whether it was detected in this week; older ones are listed but not timed again."""
    counts: bool
    first_mentions: tuple[int, ...]
    changes: tuple[Change, ...]
    """Changes of tier within the week."""
    track: Track

    @property
    def owes_statement(self) -> bool:
        """Below ORANGE nobody owes the public a statement, so its absence is no delay."""
        return self.peak >= Tier.ORANGE

    def after(self, at: datetime | None) -> timedelta | None:
        """Time from the first public post; a clock that ran back gives zero."""
        return max(timedelta(0), at - self.first_public_at) if at is not None else None


@dataclass(frozen=True, slots=True)
class Timing:
    """One response time over several incidents; those still waiting are named, not hidden."""

    label: str
    done: Figure
    waiting: Figure
    median: timedelta | None
    longest_wait: timedelta | None


@dataclass(frozen=True, slots=True)
class Response:
    """The team's week."""

    incidents: tuple[IncidentLine, ...]
    timings: tuple[Timing, ...]
    steps_on_time: Rate
    steps_late: Figure
    steps_skipped: Figure
    messages: tuple[tuple[str, Figure], ...]
    calls_answered: Rate


def response(
    cases: tuple[Case, ...], sent: tuple[Sent, ...], since: datetime, until: datetime, now: datetime
) -> Response:
    """Build the team's week from incidents and messages."""
    lines = tuple(_line(case, since, until) for case in cases)
    due = [step for case in cases for step in case.steps if since <= step.due_at < until]
    return Response(
        incidents=lines,
        timings=_timings(lines, now),
        steps_on_time=_on_time(due),
        steps_late=_steps("晚于时限或到期未完成", [one for one in due if _late(one)]),
        steps_skipped=_steps("有人注明理由后跳过", [one for one in due if one.status == "skipped"]),
        messages=_messages(sent),
        calls_answered=_calls(cases, sent),
    )


def _line(case: Case, since: datetime, until: datetime) -> IncidentLine:
    moved = [one for one in case.changes if one.from_tier is not one.to_tier]
    return IncidentLine(
        code=case.code,
        brand=case.brand,
        topic=case.topic,
        peak=max((one.to_tier for one in case.changes), default=Tier.NONE),
        lifecycle=case.changes[-1].lifecycle if case.changes else "",
        first_public_at=case.first_public_at,
        detected_at=case.detected_at,
        acked_at=next((one.at for one in case.changes if one.answered), None),
        statement_at=next((one.at for one in case.changes if one.kind == "statement"), None),
        fresh=since <= case.detected_at < until,
        counts=case.counts,
        first_mentions=case.first_mentions,
        changes=tuple(one for one in moved if since <= one.at < until),
        track=track(case, since, until),
    )


def _timings(lines: tuple[IncidentLine, ...], now: datetime) -> tuple[Timing, ...]:
    timed = [one for one in lines if one.fresh and one.counts]
    loud = [one for one in timed if one.owes_statement or one.statement_at]
    return (
        _timing("发现", [(one, one.detected_at) for one in timed], now),
        _timing("接手", [(one, one.acked_at) for one in timed], now),
        _timing("首份声明", [(one, one.statement_at) for one in loud], now),
    )


def _timing(label: str, pairs: list[tuple[IncidentLine, datetime | None]], now: datetime) -> Timing:
    done = [(line.code, wait) for line, at in pairs if (wait := line.after(at)) is not None]
    waits = [(line.code, line.after(now)) for line, at in pairs if at is None]
    query = f"本周发现的事件（排除误报、并入和候选），从首帖到{label}"
    return Timing(
        label,
        Figure("事件", f"{query}，已完成", tuple(code for code, _ in done)),
        Figure("事件", f"{query}，还没有", tuple(code for code, _ in waits)),
        _median([wait for _, wait in done]),
        max((wait for _, wait in waits if wait is not None), default=None),
    )


def _median(waits: list[timedelta]) -> timedelta | None:
    seconds = [wait.total_seconds() for wait in waits]
    return timedelta(seconds=median(seconds)) if seconds else None


def _on_time(due: list[StepSeen]) -> Rate:
    """Steps that people owed: those the program ticks off itself would only flatter."""
    owed = [one for one in due if one.status in ("done", "open") and not one.by_engine]
    punctual = [one for one in owed if not _late(one)]
    return Rate(
        _steps("时限内完成", punctual),
        _steps("时限落在本周、由人完成（不含跳过、取消和系统自动完成）", owed),
    )


def _late(step: StepSeen) -> bool:
    if step.status == "done":
        return step.done_at is not None and step.done_at > step.due_at
    return step.status == "open"


def _steps(what: str, found: list[StepSeen]) -> Figure:
    return Figure("步骤", f"预案步骤，{what}", tuple(one.id for one in found))


def _messages(sent: tuple[Sent, ...]) -> tuple[tuple[str, Figure], ...]:
    real = [one for one in sent if one.kind != "test"]
    return tuple(
        (
            label,
            Figure(
                "消息",
                f"本周写入发件箱的消息（不含测试），状态为{label}",
                tuple(one.id for one in real if one.status in states),
            ),
        )
        for label, states in _DELIVERED.items()
    )


def _calls(cases: tuple[Case, ...], sent: tuple[Sent, ...]) -> Rate:
    """Rounds of calls that reached a channel, and those answered before the next round."""
    reached: list[str] = []
    answered: list[str] = []
    for case in cases:
        acks = [one.at for one in case.changes if one.answered]
        for number, (first, end) in enumerate(_rounds(case.code, sent), start=1):
            name = f"{case.code}·第{number}轮"
            reached.append(name)
            if any(first <= at and (end is None or at < end) for at in acks):
                answered.append(name)
    return Rate(
        Figure("呼叫", "在下一轮呼叫之前有人接手的呼叫", tuple(answered)),
        Figure("呼叫", "至少一条消息送达的呼叫（同一事件、同一时刻写入的为一轮）", tuple(reached)),
    )


def _rounds(code: str, sent: tuple[Sent, ...]) -> list[tuple[datetime, datetime | None]]:
    """Rounds of one incident: when the first message arrived, and when the next round began."""
    groups: defaultdict[datetime, list[datetime]] = defaultdict(list)
    for one in sent:
        if one.code == code and one.kind == "page" and one.status == "sent" and one.sent_at:
            groups[one.created_at].append(one.sent_at)
    starts = sorted(groups)
    nexts: list[datetime | None] = [*starts[1:], None]
    return [(min(groups[start]), end) for start, end in zip(starts, nexts, strict=False)]
