"""What the contract test needs to know of one kind of source; the samples stand by topic."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

TEXT = "清河互联网医院的挂号窗口排队两个小时，一直没有人解释原因。"


@dataclass(frozen=True)
class Sample:
    """What the contract test needs to know of one kind."""

    ok: str
    """The body of a good answer to the first request; later pages get `empty`."""
    items: int
    """How many items that body holds."""
    empty: str
    """The body of an answer without rows."""
    queries: tuple[str, ...] = ()
    secrets: dict[str, str] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    content_type: str = "application/json; charset=utf-8"
    pages: dict[str, str] = field(default_factory=dict)
    """Bodies of pages behind the first, by path with query."""
    lies: bool = True
    """Whether its text may come in GBK under a header that says UTF-8."""


def said(document: object) -> str:
    return json.dumps(document, ensure_ascii=False)
