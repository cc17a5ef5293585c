"""Where a command writes what a person asked for: nothing is overwritten, no half file left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawlers.system_errors import reason
from monitor import files
from monitor.cli.context import Refusal


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Say in words why a file could not be written."""
    try:
        yield
    except FileExistsError as error:
        raise Refusal(f"{path} 已经存在，没有改动它；换个文件名，或先把它移走") from error
    except OSError as error:
        raise Refusal(f"{path} 写不进去：{reason(error)}；请换一个能写的位置") from error


def write_new(path: Path, content: bytes, *, private: bool = True) -> None:
    """Write a file that must not exist; `private` where it may name people."""
    with refusing(path):
        files.put_new(path, content, private=private)
