"""Reads .xlsx sheet by sheet, row by row; formulas are never worked out, bombs never unpacked.

A formula counts as the value that Excel stored beside it. A part that unpacks to more than the
file says is cut off there by zipfile, so that what the file says can be held to a limit.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crawlers.importers.grid import Cells
from crawlers.importers.rows import UnreadableError

MAX_UNPACKED = 300_000_000  # bytes; a million rows of ordinary posts, and 1 GB once it is parsed
MAX_RATIO = 200  # real sheets shrink twentyfold; a bomb shrinks a thousandfold
MAX_PARTS = 5_000  # a sheet with a picture a row has as many
SMALL = 1_000_000  # bytes; below this no ratio matters
BLANK_ROWS = 10_000  # so many empty rows on end: nothing more comes, whatever the sheet claims
SPLIT = "请拆成几个文件，或另存为 CSV 再导入"


def check(path: Path) -> None:
    """Raise UnreadableError for what is no workbook, is damaged or would unpack to too much."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names:
                raise UnreadableError("是压缩包，不是 .xlsx 表格；请先解压，再导入里面的文件")
            _check_size(parts)
            for part in parts:
                _check_entities(archive, part)
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError) as error:
        raise UnreadableError("表格文件不完整或已损坏；请重新导出") from error


def _check_size(parts: list[zipfile.ZipInfo]) -> None:
    total = sum(part.file_size for part in parts)
    dense = any(part.file_size > max(SMALL, MAX_RATIO * part.compress_size) for part in parts)
    if total > MAX_UNPACKED or dense or len(parts) > MAX_PARTS:
        raise UnreadableError(f"解压后有 {total // 1_000_000} MB，大得不合常理，没有打开；{SPLIT}")


def _check_entities(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Refuse a document type: it is there only to define entities, which may multiply."""
    if part.filename.endswith((".xml", ".rels")):
        with archive.open(part) as stream:
            head = stream.read(4096).replace(b"\0", b"")
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
            raise UnreadableError("表格里有不该有的 XML 声明，为安全起见没有打开")


@contextmanager
def sheets(path: Path, *, formulas: bool = False) -> Iterator[list[Any]]:
    """Open a checked workbook; gives its worksheets that are to be seen, in order.

    With `formulas` their cells hold the formulas instead of the values stored beside them.
    """
    from openpyxl import load_workbook  # noqa: PLC0415 (slow to import, and few files need it)

    with warnings.catch_warnings(), path.open("rb") as file:
        warnings.simplefilter("ignore")  # about styles and extensions that do not concern us
        try:
            book = load_workbook(file, read_only=True, data_only=not formulas, keep_links=False)
        except Exception as error:  # (a hostile file may upset the library anywhere)
            raise UnreadableError("表格文件不完整或已损坏；请重新导出") from error
        try:
            yield [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        finally:
            book.close()


def read_grid(sheet: Any) -> Iterator[Cells]:  # noqa: ANN401 (openpyxl's read-only worksheet)
    """Yield the number of each row and its values."""
    yield from _rows(sheet, lambda value: value is None, values_only=True)


def read_cells(sheet: Any) -> Iterator[tuple[int, Sequence[Any]]]:  # noqa: ANN401
    """Yield the number of each row and its cells, which know their `value` and `data_type`."""
    yield from _rows(sheet, lambda cell: cell.value is None, values_only=False)


def _rows(
    sheet: Any,  # noqa: ANN401
    is_blank: Callable[[Any], bool],
    *,
    values_only: bool,
) -> Iterator[tuple[int, Sequence[Any]]]:
    sheet.reset_dimensions()  # many tools write a wrong size, and openpyxl would believe it
    blank = 0
    try:
        for number, row in enumerate(sheet.iter_rows(values_only=values_only), start=1):
            blank = blank + 1 if all(map(is_blank, row)) else 0
            if blank == BLANK_ROWS:
                return
            yield number, row
    except UnreadableError:
        raise
    except Exception as error:
        raise UnreadableError("表格读到一半断了，文件可能不完整；请重新导出") from error
