"""The Chinese cover sheet of an export: contents, hashes, times and custody on one page."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from monitor.evidence import custody, manifest
from monitor.evidence.verify import Bundle, Finding

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
WHAT = {
    "manifest.json": "清单：本次固定的全部文件、哈希和说明",
    "manifest.tsr": "RFC 3161 时间戳，盖在清单上",
    "content.age": "封存的内容（age 格式，只有法务的私钥能打开）",
    "custody.jsonl": "保管记录，逐条相扣；与本证据无关的条目只留哈希",
    "内容/page.warc.gz": "网页原样（WARC，含请求、响应和跳转）",
    "内容/screenshot.png": "浏览器截图",
    "内容/record.json": "账号、完整网址、IP、站点证书等说明",
}


def cover(
    bundle: Bundle,
    files: dict[str, bytes],
    findings: list[Finding],
    people: dict[str, str],
    zone: ZoneInfo,
    now: datetime,
) -> bytes:
    """The page as UTF-8 HTML; nothing in it is loaded from elsewhere."""
    read = manifest.read(bundle.manifest or b"")
    page = _PAGES.get_template("cover.html.j2").render(
        facts=read.facts,
        captured=_when(read.facts["captured_at"], zone),
        by=people.get(read.facts["captured_by"], read.facts["captured_by"]),
        sealed=read.files,
        pictured=any(one.name == "screenshot.png" for one in read.files),
        files=[
            (name, WHAT.get(name, ""), len(content), sha256(content).hexdigest())
            for name, content in files.items()
        ],
        log=[_line(entry, people, zone) for entry in bundle.log if entry.fields],
        findings=findings,
        record={
            "url": None,
            "account": None,
            "note": None,
            **json.loads((bundle.contents or {}).get("record.json", b"{}")),
        },
        exported=f"{now.astimezone(zone):%Y-%m-%d %H:%M:%S}（UTC{now.astimezone(zone):%z}）",
    )
    return page.encode()


def _line(entry: custody.Entry, people: dict[str, str], zone: ZoneInfo) -> dict[str, Any]:
    fields = entry.fields or {}
    actor = fields["actor"]
    return {
        "number": entry.number,
        "at": _when(fields["at"], zone),
        "actor": "系统" if actor == custody.SYSTEM else people.get(actor, actor),
        "action": custody.LABELS.get(fields["action"], fields["action"]),
        "detail": _detail(fields["subject"], json.loads(fields["detail"]), zone),
        "hash": entry.hash,
    }


def _detail(subject: str, detail: dict[str, Any], zone: ZoneInfo) -> str:
    """The facts of an entry in words; what a later version adds is shown as it stands."""
    words: dict[str, Callable[[Any], str]] = {
        "manifest_sha256": lambda value: f"清单 SHA-256：{value}",
        "stamped_at": lambda value: f"机构的时间：{_when(value, zone)}",
        "opened": lambda value: "打开的内容" if value else "封存的内容",
        "kind": lambda _: f"保全对象：{subject}",
    }
    return "；".join(words.get(name, str)(value) for name, value in detail.items())


def _when(written: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(written).astimezone(zone):%Y-%m-%d %H:%M:%S}"
