"""One JSON request to a platform's interface: no redirects, no proxy to this machine, no logs."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlsplit

import requests

from alerts.ears.ear import EarError
from alerts.wire import is_loopback

PATIENCE = 10.0  # seconds; the platforms answer within one
MOST_BYTES = 256 * 1024
_OK = range(200, 300)


def ask(
    method: str,
    url: str,
    body: dict[str, Any],
    headers: dict[str, str] | None = None,
    *,
    timeout: float = PATIENCE,
) -> tuple[int, dict[str, Any]]:
    """Return status and answer; raises EarError when none came that can be read."""
    try:
        with requests.Session() as session:
            session.trust_env = not is_loopback(url)
            answer = session.request(
                method,
                url,
                data=json.dumps(body, ensure_ascii=False).encode(),
                headers={"Content-Type": "application/json; charset=utf-8", **(headers or {})},
                timeout=timeout,
                allow_redirects=False,
                stream=True,
            )
            content = _content(answer, time.monotonic() + timeout)
    except (requests.RequestException, OSError) as error:
        raise EarError(f"连不上平台（{type(error).__name__}）") from None
    return answer.status_code, read(content)


def _content(answer: requests.Response, until: float) -> bytes:
    """The body as far as it goes; one that comes drop by drop must not hold up an alarm."""
    content = bytearray()
    for byte in answer.iter_content(1):  # a larger piece would be waited for until it is full
        content += byte
        if len(content) > MOST_BYTES or time.monotonic() > until:
            raise EarError("平台的答复太长或太慢")
    return bytes(content)


def read(content: bytes | str) -> dict[str, Any]:
    """A JSON object; empty for anything else."""
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def good(status: int) -> bool:
    """Whether a status says yes."""
    return status in _OK


def safe(url: str, home: str, schemes: tuple[str, ...]) -> bool:
    """Whether an address that a platform gave us may be called: encrypted, or both on loopback."""
    return urlsplit(url).scheme in schemes or (is_loopback(url) and is_loopback(home))
