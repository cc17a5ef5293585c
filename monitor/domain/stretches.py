"""Stretches of time: what of a wanted one is still uncovered, and how to cut it; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

Stretch = tuple[datetime, datetime]
"""From its first instant until before its last."""


def gaps(wanted: Stretch, covered: Iterable[Stretch]) -> list[Stretch]:
    """Return the parts of `wanted` that no covered stretch holds, the earliest first."""
    place, end = wanted
    found: list[Stretch] = []
    for begin, until in sorted(covered):
        if begin > place:
            found.append((place, min(begin, end)))
        place = max(place, until)
        if place >= end:
            break
    if place < end:
        found.append((place, end))
    return [(begin, until) for begin, until in found if begin < until]


def pieces(stretch: Stretch, longest: timedelta) -> list[Stretch]:
    """Cut a stretch into parts of at most `longest`, the newest first: people want those first."""
    begin, end = stretch
    found: list[Stretch] = []
    while end > begin:
        start = max(begin, end - longest)
        found.append((start, end))
        end = start
    return found


def halves(stretch: Stretch, shortest: timedelta) -> list[Stretch]:
    """Cut a stretch in two, the newer half first; nothing when it is too short to be cut."""
    begin, end = stretch
    if end - begin <= shortest:
        return []
    middle = begin + (end - begin) / 2
    return [(middle, end), (begin, middle)]
