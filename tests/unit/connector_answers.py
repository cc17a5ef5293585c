"""Answers made by hand, so that a connector's `read` needs no site."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from crawlers.connectors.base import Answer, Ask, Connector, Reading, Task

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def a_task(**changes: Any) -> Task:
    given: dict[str, Any] = {
        "query": "清河互联网医院",
        "base": "https://api.example",
        "url": "https://api.example/",
        "now": NOW,
    }
    return Task(**{**given, **changes})


def an_answer(document: object, ask: Ask | None = None, status: int = 200) -> Answer:
    asked = ask or Ask("https://api.example/")
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    return Answer(asked, asked.url, status, {}, text)


def read(connector: Connector, document: object, ask: Ask | None = None, **task: Any) -> Reading:
    return connector.read(an_answer(document, ask), a_task(**task))
