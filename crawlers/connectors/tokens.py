"""For platforms that first hand out a token: ask for it, then ask again with it; pure.

The walk follows a next page only where the last brought news; a key with this run's instant as its
stamp is followed always.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from crawlers.connectors.base import Ask, Task
from crawlers.connectors.shape import address

TOKEN = "token"  # noqa: S105 - the step's name


def ask_token(task: Task, path: str, form: Mapping[str, object]) -> Ask:
    """Return the request that exchanges an application's key for a token."""
    body = json.dumps(form).encode()
    headers = {"Content-Type": "application/json"}
    return Ask(address(task.base, path), "POST", headers, body, step=TOKEN)


def follow(ask: Ask, task: Task, name: str) -> Ask:
    """Return the request as one that this run makes in any case; `name` tells it from others."""
    return replace(ask, key=f"{name}:{task.query}", stamp=task.now.isoformat())
