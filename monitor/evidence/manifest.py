"""The manifest of a capture: what there is, its hashes, and the chain it continues."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any

from monitor.evidence.custody import canonical
from monitor.evidence.shelf import SEALED

VERSION = 1
MOST_BYTES = 100 * 1024 * 1024  # opened: a page and a picture of at most 20 MB each, and room


class ManifestError(ValueError):
    """A manifest cannot be read; the message is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class File:
    """One file as the manifest names it."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a capture consists of; `facts` are the words around it."""

    facts: Mapping[str, Any]
    files: tuple[File, ...]
    """Inside the seal."""
    sealed: File
    custody_head: str
    """The hash of the last custody entry before this capture."""

    @property
    def code(self) -> str:
        """The name of the capture."""
        return str(self.facts["code"])

    def to_bytes(self) -> bytes:
        """The one spelling whose hash is stamped."""
        return canonical(
            {
                "version": VERSION,
                **self.facts,
                "files": [_plain(one) for one in self.files],
                "sealed": _plain(self.sealed),
                "custody_head": self.custody_head,
            }
        ).encode()


def _plain(file: File) -> dict[str, Any]:
    return {"name": file.name, "bytes": file.bytes, "sha256": file.sha256}


def describe(name: str, content: bytes) -> File:
    """A file as the manifest names it."""
    return File(name, len(content), sha256(content).hexdigest())


def make(
    facts: Mapping[str, Any], contents: Mapping[str, bytes], sealed: bytes, head: str
) -> Manifest:
    """The manifest of these contents under this seal."""
    files = tuple(describe(name, content) for name, content in contents.items())
    return Manifest(facts, files, describe(SEALED, sealed), head)


def read(written: bytes) -> Manifest:
    """A manifest as it was written; raises ManifestError."""
    try:
        whole = json.loads(written)
        files = tuple(File(**one) for one in whole.pop("files"))
        sealed, head = File(**whole.pop("sealed")), str(whole.pop("custody_head"))
        version, _ = whole.pop("version"), whole["code"]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ManifestError("清单文件读不懂：被改动过，或不是烽燧写的") from None
    if version != VERSION:
        raise ManifestError(f"清单是第 {version} 版的格式，这一版烽燧读不了：请升级烽燧")
    return Manifest(whole, files, sealed, head)


def bundle(contents: Mapping[str, bytes]) -> bytes:
    """What goes under the seal, as one ZIP file."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as whole:
        for name, content in contents.items():
            whole.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def unbundle(packed: bytes) -> dict[str, bytes]:
    """What was under the seal; raises ManifestError."""
    try:
        with zipfile.ZipFile(BytesIO(packed)) as whole:
            if sum(one.file_size for one in whole.infolist()) > MOST_BYTES:
                raise ManifestError("封存的内容大得不对，没有打开")
            return {one.filename: whole.read(one) for one in whole.infolist()}
    except zipfile.BadZipFile:
        raise ManifestError("封存的内容打开后读不懂：不是烽燧封存的") from None
