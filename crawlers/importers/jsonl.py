"""Reads mention JSON Lines, plain or gzip: every line becomes an Item or a reason why not."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from crawlers.importers.record import item_to_record, parse_item
from crawlers.items import Item, ItemError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

__all__ = ["Rejected", "item_to_record", "parse_item", "read_items"]

MAX_LINE_BYTES = 16_000_000  # a text of 1,000,000 characters, every one escaped as a \u pair
MAX_SHOWN = 2_000  # enough of a bad line to recognise it
GZIP_MAGIC = b"\x1f\x8b"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that is no item: its number from 1, why (Chinese), and the line itself, cut short."""

    line: int
    reason: str
    text: str


def read_items(path: Path, now: datetime) -> Iterator[Item | Rejected]:
    """Yield every line of the file as Item or Rejected; blank lines are skipped."""
    number = 0
    with _open(path) as stream:
        while True:
            number += 1
            try:
                line = stream.readline(MAX_LINE_BYTES)
            except (EOFError, gzip.BadGzipFile, zlib.error):
                yield Rejected(number, "压缩文件不完整或已损坏，从这里起读不出来，请重新导出", "")
                return
            if not line:
                return
            if number == 1 and line.startswith(UTF16_MARKS):
                yield Rejected(1, "文件是 UTF-16 编码，请另存为 UTF-8 再导入", "")
                return
            if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
                _skip_rest(stream)
                yield _reject(number, f"这一行超过 {MAX_LINE_BYTES // 1_000_000} MB，太长了", line)
            elif content := line.removeprefix(b"\xef\xbb\xbf").strip():
                yield _read_line(number, content, now)


def _open(path: Path) -> IO[bytes]:
    with path.open("rb") as probe:
        packed = probe.read(2) == GZIP_MAGIC
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]


def _skip_rest(stream: IO[bytes]) -> None:
    while (part := stream.readline(MAX_LINE_BYTES)) and not part.endswith(b"\n"):
        pass


def _read_line(number: int, line: bytes, now: datetime) -> Item | Rejected:
    if not line.strip(b"\0"):
        return _reject(number, "这一行全是空字节，文件可能没有写完整", b"")
    try:
        return parse_item(_load(line), now)
    except UnicodeDecodeError as error:
        return _reject(
            number, f"不是 UTF-8 编码（第 {error.start + 1} 个字节），请另存为 UTF-8", line
        )
    except ItemError as error:
        return _reject(number, str(error), line)


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
