"""What the public said of one brand in the week: volume, negative share, claims, tiers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.mention import RISK_LABELS, SHANGHAI
from monitor.reports.figures import Figure, Rate, compared
from monitor.reports.rows import Gathered, Quote, Seen
from monitor.reports.timeline import Track, loudest, track
from monitor.reports.week import Week

BASELINE = timedelta(days=28)  # incidents.md §3: the weekly report compares with 28 days
_WEEKDAYS = "一二三四五六日"
OVERALL = "全部品牌"


@dataclass(frozen=True, slots=True)
class Bar:
    """One day or one hour of the day; `reached` is False for days that are still to come."""

    label: str
    total: Figure
    negative: Figure
    reached: bool = True


@dataclass(frozen=True, slots=True)
class Claimed:
    """One kind of allegation and the mentions that make it."""

    code: str
    label: str
    mentions: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One brand's week, or that of all brands."""

    name: str
    volume: Figure
    before: Figure
    unjudged: Figure
    share: Rate
    share_before: Rate
    verdict: str
    days: tuple[Bar, ...]
    hours: tuple[Bar, ...]
    claims: tuple[Claimed, ...]
    quotes: tuple[Quote, ...]
    tier: Track
    """The loudest tier in force over the week."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose mentions, of which time, as known when."""

    brand: str | None
    week: Week
    until: datetime
    as_of: datetime

    def figure(self, seen: Iterable[Seen], what: str, since: datetime, end: datetime) -> Figure:
        """Count distinct mentions and describe the question."""
        query = (
            f"{self.brand or OVERALL}的公开提及，{what}，发表于 {clock(since)} 至 {clock(end)}"
            f"（北京时间，不含末尾），{clock(self.as_of)} 之前入库"
        )
        return Figure("提及", query, tuple(dict.fromkeys(one.id for one in seen)))


def clock(at: datetime) -> str:
    """An instant as people in China read it."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def section(data: Gathered, brand: str | None, week: Week, as_of: datetime) -> Section:
    """Build one brand's section; None takes all brands and counts a shared mention once."""
    until = min(week.end, as_of)
    scope = Scope(brand, week, until, as_of)
    mine = _mine(data.seen, brand)
    now = [one for one in mine if week.start <= one.at < until]
    then = [one for one in mine if week.start - BASELINE <= one.at < week.start]
    share = _share(scope, now, week.start, until)
    share_before = _share(scope, then, week.start - BASELINE, week.start)
    tracks = [track(case, week.start, until) for case in data.cases if brand in (None, case.brand)]
    return Section(
        name=brand or OVERALL,
        volume=scope.figure(now, "全部", week.start, until),
        before=scope.figure(then, "全部", week.start - BASELINE, week.start),
        unjudged=scope.figure(
            [one for one in now if not one.judged], "模型还没判读", week.start, until
        ),
        share=share,
        share_before=share_before,
        verdict=compared(share, share_before),
        days=_days(scope, now),
        hours=_hours(scope, now),
        claims=_claims(scope, now),
        quotes=_quotes(data, brand),
        tier=loudest("最高", tracks),
    )


def _quotes(data: Gathered, brand: str | None) -> tuple[Quote, ...]:
    """The quotes of the brand; one that two brands share appears once."""
    mine = {one.id: one for one in data.quotes if brand in (None, one.brand)}
    return tuple(mine.values())


def _mine(seen: Iterable[Seen], brand: str | None) -> list[Seen]:
    """The brand's mentions by time, the earliest first."""
    mine = [one for one in seen if brand in (None, one.brand)]
    return sorted(mine, key=lambda one: (one.at, one.id))


def _share(scope: Scope, seen: list[Seen], since: datetime, until: datetime) -> Rate:
    judged = [one for one in seen if one.judged]
    negative = [one for one in judged if one.negative]
    return Rate(
        scope.figure(negative, "模型判为负面", since, until),
        scope.figure(judged, "模型已判读", since, until),
    )


def _grouped(
    seen: list[Seen], key: Callable[[datetime], Hashable]
) -> defaultdict[Hashable, list[Seen]]:
    groups: defaultdict[Hashable, list[Seen]] = defaultdict(list)
    for one in seen:
        groups[key(one.at.astimezone(SHANGHAI))].append(one)
    return groups


def _days(scope: Scope, seen: list[Seen]) -> tuple[Bar, ...]:
    groups = _grouped(seen, lambda at: at.date())
    bars = []
    for number, day in enumerate(scope.week.days):
        since = scope.week.start + timedelta(days=number)
        end = min(since + timedelta(days=1), max(since, scope.until))
        label = f"周{_WEEKDAYS[number]} {day.month}/{day.day}"
        bars.append(_bar(scope, label, groups[day], "全部", since, end, since < scope.until))
    return tuple(bars)


def _hours(scope: Scope, seen: list[Seen]) -> tuple[Bar, ...]:
    groups = _grouped(seen, lambda at: at.hour)
    since, until = scope.week.start, scope.until
    return tuple(
        _bar(scope, f"{hour} 时", groups[hour], f"每天 {hour} 时", since, until)
        for hour in range(24)
    )


def _bar(
    scope: Scope,
    label: str,
    seen: list[Seen],
    what: str,
    since: datetime,
    end: datetime,
    reached: bool = True,
) -> Bar:
    negative = [one for one in seen if one.judged and one.negative]
    return Bar(
        label,
        scope.figure(seen, what, since, end),
        scope.figure(negative, f"{what}，模型判为负面", since, end),
        reached,
    )


def _claims(scope: Scope, seen: list[Seen]) -> tuple[Claimed, ...]:
    """Kinds of allegation, the most frequent first."""
    counts = Counter(one.risk for one in seen if one.risk)
    return tuple(
        Claimed(
            code,
            RISK_LABELS.get(code, code),
            scope.figure(
                [one for one in seen if one.risk == code],
                f"指称{RISK_LABELS.get(code, code)}",
                scope.week.start,
                scope.until,
            ),
        )
        for code, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    )
