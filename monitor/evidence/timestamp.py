"""RFC 3161: what is asked of a time-stamping authority, and what its answer proves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

GRANTED = 0  # RFC 3161, 2.4.2; «granted with modifications» is another stamp than we asked for


class StampError(ValueError):
    """A stamp proves nothing; the message says why in Chinese."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an authority has sworn to."""

    at: datetime
    confirmed: bool
    """Whether the signature leads to a root certificate that we were given."""


def question(message: bytes) -> TimeStampRequest:
    """The request for a stamp on a message: its SHA-256, a nonce, and the wish for certificates."""
    return TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).build()


def accept(
    asked: TimeStampRequest, answer: bytes, message: bytes, roots: list[Certificate]
) -> Stamp:
    """Whether the answer is the one to our question; raises StampError."""
    decoded = _decode(answer)
    if decoded.tst_info.nonce != asked.nonce:
        raise StampError("时间戳机构的回答不是针对这次请求的（随机数不符）")
    return check(answer, message, roots)


def check(answer: bytes, message: bytes, roots: list[Certificate]) -> Stamp:
    """What a stored answer proves of a message; raises StampError."""
    decoded = _decode(answer)
    stamp = _imprint(decoded, message)
    if not roots:
        return stamp
    builder = VerifierBuilder()
    for root in roots:
        builder = builder.add_root_certificate(root)
    try:
        builder.build().verify(decoded, sha256(message).digest())
    except (VerificationError, ValueError):
        raise StampError("时间戳的签名验不过：它被改动过，或不是配置的根证书签出来的") from None
    return Stamp(stamp.at, confirmed=True)


def load_roots(file: Path | None) -> list[Certificate]:
    """The root certificates in a PEM file; none without a file. Raises StampError."""
    if file is None:
        return []
    try:
        return load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError):
        raise StampError(f"读不出时间戳根证书 {file}：应是 PEM 文件，请核对路径") from None


def _decode(answer: bytes) -> TimeStampResponse:
    try:
        decoded = decode_timestamp_response(answer)
    except ValueError:
        raise StampError("时间戳文件读不懂：不是 RFC 3161 的回答") from None
    if decoded.status != GRANTED:
        said = "；".join(decoded.status_string)[:80]
        raise StampError(f"时间戳机构拒绝了请求（状态 {decoded.status}）{said}")
    return decoded


def _imprint(decoded: TimeStampResponse, message: bytes) -> Stamp:
    if decoded.tst_info.message_imprint.message != sha256(message).digest():
        raise StampError("时间戳盖的不是这份清单：清单或时间戳被换过")
    return Stamp(decoded.tst_info.gen_time, confirmed=False)
