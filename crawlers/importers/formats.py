"""Every format we read, the most telling first, and which of them a row belongs to."""

from __future__ import annotations

from collections.abc import Iterable

from crawlers.importers import (
    headings,
    heimao,
    mediacrawler,
    newsnow,
    own,
    weibo_crawler,
    weibo_search,
    weibo_spider,
)
from crawlers.importers.plan import Format, Plan
from crawlers.importers.rows import Table

FORMATS: tuple[Format, ...] = (  # a table of any headings comes last: it would take all others
    newsnow,
    mediacrawler,
    weibo_search,
    weibo_crawler,
    weibo_spider,
    heimao,
    own,
    headings,
)
BY_NAME = {one.NAME: one for one in FORMATS}


class Finder:
    """Finds the plan for rows of one table; remembers the answer for each set of fields."""

    def __init__(self, table: Table, wanted: str | None = None) -> None:
        self._table = table
        self._among: Iterable[Format] = FORMATS if wanted is None else (BY_NAME[wanted],)
        self._known: dict[frozenset[str], tuple[Format, Plan] | None] = {}

    def knows(self, keys: frozenset[str]) -> bool:
        """Tell whether rows with these fields can be read."""
        return self.find(keys) is not None

    def find(self, keys: frozenset[str]) -> tuple[Format, Plan] | None:
        """Return the first format that knows rows with these fields, and its plan."""
        if keys not in self._known:
            plans = ((one, one.plan(keys, self._table)) for one in self._among)
            self._known[keys] = next(((one, plan) for one, plan in plans if plan), None)
        return self._known[keys]
