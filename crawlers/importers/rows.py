"""What lies between a file and its mentions: rows, tables of them, and reasons why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

Share = Callable[[], float]
"""How much of a file has been read, from 0 to 1."""


class UnreadableError(ValueError):
    """A file as a whole cannot be read; the message says in Chinese why and what to do."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is no item: its number from 1, why (Chinese), and the row itself, cut short."""

    line: int
    reason: str
    text: str
    sheet: str = ""
    unit: str = "行"

    @property
    def place(self) -> str:
        """Where it stands, as people say it."""
        sheet = f"工作表「{self.sheet}」" if self.sheet else ""
        return f"{sheet}第 {self.line} {self.unit}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row under its table's headings, or one JSON object."""

    line: int
    fields: Mapping[str, object]

    @property
    def keys(self) -> frozenset[str]:
        """The names of its fields, by which formats are told apart."""
        return frozenset(self.fields)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that belong together; `head` is what a JSON document says before its list."""

    rows: Iterator[Row | Rejected]
    name: str = ""
    """Of the worksheet."""
    grid: bool = False
    """Whether the fields are columns, and every value may be text."""
    head: Mapping[str, object] = field(default_factory=dict)
    unit: str = "行"
    """What a row is called."""
    platform: str = ""
    """What the user says of rows that name no platform."""
