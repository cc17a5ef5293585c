"""Fills the set-up workbook as a person would, with the example's rows or a test's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from monitor.setup.form import OTHERS, SHEETS
from monitor.setup.form_template import write_template

Rows = Sequence[Sequence[Any]]


def example() -> dict[str, Rows]:
    """The rows of the example, by sheet."""
    return {one.title: one.example for one in SHEETS}


def fill(path: Path, rows: Mapping[str, Rows]) -> Path:
    """Write a workbook with these rows under the headings; those of 「其他」 go by their name."""
    content = BytesIO()
    write_template(content)
    book = load_workbook(content)
    for title, several in rows.items():
        for number, row in enumerate(several, 3):
            at = _row_of(book[title], row[0]) if title == OTHERS else number
            for column, value in enumerate(row, 1):
                book[title].cell(at, column, value)
    book.save(path)
    return path


def _row_of(page: Any, name: str) -> int:
    return next(row for row in range(3, 40) if page.cell(row, 1).value in (name, None))
