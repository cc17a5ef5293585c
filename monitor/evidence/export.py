"""Writes a capture as a folder or ZIP file that a notary or a stamping service can take in."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from shutil import rmtree

from monitor.evidence.custody import Entry
from monitor.evidence.shelf import MANIFEST, SEALED, STAMP
from monitor.evidence.verify import Bundle
from monitor.files import put_new

LOG = "custody.jsonl"
COVER = "封面.html"
HASHES = "SHA256SUMS.txt"
OPENED = "内容/"
MOST_BYTES = 200 * 1024 * 1024  # the sealed page and the opened one, 40 MB each at most, and room


class ExportError(ValueError):
    """An export cannot be read; the message is a Chinese sentence."""


def files_of(bundle: Bundle) -> dict[str, bytes]:
    """The files of an export but for the cover sheet and the list of hashes."""
    files = {MANIFEST: bundle.manifest, SEALED: bundle.sealed, STAMP: bundle.stamp}
    opened = {f"{OPENED}{name}": content for name, content in (bundle.contents or {}).items()}
    log = "".join(f"{entry.to_json()}\n" for entry in bundle.log).encode()
    return {name: content for name, content in files.items() if content} | {LOG: log} | opened


def with_hashes(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same and a list that `sha256sum -c` reads."""
    lines = (f"{sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    return {**files, HASHES: "".join(lines).encode()}


def write(files: Mapping[str, bytes], out: Path) -> None:
    """Write a ZIP file where the name ends so, else a folder; overwrites nothing."""
    if out.suffix.lower() == ".zip":
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as whole:
            for name, content in files.items():
                whole.writestr(zipfile.ZipInfo(name), content)
        put_new(out, buffer.getvalue())
        return
    out.mkdir(mode=0o700)
    try:
        for name, content in files.items():
            put_new(out / name, content)
    except OSError:
        rmtree(out, ignore_errors=True)  # ours, and half of it proves nothing
        raise


def read(place: Path) -> Bundle:
    """An export as it was written; raises ExportError."""
    files = _unzipped(place) if place.is_file() else _in_folder(place)
    wrong = _listed(files)
    if wrong:
        raise ExportError(wrong)
    try:
        log = [Entry.from_json(line) for line in files.get(LOG, b"").decode().splitlines()]
    except (ValueError, KeyError, TypeError):
        raise ExportError(f"保管记录 {LOG} 读不懂：被改动过") from None
    opened = {
        name.removeprefix(OPENED): content
        for name, content in files.items()
        if name.startswith(OPENED)
    }
    return Bundle(
        code="",
        manifest=files.get(MANIFEST),
        sealed=files.get(SEALED),
        stamp=files.get(STAMP),
        log=log,
        contents=opened or None,
    )


def _listed(files: Mapping[str, bytes]) -> str:
    """Hold the files against the list of hashes; an empty answer when they agree."""
    if HASHES not in files:
        return f"没有哈希清单 {HASHES}：不是烽燧导出的，或被删过文件"
    for line in files[HASHES].decode("utf-8", "replace").splitlines():
        noted, _, name = line.partition("  ")
        if name not in files:
            return f"{name} 不见了"
        if sha256(files[name]).hexdigest() != noted:
            return f"{name} 和哈希清单对不上：被改动过"
    return ""


def _unzipped(place: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(place) as whole:
            inside = [one for one in whole.infolist() if not one.is_dir()]
            if sum(one.file_size for one in inside) > MOST_BYTES:
                raise ExportError(f"{place} 解开后大得不对，没有打开")
            return {one.filename: whole.read(one) for one in inside}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
        raise ExportError(f"{place} 不是完整的 ZIP 文件") from None


def _in_folder(place: Path) -> dict[str, bytes]:
    if not place.is_dir():
        raise ExportError(f"没有 {place}：写上导出的文件夹或 ZIP 文件")
    found = [one for one in place.rglob("*") if one.is_file() and not one.is_symlink()]
    if sum(one.stat().st_size for one in found) > MOST_BYTES:
        raise ExportError(f"{place} 大得不对，没有打开：请写导出的那个文件夹")
    return {one.relative_to(place).as_posix(): one.read_bytes() for one in found}
