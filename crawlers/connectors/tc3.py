"""Tencent Cloud's signature of a request, TC3-HMAC-SHA256, as cloud.tencent.com documents; pure."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime

JSON = "application/json; charset=utf-8"
METHOD = "TC3-HMAC-SHA256"
SIGNED = "content-type;host"


@dataclass(frozen=True, slots=True)
class Key:
    """A pair of a Tencent Cloud account."""

    id: str
    secret: str = field(repr=False)


def authorization(key: Key, host: str, service: str, body: bytes, now: datetime) -> str:
    """Return the header of a POST of JSON to `/`; a clock five minutes off makes it invalid."""
    day = now.astimezone(UTC).date().isoformat()
    scope = f"{day}/{service}/tc3_request"
    request = ["POST", "/", "", f"content-type:{JSON}", f"host:{host}", "", SIGNED, _hash(body)]
    digest = _hash("\n".join(request).encode())
    text = "\n".join([METHOD, str(int(now.timestamp())), scope, digest])
    secret = f"TC3{key.secret}".encode()
    for part in (day, service, "tc3_request"):
        secret = hmac.new(secret, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
    return f"{METHOD} Credential={key.id}/{scope}, SignedHeaders={SIGNED}, Signature={signature}"


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
