"""The weekly report as plain values: what was said, how loud it got, how the team answered."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any

from monitor.domain.tier import Tier
from monitor.reports.coverage import Coverage, coverage
from monitor.reports.figures import Figure, Rate
from monitor.reports.quiet import Quiet, quiet
from monitor.reports.response import Response, response
from monitor.reports.rows import Drilled, Gathered
from monitor.reports.sections import Section, section
from monitor.reports.week import Week


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyReport:
    """One week; every number in it is a Figure and names the ids behind it."""

    week: Week
    until: datetime
    """The end of what is covered: the week's end, or the present in a week that still runs."""
    as_of: datetime
    overall: Section
    brands: tuple[Section, ...]
    response: Response
    coverage: Coverage
    quiet: Quiet
    """What did not ring, and why."""
    drills: tuple[Drilled, ...] = ()

    @property
    def running(self) -> bool:
        """Whether the week is not over yet."""
        return self.until < self.week.end

    @property
    def empty(self) -> bool:
        """Whether nothing at all was said or worked on."""
        return not self.overall.volume.value and not self.response.incidents


def build(data: Gathered, week: Week, as_of: datetime) -> WeeklyReport:
    """Build the report of a week as known at `as_of`."""
    until = min(week.end, as_of)
    return WeeklyReport(
        week=week,
        until=until,
        as_of=as_of,
        overall=section(data, None, week, as_of),
        brands=tuple(section(data, brand, week, as_of) for brand in data.brands),
        response=response(data.cases, data.sent, week.start, until, as_of),
        coverage=coverage(data.crawls, data.watched, data.rejects, week.start, until),
        quiet=quiet(data.silences, data.cases, week.start, until),
        drills=data.drills,
    )


def plain(value: Any) -> Any:  # noqa: ANN401 - any part of the report
    """The report as JSON values: counts beside their ids, instants as ISO 8601."""
    if isinstance(value, Figure):
        return {"value": value.value, "of": value.of, "query": value.query, "ids": list(value.ids)}
    if isinstance(value, Rate):
        parts = {"part": plain(value.part), "whole": plain(value.whole)}
        return parts | {"share": value.share, "interval_95": plain(value.interval)}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if is_dataclass(value) and not isinstance(value, Week):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    return _scalar(value)


def _scalar(value: Any) -> Any:  # noqa: ANN401 - any leaf of the report
    match value:
        case Week():
            return value.label
        case Tier():
            return value.key
        case datetime():
            return value.isoformat()
        case timedelta():
            return {"minutes": round(value.total_seconds() / 60, 1)}
    return value
