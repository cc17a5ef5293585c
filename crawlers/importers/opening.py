"""Opens an export, plain or gzip, and tells by its content what it is."""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from crawlers.importers.rows import UnreadableError

Kind = Literal["empty", "xlsx", "lines", "document", "table"]
GZIP_MAGIC = b"\x1f\x8b"
SAMPLE = 1_000_000  # bytes; a header and some thousand posts, enough to tell the encoding
SPOILT = 50  # GBK read as UTF-8 spoils 40 to 70 characters in 100 bytes; a stray byte far fewer
BROKEN_GZIP = (EOFError, gzip.BadGzipFile, zlib.error)
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAVE_AS = "请用 Excel 或 WPS 打开，另存为 .xlsx 或 CSV 再导入"
KNOWN_STRANGERS = (
    (b"\xd0\xcf\x11\xe0", f"是老的 .xls 或加了密码的表格，读不了；{SAVE_AS}"),
    (b"%PDF", "是 PDF，读不了；请导出表格（.xlsx 或 CSV）"),
    (b"SQLite format 3", "是 SQLite 数据库，读不了；请让那个工具导出 jsonl、json 或 csv"),
    (b"Rar!", "是 RAR 压缩包；请先解压，再导入里面的文件"),
    (b"7z\xbc\xaf", "是 7z 压缩包；请先解压，再导入里面的文件"),
    (b"\x89PNG", "是图片，读不了；请导出表格（.xlsx 或 CSV）"),
    (b"\xff\xd8\xff", "是图片，读不了；请导出表格（.xlsx 或 CSV）"),
)
PAGE = re.compile(rb"\s*<(!doctype|html|table|\?xml|meta|head)", re.IGNORECASE)
JSON_START = re.compile(r"\s*(\{|\[\s*[\[{\]\"])")
LISTS = re.compile(r'"(items|weibo)"\s*:\s*\[')  # documents that some tools write in one line
WHOLE_LINE = re.compile(r"\s*\{.*\}\s*")


@dataclass(frozen=True, slots=True)
class Opened:
    """The bytes of a file as they were before gzip, and how far the disk has been read."""

    stream: IO[bytes]
    raw: IO[bytes]
    size: int

    def share(self) -> float:
        """Return the part that has been read, from 0 to 1."""
        return min(1.0, self.raw.tell() / self.size) if self.size else 1.0


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Open a file for reading; gzip is known by its content, not by its name."""
    with path.open("rb") as raw:
        packed = raw.read(2) == GZIP_MAGIC
        raw.seek(0)
        size = path.stat().st_size
        if not packed:
            yield Opened(raw, raw, size)
            return
        with gzip.GzipFile(fileobj=raw) as stream:
            yield Opened(stream, raw, size)  # type: ignore[arg-type] # it reads as a file does


def sample_of(path: Path) -> bytes:
    """Return the first bytes of a file, as many as can be read of a broken gzip."""
    with opened(path) as file:
        parts: list[bytes] = []
        try:
            while (size := SAMPLE - sum(map(len, parts))) > 0:
                if not (part := file.stream.read(min(size, 65_536))):
                    break
                parts.append(part)
        except BROKEN_GZIP:
            pass
        return b"".join(parts)


def kind_of(sample: bytes) -> Kind:
    """Return what a file is; raise UnreadableError for what we know and cannot read."""
    for magic, what in KNOWN_STRANGERS:
        if sample.startswith(magic):
            raise UnreadableError(what)
    if sample.startswith(b"PK\x03\x04"):
        return "xlsx"
    text = text_of(sample)
    if not text.strip("\ufeff \t\r\n\0"):
        return "lines" if "\0" in text else "empty"
    if PAGE.match(text.encode("utf-8", "replace")):
        raise UnreadableError(f"是网页（有的后台把网页存成 .xls），读不了；{SAVE_AS}")
    if JSON_START.match(text):
        return _json_kind(text)
    if "\0" in text[:4096]:
        raise UnreadableError("不是文字也不是表格，读不了；能读哪些文件见 docs/import.md")
    return "table"


def text_of(sample: bytes) -> str:
    """Return the sample as text, whatever its encoding; bytes that do not fit are replaced."""
    return sample.decode(charset_of(sample), "replace").removeprefix("\ufeff")


def _json_kind(text: str) -> Kind:
    """Tell JSON Lines, of which some line is an object by itself, from one document."""
    if text.lstrip().startswith("["):
        return "document"
    lines = [line for line in text.splitlines()[:50] if line.strip()]
    if len(lines) == 1:
        return "document" if LISTS.search(lines[0]) else "lines"
    several = sum(line.startswith("{") for line in lines) > 1
    return "lines" if several or WHOLE_LINE.fullmatch(lines[0]) else "document"


def charset_of(sample: bytes) -> str:
    """Return the encoding of a sample: by its mark, else UTF-8 unless much of it is spoilt so."""
    for mark, name in BYTE_ORDER_MARKS:
        if sample.startswith(mark):
            return name
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(sample)  # its end may be cut
    spoilt = text.count("\ufffd")
    beyond_ascii = len(sample.translate(None, bytes(range(128)))) if spoilt else 0
    few = spoilt * SPOILT <= beyond_ascii
    return "utf-8" if few or _mostly_sound(text) else "gb18030"


def _mostly_sound(text: str) -> bool:
    """Tell whether most lines beyond ASCII are whole: GBK leaves hardly one so."""
    lines = [line for line in text.splitlines() if not line.isascii()]
    return sum("\ufffd" in line for line in lines) * 2 < len(lines)
