"""Tiers on a time line, from the audit trail of incidents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from monitor.domain.tier import Tier
from monitor.reports.rows import Case


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of time with one tier, and the incidents that lit it."""

    start: datetime
    end: datetime
    tier: Tier
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Track:
    """One row of the time line; stretches without a tier are left out."""

    label: str
    segments: tuple[Segment, ...]

    @property
    def peak(self) -> Tier:
        """The loudest tier on it."""
        return max((one.tier for one in self.segments), default=Tier.NONE)


def track(case: Case, since: datetime, until: datetime) -> Track:
    """When one incident stood at which tier, within `since` and `until`."""
    ends = [change.at for change in case.changes[1:]] + [until]
    segments = [
        Segment(max(change.at, since), min(end, until), change.to_tier, (case.code,))
        for change, end in zip(case.changes, ends, strict=True)
        if change.alarmed and change.to_tier > Tier.NONE
    ]
    return Track(case.code, _merged([one for one in segments if one.start < one.end]))


def _merged(segments: list[Segment]) -> tuple[Segment, ...]:
    """Join neighbours that say the same, so that an acknowledgement cuts no bar in two."""
    joined: list[Segment] = []
    for one in segments:
        last = joined[-1] if joined else None
        if last and (last.end, last.tier, last.codes) == (one.start, one.tier, one.codes):
            joined[-1] = Segment(last.start, one.end, one.tier, one.codes)
        else:
            joined.append(one)
    return tuple(joined)


def loudest(label: str, tracks: Iterable[Track]) -> Track:
    """The loudest tier of several incidents at every time."""
    segments = [segment for one in tracks for segment in one.segments]
    cuts = sorted({at for one in segments for at in (one.start, one.end)})
    found = []
    for start, end in pairwise(cuts):
        lit = [one for one in segments if one.start <= start and one.end >= end]
        if lit:
            tier = max(one.tier for one in lit)
            codes = sorted(code for one in lit if one.tier is tier for code in one.codes)
            found.append(Segment(start, end, tier, tuple(codes)))
    return Track(label, _merged(found))
