"""Checks a capture: hashes, custody chain and time stamp; says in Chinese what does not hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from cryptography.x509 import Certificate

from monitor.evidence import custody, manifest, timestamp
from monitor.evidence.sealing import SealError, unseal

# Our clock and the authority's may differ; five minutes is what Kerberos and most networks allow.
CLOCK_SLACK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked; None means that it could not be."""

    good: bool | None
    text: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """A capture as it lies on the shelf or in an export; what is missing is None or empty."""

    code: str
    manifest: bytes | None
    sealed: bytes | None
    stamp: bytes | None
    log: Sequence[custody.Entry]
    contents: Mapping[str, bytes] | None = None
    """What was under the seal, where it was exported opened."""


def verify(bundle: Bundle, roots: list[Certificate], key_file: str | None) -> list[Finding]:
    """Everything that can be said of a capture; one that is whole has no finding that is bad."""
    if bundle.manifest is None:
        return [Finding(good=False, text="清单文件 manifest.json 不见了")]
    try:
        read = manifest.read(bundle.manifest)
    except manifest.ManifestError as error:
        return [Finding(good=False, text=str(error))]
    return [
        *_chain(bundle, read),
        *_seal(bundle, read, key_file),
        *_opened(bundle, read),
        *_stamp(bundle, read, roots),
    ]


def _chain(bundle: Bundle, read: manifest.Manifest) -> Iterator[Finding]:
    broken = custody.faults(bundle.log)
    yield from (Finding(good=False, text=one) for one in broken)
    born = [one for one in bundle.log if _is(one, read.code, "captured")]
    if len(born) != 1 or born[0].fields is None:
        yield Finding(good=False, text="保管记录里没有这份证据的固定记录，或不止一条")
        return
    noted = json.loads(born[0].fields["detail"]).get("manifest_sha256")
    if noted != sha256(bundle.manifest or b"").hexdigest():
        yield Finding(good=False, text="清单和固定时记下的哈希对不上：清单被改动过")
    elif born[0].previous != read.custody_head:
        yield Finding(good=False, text="清单接的不是保管记录里的前一条：两者之一被换过")
    elif not broken:
        yield Finding(good=True, text=f"保管记录 {len(bundle.log)} 条，链条完整；清单未被改动")


def _is(entry: custody.Entry, code: str, action: str) -> bool:
    fields = entry.fields or {}
    return fields.get("subject") == code and fields.get("action") == action


def _seal(bundle: Bundle, read: manifest.Manifest, key_file: str | None) -> Iterator[Finding]:
    if bundle.sealed is None:
        missing = bundle.contents is None
        yield Finding(good=False if missing else None, text="封存文件 content.age 不在")
        return
    if manifest.describe(read.sealed.name, bundle.sealed) != read.sealed:
        yield Finding(good=False, text="封存文件 content.age 和清单里的哈希对不上：被改动过")
        return
    yield Finding(good=True, text="封存文件的哈希和清单一致")
    if key_file is None:
        if bundle.contents is None:
            yield Finding(good=None, text="没有给私钥（--identity），没有打开封存的内容核对")
        return
    try:
        contents = manifest.unbundle(unseal(bundle.sealed, key_file))
    except (SealError, manifest.ManifestError) as error:
        yield Finding(good=False, text=str(error))
        return
    yield from _contents(contents, read)


def _opened(bundle: Bundle, read: manifest.Manifest) -> Iterator[Finding]:
    if bundle.contents is not None:
        yield from _contents(bundle.contents, read)


def _contents(contents: Mapping[str, bytes], read: manifest.Manifest) -> Iterator[Finding]:
    for file in read.files:
        if file.name not in contents:
            yield Finding(good=False, text=f"内容 {file.name} 不见了")
        elif manifest.describe(file.name, contents[file.name]) != file:
            yield Finding(good=False, text=f"内容 {file.name} 和清单里的哈希对不上：被改动过")
        else:
            yield Finding(good=True, text=f"内容 {file.name} 的哈希和清单一致")
    for name in sorted(contents.keys() - {file.name for file in read.files}):
        yield Finding(good=False, text=f"多出一个清单里没有的文件 {name[:60]}")


def _stamp(bundle: Bundle, read: manifest.Manifest, roots: list[Certificate]) -> Iterator[Finding]:
    if bundle.stamp is None:
        lost = any(_is(one, read.code, "stamped") for one in bundle.log)
        text = "取得过的时间戳不见了" if lost else "还没有时间戳：时间只有本机时钟为凭"
        yield Finding(good=False if lost else None, text=text)
        return
    try:
        stamp = timestamp.check(bundle.stamp, bundle.manifest or b"", roots)
    except timestamp.StampError as error:
        yield Finding(good=False, text=str(error))
        return
    at = f"{stamp.at:%Y-%m-%d %H:%M:%S} UTC"
    if stamp.at < datetime.fromisoformat(read.facts["captured_at"]) - CLOCK_SLACK:
        yield Finding(good=False, text=f"时间戳（{at}）比固定的时间还早：本机时钟或清单有问题")
    elif stamp.confirmed:
        yield Finding(good=True, text=f"时间戳有效，盖于 {at}，签名追到配置的根证书")
    else:
        text = f"时间戳盖的就是这份清单（{at}），但没有配置根证书 timestamp_roots，没有核对签名"
        yield Finding(good=None, text=text)
