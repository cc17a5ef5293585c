"""How the rows of one kind become mentions: which of their fields is which of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from crawlers.importers import cells
from crawlers.importers.record import COUNTERS, parse_item
from crawlers.importers.rows import Table
from crawlers.items import Item, ItemError

Record = dict[str, Any]
Fields = Mapping[str, object]
Columns = Mapping[str, tuple[str, ...]]
KEYS = {"id", "parent_id"}
TIMES = {"published_at", "observed_at"}
FLAGS = {"author_verified", "private"}
NAMED = re.compile(r"字段 (\w+) ?")


def as_it_is(record: Record, fields: Fields) -> Iterable[Record]:  # noqa: ARG001 (one shape for all)
    """Leave the record alone."""
    return (record,)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a format makes of rows with certain fields."""

    columns: Columns
    """Our field → theirs; the first that is not empty counts."""
    constants: Mapping[str, Any] = field(default_factory=dict)
    """What holds for every row, such as the platform."""
    finish: Callable[[Record, Fields], Iterable[Record]] = as_it_is
    """Last touches; may yield more than one record, or none."""
    verbatim: bool = False
    """Whether rows are mention JSON Lines already."""
    skip: str = ""
    """Not empty: why such rows are no mentions (Chinese)."""


class Format(Protocol):
    """One kind of export; a module with these names serves."""

    NAME: str
    TITLE: str

    def plan(self, keys: frozenset[str], table: Table) -> Plan | None:
        """Return what to do with rows that have these fields; None when they are not ours."""


def items(plan: Plan, fields: Fields, now: datetime, base: datetime) -> Iterator[Item]:
    """Yield the mentions of a row; ItemError in Chinese, with the export's own column names.

    `base` is when the file was saved: times like 「昨天」 count from it.
    """
    if plan.verbatim:
        yield parse_item(fields, now)
        return
    try:
        for record in plan.finish(_record(plan, fields, base), fields):
            yield _observed(parse_item(record, now), base)
    except ItemError as error:
        raise ItemError(_in_their_words(str(error), plan, fields)) from error


def _observed(item: Item, base: datetime) -> Item:
    """Give counters the time of the file where none is said: read again, they are no news."""
    late = item.published_at is not None and item.published_at > base
    return item if item.observed_at or late else replace(item, observed_at=base)


def _record(plan: Plan, fields: Fields, base: datetime) -> Record:
    record: Record = dict(plan.constants)
    for name, theirs in plan.columns.items():
        value = first(fields, theirs)
        if value is not None:
            _set(record, name, value, base)
    return record


def first(fields: Fields, names: Iterable[str]) -> object:
    """Return the first field that is not empty, or None; «user.name» looks inside an object."""
    return next((value for name in names if not cells.is_empty(value := _get(fields, name))), None)


def _get(fields: Fields, name: str) -> object:
    if name in fields or "." not in name:
        return fields.get(name)
    outer, _, inner = name.partition(".")
    within = fields.get(outer)
    return _get(within, inner) if isinstance(within, Mapping) else None


def _set(record: Record, name: str, value: object, base: datetime) -> None:
    if name in TIMES:
        record[name], guessed = cells.moment(value, base)
        if guessed and name == "published_at":
            record["raw"] = {**record.get("raw", {}), "published_precision": "guessed"}
    elif name in KEYS:
        record[name] = cells.key(value)
    elif name in FLAGS:
        record[name] = cells.flag(value)
    elif name in COUNTERS or name == "heat":
        record[name] = cells.count(value)
    elif name == "rating":
        record[name] = cells.rating(value)
    else:
        record[name] = cells.words(value)


def _in_their_words(reason: str, plan: Plan, fields: Fields) -> str:
    """Name the column of the file instead of our field."""

    def column(match: re.Match[str]) -> str:
        theirs = [one for one in plan.columns.get(match[1], ()) if one in fields]
        return f"「{theirs[0]}」列" if theirs else match[0]

    return NAMED.sub(column, reason)
