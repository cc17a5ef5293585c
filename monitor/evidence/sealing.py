"""Seals bytes to the legal department's public keys (age): we can write evidence, not read it."""

from __future__ import annotations

from collections.abc import Sequence

from pyrage import DecryptError, IdentityError, decrypt, encrypt, x25519


class SealError(ValueError):
    """A key or a seal cannot be used; the message is a Chinese sentence."""


def new_key() -> tuple[str, str]:
    """A private key and its public one, as age writes them."""
    identity = x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def seal(content: bytes, recipients: Sequence[str]) -> bytes:
    """Encrypt to everybody in `recipients`; each can open it alone."""
    return bytes(encrypt(content, [x25519.Recipient.from_str(one) for one in recipients]))


def unseal(sealed: bytes, key_file: str) -> bytes:
    """Open with the private keys in the text of a key file; raises SealError."""
    keys = [line.strip() for line in key_file.splitlines()]
    try:
        identities = [x25519.Identity.from_str(one) for one in keys if one and one[0] != "#"]
    except IdentityError:
        raise SealError("私钥文件里不是 age 私钥：应有一行以 AGE-SECRET-KEY- 开头") from None
    if not identities:
        raise SealError("私钥文件是空的：应有一行以 AGE-SECRET-KEY- 开头")
    try:
        return bytes(decrypt(sealed, identities))
    except DecryptError:
        raise SealError("打不开封存的内容：私钥不是封存时用的那一把，或内容被改动过") from None
