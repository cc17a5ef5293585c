"""Reads one JSON document with a list of objects, object by object; of a cut one, what is whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from crawlers.importers.opening import BROKEN_GZIP, Opened, charset_of
from crawlers.importers.rows import Rejected, Row, Table, UnreadableError

MAX_DOCUMENT = 300_000_000  # bytes; it is held in memory once as text
MAX_SHOWN = 2_000
BLANK = re.compile(r"[\s\ufeff]*")
STRAY = re.compile("[\udc80-\udcff]")
CUT = "JSON 在这里断了或写坏了（第 {line} 行附近），后面的读不出来；文件可能只存了一半，请重新导出"


def read_document(file: Opened) -> Table:
    """Return the objects of the document's list, and what stands before the list."""
    text = _text(file)
    walk = _Walk(text)
    return Table(walk.rows(), head=walk.head, unit="条")


def _text(file: Opened) -> str:
    try:
        body = file.stream.read(MAX_DOCUMENT + 1)
    except BROKEN_GZIP as error:
        raise UnreadableError("压缩文件不完整或已损坏，读不出来；请重新导出") from error
    if len(body) > MAX_DOCUMENT:
        raise UnreadableError(
            f"超过 {MAX_DOCUMENT // 1_000_000} MB；请让那个工具导出 jsonl（一行一条），再导入"
        )
    return body.decode(charset_of(body[:1_000_000]), "surrogateescape")


class _Walk:
    """Goes through the text value by value, so that a broken end costs only itself."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.head: dict[str, Any] = {}
        self._decoder = json.JSONDecoder(strict=False)
        self._to_the_list()

    def _to_the_list(self) -> None:
        if self._take("["):
            return
        if not self._take("{"):
            raise UnreadableError("不是合法的 JSON")
        while not self._take("}"):
            name = self._value()
            self._take(":")
            if self.text.startswith("[", self._skip()) and self._holds_objects():
                self._take("[")
                return
            self.head[str(name)] = self._value()
            self._take(",")
        raise UnreadableError("JSON 里没有一列记录；能读哪些文件见 docs/import.md")

    def _holds_objects(self) -> bool:
        return BLANK.sub("", self.text[self.at + 1 : self.at + 200])[:1] in {"{", "]", ""}

    def rows(self) -> Iterator[Row | Rejected]:
        """Yield the list's objects."""
        number = 0
        while not self._take("]"):
            number += 1
            begin = self._skip()
            try:
                value = self._decode()
            except (ValueError, RecursionError):
                line = self.text.count("\n", 0, begin) + 1
                shown = STRAY.sub("?", self.text[begin : begin + MAX_SHOWN])
                yield Rejected(number, CUT.format(line=line), shown, unit="条")
                return
            yield self._row(number, value, self.text[begin : self.at])
            self._take(",")

    def _row(self, number: int, value: object, text: str) -> Row | Rejected:
        stray = not text.isascii() and STRAY.search(text)
        if isinstance(value, dict) and not stray:
            return Row(number, value)
        reason = "有的字节和文件的编码对不上，读出来是乱码" if stray else "不是 JSON 对象"
        return Rejected(number, reason, STRAY.sub("?", text[:MAX_SHOWN]), unit="条")

    def _value(self) -> object:
        self._skip()
        try:
            return self._decode()
        except (ValueError, RecursionError) as error:
            line = self.text.count("\n", 0, self.at) + 1
            raise UnreadableError(f"不是合法的 JSON（第 {line} 行附近）；请重新导出") from error

    def _decode(self) -> object:
        value, self.at = self._decoder.raw_decode(self.text, self.at)
        return value

    def _skip(self) -> int:
        match = BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def _take(self, mark: str) -> bool:
        found = self.text.startswith(mark, self._skip())
        self.at += found
        return found
