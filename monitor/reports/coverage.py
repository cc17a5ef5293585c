"""How much of the week we could see: sources that failed or fell silent, items sent back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from monitor.reports.figures import Figure
from monitor.reports.rows import Crawl, Reject, Watched


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source's week."""

    name: str
    runs: Figure
    failed: Figure
    longest_gap: timedelta
    blind: timedelta
    """How long nothing could be seen: blocked, shown a login page, or silent."""
    silent: bool
    """Whether it brought nothing for longer than it may."""

    @property
    def troubled(self) -> bool:
        """Whether the numbers of the week may be too low because of it."""
        return self.silent or bool(self.blind) or self.failed.value > 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """All sources and what was sent back."""

    sources: tuple[SourceLine, ...]
    rejected: Figure
    rejected_by_source: tuple[tuple[str, Figure, str], ...]
    """Source, its rejects, and one reason as an example."""

    @property
    def troubled(self) -> tuple[SourceLine, ...]:
        """Sources that failed or fell silent."""
        return tuple(one for one in self.sources if one.troubled)


def coverage(
    crawls: tuple[Crawl, ...],
    watched: tuple[Watched, ...],
    rejects: tuple[Reject, ...],
    since: datetime,
    until: datetime,
) -> Coverage:
    """Build the coverage of the week."""
    known = {one.name: one for one in watched}
    names = sorted(known.keys() | {one.source for one in crawls})
    lines = tuple(
        _source(
            known.get(name) or Watched(name, since),
            [one for one in crawls if one.source == name],
            since,
            until,
        )
        for name in names
    )
    return Coverage(lines, _rejected(rejects), _by_source(rejects))


def _source(watched: Watched, crawls: list[Crawl], since: datetime, until: datetime) -> SourceLine:
    gap = _longest_gap(watched, crawls, since, until)
    query = f"来源「{watched.name}」本周的采集"
    return SourceLine(
        name=watched.name,
        runs=Figure("采集", query, tuple(one.id for one in crawls)),
        failed=Figure("采集", f"{query}，失败", tuple(one.id for one in crawls if one.failed)),
        longest_gap=gap,
        blind=_blind_time(crawls, until),
        silent=watched.silent_after is not None and gap >= watched.silent_after,
    )


def _longest_gap(
    watched: Watched, crawls: list[Crawl], since: datetime, until: datetime
) -> timedelta:
    """The longest time without content that reaches into the week."""
    begin = watched.last_before or watched.since
    brought = sorted(one.at for one in crawls if one.items)
    marks = [begin, *brought, until]
    return max((end - start for start, end in pairwise(marks) if end > since), default=timedelta(0))


def _blind_time(crawls: list[Crawl], until: datetime) -> timedelta:
    """Add up from each run that left the source blind to the next."""
    ends = [*(one.at for one in crawls[1:]), until]
    spans = (end - one.at for one, end in zip(crawls, ends, strict=False) if one.blind)
    return sum(spans, timedelta(0))


def _rejected(rejects: tuple[Reject, ...]) -> Figure:
    return Figure("退回", "本周退回、没有入库的条目", tuple(one.id for one in rejects))


def _by_source(rejects: tuple[Reject, ...]) -> tuple[tuple[str, Figure, str], ...]:
    groups: defaultdict[str, list[Reject]] = defaultdict(list)
    for one in rejects:
        groups[one.source].append(one)
    return tuple(
        (
            name,
            Figure("退回", f"本周从「{name}」退回的条目", tuple(one.id for one in found)),
            found[0].reason,
        )
        for name, found in sorted(groups.items())
    )
