"""A configuration in the making, and the cell that every value of it came from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.config_yaml import Loc
    from monitor.setup.form import Entry

_BETWEEN = re.compile(r"[、，,；;\n]+")


@dataclass(slots=True)
class Blueprint:
    """A configuration in the making: plain values as YAML would give them."""

    tree: dict[str, Any] = field(default_factory=dict)
    places: dict[Loc, str] = field(default_factory=dict)
    """Where a value was written, by its place in the tree."""
    variables: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Environment variables to be filled in: what to put there, and its value if it is known."""
    problems: list[tuple[str, str]] = field(default_factory=list)
    """Cell and sentence."""

    def put(
        self, section: str, record: dict[str, Any], entry: Entry, columns: dict[str, str]
    ) -> int:
        """Add a record without its empty values; `columns` says which column each key is of."""
        list_ = self.tree.setdefault(section, [])
        number = len(list_)
        list_.append({key: value for key, value in record.items() if value not in ("", [], {})})
        for key, column in columns.items():
            self.places[(section, number, key)] = entry.place(column)
        self.places[(section, number)] = entry.place(next(iter(columns.values())))
        return number

    def place(self, loc: Loc) -> str:
        """The cell of a value, or of the nearest thing around it."""
        around = (loc[:length] for length in range(len(loc), 0, -1))
        return next((self.places[part] for part in around if part in self.places), "")

    def fault(self, entry: Entry, column: str, sentence: str) -> None:
        """Note what is wrong with one cell."""
        self.problems.append((entry.place(column), f"（{column}）{sentence}"))


def words(text: str) -> list[str]:
    """The words of a cell, which people part with 、 or a comma, semicolon or line end."""
    return [word for part in _BETWEEN.split(text) if (word := part.strip())]
