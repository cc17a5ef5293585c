"""Reads JSON Lines, plain or gzip: every line becomes an object, an Item or a reason why not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

from crawlers.importers.opening import BROKEN_GZIP, Opened, opened
from crawlers.importers.record import item_to_record, parse_item
from crawlers.importers.rows import Rejected, Row
from crawlers.items import Item, ItemError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

__all__ = ["Rejected", "item_to_record", "parse_item", "read_items", "read_rows"]

MAX_LINE_BYTES = 16_000_000  # a text of 1,000,000 characters, every one escaped as a \u pair
MAX_SHOWN = 2_000  # enough of a bad line to recognise it
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
NO_OBJECT = '这一行不是 JSON 对象，应写成 {"platform": "…", "id": "…", "text": "…"}'


def read_items(path: Path, now: datetime) -> Iterator[Item | Rejected]:
    """Yield every line of the file as Item or Rejected; blank lines are skipped."""
    with opened(path) as file:
        for number, line in _lines(file.stream):
            if isinstance(line, Rejected):
                yield line
                continue
            try:
                yield parse_item(_load(line), now)
            except (ItemError, UnicodeDecodeError) as error:
                yield _reject(number, _why(error), line)


def read_rows(file: Opened) -> Iterator[Row | Rejected]:
    """Yield every line as a Row of its fields or Rejected; blank lines are skipped."""
    for number, line in _lines(file.stream):
        if isinstance(line, Rejected):
            yield line
            continue
        try:
            record = _load(line)
        except (ItemError, UnicodeDecodeError) as error:
            yield _reject(number, _why(error), line)
            continue
        if isinstance(record, dict):
            yield Row(number, record)
        else:
            yield _reject(number, NO_OBJECT, line)


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes | Rejected]]:
    number = 0
    while True:
        number += 1
        try:
            line = stream.readline(MAX_LINE_BYTES)
        except BROKEN_GZIP:
            reason = "压缩文件不完整或已损坏，从这里起读不出来，请重新导出"
            yield number, Rejected(number, reason, "")
            return
        if not line:
            return
        if number == 1 and line.startswith(UTF16_MARKS):
            yield number, Rejected(1, "文件是 UTF-16 编码，请另存为 UTF-8 再导入", "")
            return
        if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
            _skip_rest(stream)
            reason = f"这一行超过 {MAX_LINE_BYTES // 1_000_000} MB，太长了"
            yield number, _reject(number, reason, line)
        elif content := line.removeprefix(b"\xef\xbb\xbf").strip():
            yield number, _unless_zero(number, content)


def _unless_zero(number: int, line: bytes) -> bytes | Rejected:
    if line.strip(b"\0"):
        return line
    return _reject(number, "这一行全是空字节，文件可能没有写完整", b"")


def _skip_rest(stream: IO[bytes]) -> None:
    while (part := stream.readline(MAX_LINE_BYTES)) and not part.endswith(b"\n"):
        pass


def _why(error: ItemError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"不是 UTF-8 编码（第 {error.start + 1} 个字节），请另存为 UTF-8"
    return str(error)


def _load(line: bytes) -> object:
    text = line.decode("utf-8")
    try:
        return json.loads(
            text, object_pairs_hook=_no_twins, parse_constant=_no_constant, strict=False
        )
    except json.JSONDecodeError as error:
        raise ItemError(f"不是合法的 JSON（第 {error.colno} 个字符附近）") from error
    except RecursionError as error:
        raise ItemError("JSON 嵌套太深") from error
    except ItemError:
        raise
    except ValueError as error:
        raise ItemError("JSON 里有长得不合理的数字") from error


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name, value in pairs:
        if name in record:
            raise ItemError(f"字段 {name[:40]} 写了两次，不知道以哪个为准")
        record[name] = value
    return record


def _no_constant(name: str) -> object:
    raise ItemError(f"{name} 不是合法的 JSON 数字")


def _reject(number: int, reason: str, line: bytes) -> Rejected:
    return Rejected(number, reason, line[: MAX_SHOWN * 4].decode("utf-8", "replace")[:MAX_SHOWN])
