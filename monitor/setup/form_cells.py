"""What stands in the cells of a set-up workbook, as a person would write it; pure but for reading.

A formula counts as the value that Excel or WPS stored beside it. One that nobody has worked out
yet has none, and its cell would look empty: here it reads 「=」, so that it can be named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

from crawlers.importers.cells import words as as_text
from crawlers.importers.workbook import read_cells, sheets
from monitor.setup.form import NO, YES

FORMULA = "="
# #REF!, #NAME?, #DIV/0! and whatever Excel adds to them; WPS writes the same.
_ERROR = re.compile(r"#(?:N/A|GETTING_DATA|[A-Z0/]+[!?])", re.IGNORECASE)
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\ufeff]")
_NOT_WORKED_OUT = (
    "是公式，还没有算出结果；用 WPS 或 Excel 打开这份表，保存，再导入一次（或直接写上字）"
)
_NO_VALUE = "是错误值 {}，不是内容；改好那条公式，或直接写上字"

Place = tuple[str, int, int]
"""Sheet, row from 1, column from 0."""


def formulas(path: Path, titles: Sequence[str], most: int) -> set[Place]:
    """Where formulas stand in the first `most` rows of these sheets."""
    with sheets(path, formulas=True) as pages:
        return {
            (str(page.title).strip(), number, at)
            for page in pages
            if str(page.title).strip() in titles
            for number, cells in islice(read_cells(page), most)
            for at, cell in enumerate(cells)
            if cell.data_type == "f"
        }


def read_texts(page: Any, formulas: set[Place]) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401
    """Yield the number of each row and what its cells say."""
    title = str(page.title).strip()
    for number, cells in read_cells(page):
        yield number, [_text(one, (title, number, at) in formulas) for at, one in enumerate(cells)]


def _text(cell: Any, formula: bool) -> str:  # noqa: ANN401
    """Tell a formula without a result from one whose result is an empty text (kind «str»)."""
    if formula and cell.value is None and cell.data_type != "str":
        return FORMULA
    return said(cell.value)


def said(value: object) -> str:
    """The text of a cell as a person would write it into the file."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return _UNSEEN.sub("", as_text(value)).strip()


def unreadable(text: str) -> str:
    """Why a cell says nothing though something stands in it; empty when it does."""
    if text.startswith(FORMULA):
        return _NOT_WORKED_OUT
    return _NO_VALUE.format(text.upper()) if _ERROR.fullmatch(text) else ""
