"""Checks that a delivery comes from who knows the secret, is fresh, and is no repetition; pure.

The sender writes the seconds since 1970 into `X-Fengsui-Timestamp` and `sha256=` with the
hexadecimal HMAC-SHA256 of timestamp, a full stop and the body into `X-Fengsui-Signature`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

TIMESTAMP, SIGNATURE = "x-fengsui-timestamp", "x-fengsui-signature"
WINDOW = timedelta(minutes=5)  # clocks of two machines with NTP differ by less than a second
SHORTEST_SECRET = 16  # characters; shorter ones can be guessed
PREFIX = "sha256="


class UnsignedError(ValueError):
    """The delivery is not taken; `status` is the HTTP code, the message is Chinese."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def sign(secret: str, moment: datetime, body: bytes) -> dict[str, str]:
    """Return the two headers that go with a body."""
    seconds = str(int(moment.timestamp()))
    return {TIMESTAMP: seconds, SIGNATURE: PREFIX + _digest(secret, seconds, body)}


def verify(
    secret: str, headers: Mapping[str, str], body: bytes, now: datetime, seen: Collection[str]
) -> str:
    """Return the signature, to be kept for twice the window; raise UnsignedError otherwise.

    `headers` have names in lower case; `seen` are the signatures already taken.
    """
    if len(secret) < SHORTEST_SECRET:
        raise UnsignedError(503, f"签名密钥太短，至少 {SHORTEST_SECRET} 个字符；请换一个")
    seconds, given = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
    expected = PREFIX + _digest(secret, seconds, body)
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise UnsignedError(401, "签名不对；请核对密钥，以及签名用的是不是原样的正文")
    if not _is_fresh(seconds, now):
        raise UnsignedError(401, "时间戳和本机时钟相差太多；请校准两边的时钟")
    if expected in seen:
        raise UnsignedError(409, "这一次已经收过了")
    return expected


def _is_fresh(seconds: str, now: datetime) -> bool:
    try:
        return abs(now - datetime.fromtimestamp(int(seconds), UTC)) <= WINDOW
    except (ValueError, OverflowError, OSError):
        return False


def _digest(secret: str, seconds: str, body: bytes) -> str:
    return hmac.new(secret.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
