"""Times, shares and summaries in the words that people read in the report."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.domain.mention import SHANGHAI
from monitor.domain.tier import Tier
from monitor.reports.figures import Rate
from monitor.reports.response import Timing
from monitor.reports.sections import Section
from monitor.reports.weekly import WeeklyReport

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def day_clock(at: datetime) -> str:
    """An instant in Beijing time, as 11月18日 02:41."""
    local = at.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def duration(length: timedelta | None) -> str:
    """A length of time, as 1 小时 52 分; a dash for none."""
    if length is None:
        return "—"
    if length < _MINUTE:
        return "不到 1 分钟"
    if length < _HOUR:
        return f"{length // _MINUTE} 分钟"
    if length < _DAY:
        return f"{length // _HOUR} 小时 {length % _HOUR // _MINUTE} 分"
    return f"{length // _DAY} 天 {length % _DAY // _HOUR} 小时"


def percent(share: float) -> str:
    """A share with one decimal."""
    return f"{share * 100:.1f}%"


def rate(value: Rate) -> str:
    """A share with its interval, or the bare counts when there are too few."""
    if not value.whole.value:
        return "没有"
    if value.share is None or value.interval is None:
        return f"{value.part.value} / {value.whole.value}（样本太少，不算百分比）"
    low, high = value.interval
    return f"{percent(value.share)}（95% 区间 {percent(low)}–{percent(high)}）"


def summary(report: WeeklyReport) -> tuple[str, ...]:
    """The week in a few sentences, each of which the report below proves."""
    if report.empty:
        return ("这一周没有收到任何提及，也没有事件。",)
    said = [_said(one) for one in report.brands]
    return (*said, _incidents(report), *_waits(report))


def _said(section: Section) -> str:
    if not section.volume.value:
        return f"{section.name}：本周没有提及。"
    peak = section.tier.peak
    tier = f"最高{peak.label}" if peak > Tier.NONE else "没有达到任何警报级别"
    share = f"负面 {section.share.part.value} 条；负面占比：{section.verdict}"
    return f"{section.name}：{section.volume.value} 条提及，{share}；{tier}。"


def _incidents(report: WeeklyReport) -> str:
    lines = report.response.incidents
    if not lines:
        return "本周没有事件。"
    fresh = sum(one.fresh for one in lines)
    old = len(lines) - fresh
    carried = f"，另有 {old} 起从前几周延续" if old else ""
    return f"本周新发现 {fresh} 起事件{carried}。"


def _waits(report: WeeklyReport) -> tuple[str, ...]:
    """Median times from the first public post, with the number of incidents behind each."""
    told = [_wait(one) for one in report.response.timings if one.done.value or one.waiting.value]
    return ("从首帖算起：" + "；".join(told) + "。",) if told else ()


def _wait(timing: Timing) -> str:
    waiting = f"{timing.waiting.value} 起还没有（最久已 {duration(timing.longest_wait)}）"
    if not timing.done.value:
        return f"{timing.label}：{waiting}"
    done = f"{timing.label}中位数 {duration(timing.median)}（{timing.done.value} 起）"
    return f"{done}，{waiting}" if timing.waiting.value else done
