"""Remembers robots.txt between runs: one small file a site, believed for an hour."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BELIEVED_FOR = timedelta(hours=1)  # RFC 9309 allows a day; an hour follows a site's change sooner
MAX_BYTES = 512 * 1024  # RFC 9309, 2.5: at least 500 KiB must be read


class RobotsCache:
    """Keeps the rules of each site; «no rules» is the empty body."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self._folder = folder
        self._now = now

    def get(self, site: str) -> bytes | None:
        """Return the rules if they are known and young; a damaged file is unknown."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            record = json.loads(self._path(site).read_text("utf-8"))
            age = self._now - datetime.fromisoformat(record["read_at"])
            if record["site"] == site and timedelta(0) <= age < BELIEVED_FOR:
                return str(record["body"]).encode("latin-1")
        return None

    def put(self, site: str, body: bytes) -> None:
        """Store the rules; a full disk costs only the saving."""
        record = {
            "site": site,
            "read_at": self._now.isoformat(),
            "body": body[:MAX_BYTES].decode("latin-1"),
        }
        path = self._path(site)
        draft = path.with_suffix(f".{os.getpid()}")  # two children may write at once
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(record), "utf-8")
            draft.replace(path)

    def _path(self, site: str) -> Path:
        name = hashlib.sha256(site.encode()).hexdigest()[:32]
        return self._folder / "robots" / f"{name}.json"
