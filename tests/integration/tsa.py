"""A time-stamping authority for loopback: speaks RFC 3161 with a certificate of its own making."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SIGNED_DATA, TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.47"
SHA256, ECDSA_SHA256, POLICY = "2.16.840.1.101.3.4.2.1", "1.2.840.10045.4.3.2", "1.2.3.4.1"


def tlv(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 128 | len(length)]) + length + body


def seq(*parts: bytes) -> bytes:
    return tlv(0x30, *parts)


def set_of(*parts: bytes) -> bytes:
    return tlv(0x31, *sorted(parts))


def integer(value: int) -> bytes:
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    out = bytearray([40 * first + second])
    for arc in rest:
        groups = [arc & 127]
        while arc := arc >> 7:
            groups.append(128 | arc & 127)
        out += bytes(reversed(groups))
    return tlv(0x06, bytes(out))


def children(der: bytes) -> list[bytes]:
    """The whole elements inside of a constructed one."""
    body, found = _body(der), []
    while body:
        size = len(body) - len(_rest(body))
        found.append(body[:size])
        body = body[size:]
    return found


def _header(der: bytes) -> tuple[int, int]:
    if der[1] < 128:
        return 2, der[1]
    more = der[1] & 127
    return 2 + more, int.from_bytes(der[2 : 2 + more], "big")


def _body(der: bytes) -> bytes:
    start, size = _header(der)
    return der[start : start + size]


def _rest(der: bytes) -> bytes:
    start, size = _header(der)
    return der[start + size :]


@dataclass
class Authority:
    """Signs what it is asked to; `at` is what its clock says."""

    at: datetime
    serial: int = 1
    asked: list[bytes] = field(default_factory=list)

    def answer(self, request: bytes) -> bytes:
        """The TimeStampResp for a TimeStampReq."""
        self.asked.append(request)
        _, imprint, *more = children(request)
        nonce = next(one for one in more if one[0] == 0x02)
        self.serial += 1
        info = seq(
            integer(1),
            oid(POLICY),
            imprint,
            integer(self.serial),
            tlv(0x18, f"{self.at:%Y%m%d%H%M%SZ}".encode()),
            nonce,
        )
        return seq(seq(integer(0)), self._token(info))

    def refusal(self) -> bytes:
        """A TimeStampResp that says no."""
        return seq(seq(integer(2)))

    def root_pem(self) -> bytes:
        return self._ca.public_bytes(Encoding.PEM)

    def _token(self, info: bytes) -> bytes:
        algorithm = seq(oid(SHA256))
        attributes = [
            seq(oid(CONTENT_TYPE), set_of(oid(TST_INFO))),
            seq(oid(DIGEST), set_of(tlv(0x04, sha256(info).digest()))),
            seq(oid(SIGNING_CERTIFICATE), set_of(seq(seq(seq(tlv(0x04, self._own_hash)))))),
        ]
        signature = self._key.sign(set_of(*attributes), ec.ECDSA(hashes.SHA256()))
        signer = seq(
            integer(1),
            seq(self._leaf.issuer.public_bytes(), integer(self._leaf.serial_number)),
            algorithm,
            tlv(0xA0, *sorted(attributes)),
            seq(oid(ECDSA_SHA256)),
            tlv(0x04, signature),
        )
        signed = seq(
            integer(3),
            set_of(algorithm),
            seq(oid(TST_INFO), tlv(0xA0, tlv(0x04, info))),
            tlv(0xA0, self._leaf.public_bytes(Encoding.DER)),
            set_of(signer),
        )
        return seq(oid(SIGNED_DATA), tlv(0xA0, signed))

    @property
    def _own_hash(self) -> bytes:
        return sha256(self._leaf.public_bytes(Encoding.DER)).digest()

    @cached_property
    def _key(self) -> ec.EllipticCurvePrivateKey:
        return ec.generate_private_key(ec.SECP256R1())

    @cached_property
    def _ca_key(self) -> ec.EllipticCurvePrivateKey:
        return ec.generate_private_key(ec.SECP256R1())

    @cached_property
    def _ca(self) -> x509.Certificate:
        begun = self._begun("清河根", self._ca_key.public_key())
        purpose = x509.BasicConstraints(ca=True, path_length=None)
        whole = begun.add_extension(purpose, critical=True)
        return whole.sign(self._ca_key, hashes.SHA256())

    @cached_property
    def _leaf(self) -> x509.Certificate:
        begun = self._begun("清河时间戳", self._key.public_key())
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        usage = x509.KeyUsage(*([True] + [False] * 8))
        whole = begun.add_extension(purpose, critical=True).add_extension(usage, critical=True)
        return whole.sign(self._ca_key, hashes.SHA256())

    def _begun(self, name: str, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "清河根")])
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC) + timedelta(days=1))
        )
