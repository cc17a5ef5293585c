"""Reads what is put into a folder: each file once, when it has come to rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from crawlers.connectors.base import Reading, WrongShapeError
from crawlers.cursor import digest
from crawlers.receivers.transcripts import read_transcripts
from crawlers.system_errors import reason

KINDS = frozenset({".json", ".jsonl", ".csv"})
AT_REST = timedelta(seconds=10)  # a file that was written to just now may not be whole
LARGEST = 50_000_000  # bytes; a day of a large hot line is a tenth of it


@dataclass(frozen=True, slots=True)
class Found:
    """One file that is new or has changed; `problem` says in Chinese why it cannot be read."""

    name: str
    stamp: str
    """To be kept under the name: a file with this stamp is not read again."""
    reading: Reading | None
    problem: str = ""


def new_files(folder: Path, known: Mapping[str, str], now: datetime) -> Iterator[Found]:
    """Yield each file that `known` has not under its present stamp, by name.

    Links and hidden files are passed over. Raises OSError when the folder cannot be listed.
    """
    for path, stamp, size in at_rest(folder, known, now, KINDS):
        yield _read(path, stamp, size)


def at_rest(
    folder: Path, known: Mapping[str, str], now: datetime, kinds: frozenset[str] | None
) -> Iterator[tuple[Path, str, int]]:
    """Yield path, stamp and size of each new file of these kinds that has come to rest.

    Without kinds any file will do.
    """
    for path in sorted(folder.iterdir()):
        strange = kinds is not None and path.suffix.lower() not in kinds
        if strange or path.name.startswith(".") or path.is_symlink():
            continue
        try:
            facts = path.stat()
        except FileNotFoundError:
            continue  # taken away while we looked
        stamp = digest(facts.st_size, facts.st_mtime_ns)
        resting = now.timestamp() - facts.st_mtime >= AT_REST.total_seconds()
        if path.is_file() and resting and known.get(path.name) != stamp:
            yield path, stamp, facts.st_size


def _read(path: Path, stamp: str, size: int) -> Found:
    if size > LARGEST:
        said = f"超过 {LARGEST // 1_000_000} MB，没有读；请拆开"
        return Found(path.name, stamp, None, said)
    try:
        return Found(path.name, stamp, read_transcripts(path.read_text(encoding="utf-8")))
    except UnicodeDecodeError:
        return Found(path.name, stamp, None, "不是 UTF-8 编码；请另存为 UTF-8")
    except OSError as error:
        return Found(path.name, stamp, None, f"读不了：{reason(error)}")
    except WrongShapeError as error:
        return Found(path.name, stamp, None, f"读不了：{error}")
