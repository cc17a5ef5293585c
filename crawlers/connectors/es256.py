"""JSON Web Tokens signed with ES256, as App Store Connect asks for; RFC 7515 and 7518."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

NUMBER = 32  # bytes of each of the two numbers of a P-256 signature


def token(header: Mapping[str, object], claims: Mapping[str, object], private_key: str) -> str:
    """Return the signed token; ValueError when the PEM text is no P-256 private key."""
    from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415 (slow to load)
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        load_pem_private_key,
    )

    key = load_pem_private_key(private_key.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.key_size != 8 * NUMBER:
        raise ValueError("not a P-256 key")
    parts = ({**header, "alg": "ES256", "typ": "JWT"}, claims)
    signed = ".".join(_plain(json.dumps(part).encode()) for part in parts)
    r, s = utils.decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(SHA256())))
    return f"{signed}.{_plain(r.to_bytes(NUMBER, 'big') + s.to_bytes(NUMBER, 'big'))}"


def _plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
