"""Finds the header of a grid of cells (CSV or a worksheet) and names the cells under it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from crawlers.importers.rows import Rejected, Row, UnreadableError

Cells = tuple[int, Sequence[object]]
IsHeader = Callable[[frozenset[str]], bool]
HEADER_WITHIN = 10  # rows; exports put a title, a date range and a blank line before the header
MAX_SHOWN = 500


def rows_of(
    grid: Iterator[Cells | Rejected], is_header: IsHeader, sheet: str = ""
) -> Iterator[Row | Rejected]:
    """Yield the rows under the header; UnreadableError, before any row, where there is none."""
    header = _header(grid, is_header)
    for cells in grid:
        if isinstance(cells, Rejected):
            yield cells
        elif any(_said(cell) for cell in cells[1]):
            yield _row(cells, header, sheet)


def _header(grid: Iterator[Cells | Rejected], is_header: IsHeader) -> list[str]:
    seen: list[list[str]] = []
    for cells in grid:
        names = [] if isinstance(cells, Rejected) else [_said(cell) for cell in cells[1]]
        while names and not names[-1]:
            names.pop()
        if is_header(frozenset(names)):
            return _unique(names)
        seen += [names] if names else []
        if len(seen) == HEADER_WITHIN:
            break
    raise UnreadableError(_no_header(seen))


def _no_header(seen: list[list[str]]) -> str:
    if not seen:
        return "里面没有内容"
    widest = max(seen, key=len)
    found = "、".join(name[:20] for name in widest[:20] if name)
    return (
        f"看不出哪一行是表头，或者缺少必需的列：至少要有一列正文或标题（如「正文」「内容」「标题」）。"
        f"找到的是：{found}"
    )


def _unique(names: list[str]) -> list[str]:
    """Keep columns of the same name apart; the first one counts."""
    known: dict[str, int] = {}
    unique = []
    for name in names:
        known[name] = known.get(name, 0) + 1
        unique.append(name if known[name] == 1 else f"{name} ({known[name]})")
    return unique


def _row(cells: Cells, header: list[str], sheet: str) -> Row | Rejected:
    number, values = cells
    if any(_said(value) for value in values[len(header) :]):
        reason = f"有 {len(values)} 列，表头只有 {len(header)} 列；正文里的逗号可能没有用引号括起来"
        return Rejected(number, reason, shown(values), sheet)
    spoilt = next((v for v in values if isinstance(v, str) and _has_stray_bytes(v)), None)
    if spoilt is not None:
        reason = "有的字节和文件的编码对不上，读出来是乱码；请重新导出，或另存为 UTF-8"
        return Rejected(number, reason, shown(values), sheet)
    return Row(number, {name: value for name, value in zip(header, values, strict=False) if name})


def _has_stray_bytes(text: str) -> bool:
    """Tell whether the decoder met bytes that it could not read (`surrogateescape`)."""
    return not text.isascii() and any("\udc80" <= character <= "\udcff" for character in text)


def _said(cell: object) -> str:
    return "" if cell is None else str(cell).replace("\ufeff", "").strip()


def shown(values: Sequence[object]) -> str:
    """Return enough of a bad row to recognise it."""
    text = "，".join(_said(value) for value in values)[:MAX_SHOWN]
    return text.encode("utf-8", "replace").decode("utf-8")
