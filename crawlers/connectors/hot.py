"""Reads lists whose order is their meaning; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crawlers.connectors.base import Reading
from crawlers.connectors.shape import Record, Row, read_rows


def read_list(found: Sequence[object], record: Callable[[Row, int], Record | None]) -> Reading:
    """Read each row together with its place, counted from 1."""
    places = {id(one): place for place, one in enumerate(found, start=1)}
    return read_rows(found, lambda row: record(row, places[id(row)]))


def raw(place: int, **more: str) -> dict[str, object]:
    """Return what a hot list's record keeps beside its title."""
    return {"kind": "hot_list", "tags": [f"第{place}位"], **more}
