"""Reads CSV as Excel, WPS and crawlers write it: any separator, UTF-8, GB18030 or UTF-16."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager

from crawlers.importers.grid import Cells, shown
from crawlers.importers.opening import BROKEN_GZIP, Opened, charset_of, text_of
from crawlers.importers.rows import Rejected

MAX_CELL = 2_000_000  # characters; twice the longest text that is taken in, so that it is named
SEPARATORS = ",\t;，|"


def read_grid(file: Opened, sample: bytes) -> Iterator[Cells | Rejected]:
    """Yield the number of each row's first line and its cells, or what is wrong there."""
    name = charset_of(sample)
    stream = io.TextIOWrapper(file.stream, name, "surrogateescape", newline="")
    lines = _Lines(stream)
    with _long_cells():
        reader = csv.reader(lines, delimiter=_separator(text_of(sample)))
        width = 0
        while True:
            begin = lines.begin()
            try:
                cells = next(reader)
            except StopIteration:
                break
            except csv.Error:
                reason = f"有一格超过 {MAX_CELL // 10_000} 万字，或引号没有配对，这一行读不了"
                yield Rejected(begin, reason, "")
            else:
                yield _checked(begin, cells, width, lines)
                width = len(cells)
    if lines.broken:
        yield Rejected(lines.number, "压缩文件不完整或已损坏，从这里起读不出来，请重新导出", "")
    stream.detach()


def _checked(begin: int, cells: list[str], width: int, lines: _Lines) -> Cells | Rejected:
    """Refuse a last row that was cut off; `width` is how many cells the row before it had."""
    if lines.ended and lines.quotes % 2:
        reason = "从这一行起有引号没有配对，后面的行都连在了一起；文件可能只存了一半，请重新导出"
        return Rejected(begin, reason, shown(cells))
    if lines.cut and 0 < len(cells) < width:
        reason = "最后一行不完整，文件可能只存了一半；请重新导出"
        return Rejected(begin, reason, shown(cells))
    return begin, cells


class _Lines:
    """Hands physical lines to the reader, one ahead, and counts what tells a cut file."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self.number, self.quotes, self.broken = 0, 0, False
        self._last = ""
        self._stream = stream
        self._next = self._read()

    @property
    def ended(self) -> bool:
        """Whether the reader has had the last line."""
        return self._next == ""

    @property
    def cut(self) -> bool:
        """Whether the reader has had the last line and that line has no end."""
        return self.ended and not self._last.endswith(("\n", "\r"))

    def begin(self) -> int:
        """Start a row; returns the number of its first line."""
        self.quotes = 0
        return self.number + 1

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._next
        if not line:
            raise StopIteration
        self._last, self._next = line, self._read()
        self.number += 1
        self.quotes += line.count('"')
        return line.replace("\0", "")

    def _read(self) -> str:
        try:
            return self._stream.readline(MAX_CELL)
        except BROKEN_GZIP:
            self.broken = True
            return ""


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let cells be longer than the csv module's 128 KB; its limit is one for the process."""
    before = csv.field_size_limit(MAX_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _separator(text: str) -> str:
    """Return the separator that the first lines agree on; a title line may hold none."""
    lines = [line for line in text[:100_000].splitlines()[:10] if line.strip()]
    return max(SEPARATORS, key=lambda mark: max((line.count(mark) for line in lines), default=0))
