"""Seals what customers told us in private: on disk it is readable only with `private.key`.

Fernet (AES-128 in CBC mode with HMAC-SHA256) through the library that keeps it; the file holds a
key a line, the newest first, so that a change of keys can be broken off and taken up again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor import files

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

KEY_FILE = "private.key"
_MARK = 16  # hexadecimal digits of a key's mark: enough to tell the few keys of one installation


class VaultError(RuntimeError):
    """The private store cannot be opened; the message is a Chinese sentence."""


class Vault:
    """The key of one installation and what it opens; nothing is read before the first use."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the data folder."""
        self.path = folder / KEY_FILE

    def exists(self) -> bool:
        """Whether there is a key file."""
        return self.path.exists()

    def make(self) -> None:
        """Make the key, unless another process was first."""
        files.make_once(self.path, f"{_fresh()}\n".encode())

    @property
    def marks(self) -> list[str]:
        """A mark of each key, the newest first, by which the database knows its own key."""
        return [sha256(key.encode()).hexdigest()[:_MARK] for key in self._keys]

    def seal(self, value: Mapping[str, Any]) -> str:
        """Seal a JSON object; raises VaultError without a whole key."""
        return self.seal_bytes(json.dumps(value, ensure_ascii=False).encode()).decode("ascii")

    def open(self, sealed: str) -> dict[str, Any]:
        """Open what `seal` made; raises VaultError."""
        opened: dict[str, Any] = json.loads(self.open_bytes(sealed.encode("ascii")))
        return opened

    def seal_bytes(self, content: bytes) -> bytes:
        """Seal bytes."""
        return self._fernet.encrypt(content)

    def open_bytes(self, sealed: bytes) -> bytes:
        """Open sealed bytes; raises VaultError when they were changed or sealed by another key."""
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - most commands open nothing

        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            said = f"有一条非公开记录用 {self.path} 打不开：它是用另一把钥匙封的，或被改动过"
            raise VaultError(f"{said}；请找回备份里的 {KEY_FILE}") from None

    def reseal(self, sealed: str) -> str:
        """Seal anew unless the newest key opens it already; raises VaultError."""
        from cryptography.fernet import Fernet, InvalidToken  # noqa: PLC0415 - loads slowly

        try:
            Fernet(self._keys[0]).decrypt(sealed)
        except InvalidToken:
            return self.seal_bytes(self.open_bytes(sealed.encode("ascii"))).decode("ascii")
        return sealed

    def forget(self) -> None:
        """Read the file again at the next use: another process may have changed the key."""
        self.__dict__.pop("_keys", None)
        self.__dict__.pop("_fernet", None)

    def add_key(self) -> None:
        """Put a fresh key before the present ones."""
        self._write([_fresh(), *self._keys])

    def drop_old_keys(self) -> None:
        """Keep the newest key alone."""
        self._write(self._keys[:1])

    def _write(self, keys: Sequence[str]) -> None:
        files.put(self.path, "".join(f"{key}\n" for key in keys).encode())
        self.forget()

    @cached_property
    def _keys(self) -> list[str]:
        try:
            return self.path.read_text(encoding="ascii").split()
        except FileNotFoundError:
            said = f"{self.path} 不见了，非公开记录打不开：请从备份恢复这个文件"
            raise VaultError(f"{said}，另做一把打不开原来的记录") from None
        except (OSError, UnicodeDecodeError):
            raise VaultError(f"{self.path} 读不了：请检查文件的权限，或从备份恢复") from None

    @cached_property
    def _fernet(self) -> MultiFernet:
        from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415 - loads slowly

        try:
            return MultiFernet([Fernet(key) for key in self._keys])
        except ValueError:
            raise VaultError(f"{self.path} 不是完整的密钥：请从备份恢复这个文件") from None


def _fresh() -> str:
    from cryptography.fernet import Fernet  # noqa: PLC0415 - loads slowly

    return Fernet.generate_key().decode("ascii")
