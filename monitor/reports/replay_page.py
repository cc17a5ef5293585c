"""One replay as a page: the picture, the changes of tier in words, and the numbers as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from alerts.text import tame
from monitor.domain.tier import Tier
from monitor.reports import replay_chart
from monitor.reports.html import environment
from monitor.reports.replay_chart import Moment, picture

REASON_CHARACTERS = 200
GENERATOR = "fengsui replay --plot"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of tier, with its reason in Chinese."""

    tier: Tier
    at: datetime
    minutes: float
    """After the first matched mention."""
    mentions: int
    reason: str


def render(
    *,
    brand: str,
    moments: Sequence[Moment],
    changes: Sequence[Change],
    bands: Sequence[float],
    policy: str,
    zone: tzinfo,
) -> str:
    """The whole page, self-contained: no script, nothing from outside, everything escaped."""
    template = environment().get_template("replay.html.j2")
    return template.render(
        generator=GENERATOR,
        brand=tame(brand, 60),
        drawn=picture(moments, bands, zone) if moments else None,
        chart=replay_chart,
        moments=moments,
        changes=[
            (one, _local(one.at, zone), tame(one.reason, REASON_CHARACTERS)) for one in changes
        ],
        policy=policy,
        summary=_summary(moments, changes, zone),
        local=lambda at: _local(at, zone),
        step=_step,
    )


def is_ours(file: Path) -> bool:
    """Whether a file is a page that `render` made; raises OSError if it cannot be read."""
    with file.open("rb") as start:
        return f'content="{GENERATOR}"'.encode() in start.read(400)


def _local(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _step(length: timedelta) -> str:
    minutes = int(length / timedelta(minutes=1))
    if minutes % 1440 == 0:
        return f"{minutes // 1440} 天"
    return f"{minutes // 60} 小时" if minutes % 60 == 0 else f"{minutes} 分钟"


def _summary(moments: Sequence[Moment], changes: Sequence[Change], zone: tzinfo) -> str:
    """The picture in one sentence, for who hears it instead of seeing it."""
    if not moments:
        return "没有一条提及命中这个品牌。"
    first, last = moments[0], moments[-1]
    hottest = max(moments, key=lambda one: one.heat)
    told = "；".join(f"{_local(one.at, zone)} {one.tier.label}" for one in changes)
    return (
        f"{_local(first.at, zone)} 到 {_local(last.at, zone)}，共 {last.mentions} 条提及，"
        f"热度最高 {hottest.heat:.0f}（{_local(hottest.at, zone)}）。"
        f"{'级别：' + told if told else '级别一直是无'}。"
    )
