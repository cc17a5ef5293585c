"""Reads any export: finds out what it is and yields its mentions, or why a row is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from crawlers.importers import csv_grid, document, jsonl, opening, workbook
from crawlers.importers.formats import Finder
from crawlers.importers.grid import Cells, rows_of
from crawlers.importers.plan import Format, Plan, items
from crawlers.importers.platforms import is_marked_private, is_private
from crawlers.importers.rows import Rejected, Row, Share, Table, UnreadableError
from crawlers.items import Item, ItemError

MAX_SHOWN = 500
FLAGS = frozenset({"True", "true", "1", "是"})
LONG = 20  # characters; names of platforms are shorter
KEYWORDS = re.compile(
    r"^\s*(\[(GLOBAL_FILTER|WORD_GROUPS)\]|[+!@].+|/.+/[a-z]*(\s*=>.*)?)\s*$", re.MULTILINE
)
KEYWORD_FILE = (
    "像是 TrendRadar 的关键词文件，里面没有帖子；"
    "要改写成监看规则，请运行：fengsui watch convert 文件名"
)
STRANGE = "认不出这是哪个工具导出的（字段：{fields}）；能读哪些文件见 docs/import.md"


@dataclass(slots=True)
class Found:
    """What has been recognised in a file so far."""

    formats: dict[str, str] = field(default_factory=dict)
    """Name → Chinese title."""
    columns: dict[str, list[str]] = field(default_factory=dict)
    """Our field → the file's own names for it."""
    notes: list[str] = field(default_factory=list)
    """What was left out, in Chinese."""

    def add(self, known: Format, plan: Plan, keys: frozenset[str]) -> None:
        """Note the format and the columns of rows that are being read."""
        if plan.skip:
            self.note(plan.skip)
            return
        self.formats[known.NAME] = known.TITLE
        for ours, theirs in plan.columns.items():
            names = self.columns.setdefault(ours, [])
            names += [one for one in theirs if one.split(".")[0] in keys and one not in names]

    def note(self, sentence: str) -> None:
        """Keep a sentence, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)


class Export:
    """One file; iterate over it once, then ask what was found."""

    def __init__(
        self, path: Path, now: datetime, wanted: str | None = None, platform: str = ""
    ) -> None:
        """Prepare to read `path` as format `wanted` (None: find out); nothing is opened yet."""
        self.found = Found()
        self.share: Share = lambda: 0.0
        self._path, self._now, self._wanted, self._platform = path, now, wanted, platform

    def __iter__(self) -> Iterator[Item | Rejected]:
        """Yield mentions and rejects; UnreadableError, before any of them, for the whole file."""
        saved = datetime.fromtimestamp(self._path.stat().st_mtime, UTC)
        base = min(saved, self._now)
        some = False
        for table in self._tables():
            finder = Finder(table, self._wanted)
            for row in self._rows(table):
                some = True
                yield from (
                    (row,) if isinstance(row, Rejected) else self._items(row, table, finder, base)
                )
        if not some and not self.found.notes:
            self.found.note("文件里没有内容")

    def _tables(self) -> Iterator[Table]:
        sample = opening.sample_of(self._path)
        kind = opening.kind_of(sample)
        if kind == "xlsx":
            yield from self._sheets()
        elif kind != "empty":
            with opening.opened(self._path) as file:
                self.share = file.share
                yield self._text(kind, file, sample)
                self.share = lambda: 1.0

    def _text(self, kind: opening.Kind, file: opening.Opened, sample: bytes) -> Table:
        if kind == "lines":
            return Table(jsonl.read_rows(file))
        if kind == "document":
            return document.read_document(file)
        if KEYWORDS.search(opening.text_of(sample)[:20_000]) and b"," not in sample[:2000]:
            raise UnreadableError(KEYWORD_FILE)
        return self._grid(csv_grid.read_grid(file, sample))

    def _sheets(self) -> Iterator[Table]:
        """Yield the worksheets of a workbook."""
        workbook.check(self._path)
        with workbook.sheets(self._path) as sheets:
            for number, sheet in enumerate(sheets):
                self.share = partial(_part, number, len(sheets))
                yield self._grid(workbook.read_grid(sheet), sheet.title if len(sheets) > 1 else "")
            self.share = lambda: 1.0

    def _grid(self, grid: Iterator[Cells | Rejected], name: str = "") -> Table:
        table = Table(iter(()), name, grid=True, platform=self._platform)
        finder = Finder(table, self._wanted)
        return replace(table, rows=rows_of(grid, finder.knows, name))

    def _rows(self, table: Table) -> Iterator[Row | Rejected]:
        """Yield the rows; a sheet that cannot be read costs only itself where there are others."""
        number = 0
        try:
            for row in table.rows:
                number = row.line
                yield row
        except UnreadableError as error:
            if not table.name and not number:
                raise
            if number:
                yield Rejected(number + 1, str(error), "", table.name)
            else:
                self.found.note(f"工作表「{table.name}」没有导入：{error}")

    def _items(
        self, row: Row, table: Table, finder: Finder, base: datetime
    ) -> Iterator[Item | Rejected]:
        known = finder.find(row.keys)
        if known is None:
            fields = "、".join(str(name)[:20] for name in list(row.fields)[:12])
            yield Rejected(row.line, STRANGE.format(fields=fields), "", table.name, table.unit)
            return
        self.found.add(*known, row.keys)
        if known[1].skip:
            return
        try:
            yield from items(known[1], row.fields, self._now, base)
        except ItemError as error:
            shown = "" if _is_private(row, table) else _shown(known[1], row)
            yield Rejected(row.line, str(error), shown, table.name, table.unit)


def _part(done: int, of: int) -> float:
    return done / of


def _shown(plan: Plan, row: Row) -> str:
    """Return what the row says, without its author."""
    names = [name for ours in ("id", "title", "text") for name in plan.columns.get(ours, ())]
    said = (str(row.fields[name]) for name in names if row.fields.get(name))
    return "，".join(said)[:MAX_SHOWN]


def _is_private(row: Row, table: Table) -> bool:
    """Whether a row that was refused is a company's own record of its customers."""
    said = (f"{name}:{value}" for name, value in row.fields.items() if str(value) in FLAGS)
    names = (is_private(str(value)) for value in row.fields.values() if len(str(value)) < LONG)
    return is_private(table.platform) or any(names) or any(map(is_marked_private, said))
