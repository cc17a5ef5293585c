"""Keeps what customers told us in private: sealed, apart from all that is public (DESIGN §7)."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from crawlers.items import Item
from monitor.app import App
from monitor.store import private as store
from monitor.store.private_schema import PrivateRow
from monitor.text.clean import clean
from monitor.text.pii import author_key, mask

KINDS = ("call", "chat", "consultation", "review", "comment", "community")
# How exports call what is private, where the record itself does not say what it is.
PLATFORMS = {
    "hotline": "call",
    "客服电话": "call",
    "客服热线": "call",
    "热线": "call",
    "400电话": "call",
    "在线客服": "chat",
    "客服": "chat",
    "问诊": "consultation",
    "在线问诊": "consultation",
    "社群": "community",
}


class PrivateIntake:
    """One batch of private items on its way into the sealed store."""

    def __init__(self, app: App, session: Session, now: datetime, source: str) -> None:
        self._app, self._session, self._now, self._source = app, session, now, source
        self._known: dict[tuple[str, str], PrivateRow] = {}

    def remember(self, items: Iterable[Item]) -> None:
        """Look up what the store has of these items; raises VaultError when it cannot be opened."""
        keys = {self._key(one) for one in items}
        if keys:
            store.unlocked(self._session, self._app.vault, self._now)
            self._known = store.known(self._session, keys)

    def keep(self, item: Item, text: str) -> bool:
        """Keep an item with its clean and masked text; returns whether it was new."""
        row, content = self._known.get(self._key(item)), _content(item, text)
        if row is not None:
            self._edit(row, content)
            return False
        row = self._row(item, text, content)
        self._known[self._key(item)] = row
        self._session.add(row)
        return True

    def _key(self, item: Item) -> tuple[str, str]:
        number = f"{item.platform}\x1f{item.id}".encode(errors="surrogatepass")
        return item.platform, hmac.new(self._app.author_secret, number, sha256).hexdigest()

    def _row(self, item: Item, text: str, content: dict[str, Any]) -> PrivateRow:
        platform, key = self._key(item)
        named = item.author
        return PrivateRow(
            platform=platform,
            kind=kind_of(item),
            record_key=key,
            source=self._source,
            brand=self._brand(text),
            author_key=author_key(named, self._app.author_secret) if named else None,
            happened_at=item.published_at or item.observed_at or self._now,
            stored_at=self._now,
            content=self._app.vault.seal(content),
        )

    def _edit(self, row: PrivateRow, content: dict[str, Any]) -> None:
        """Take over a changed text, which is then read again; a file is often delivered twice."""
        if self._app.vault.open(row.content) != content:
            row.content, row.state = self._app.vault.seal(content), "new"

    def _brand(self, text: str) -> str:
        """Whose customer it was: by the source, by the words, or because there is one brand."""
        sources = (one for one in self._app.settings.sources if one.name == self._source)
        said = next((one.settings.get("brand") for one in sources), None)
        if isinstance(said, str):
            return said
        named = [hit.brand for hit in self._app.matcher.match(text)]
        brands = named or [one.name for one in self._app.settings.brands]
        return brands[0] if named or len(brands) == 1 else ""


def kind_of(item: Item) -> str:
    """What sort of record it is."""
    said = str(item.raw.get("kind", ""))
    return said if said in KINDS else PLATFORMS.get(item.platform, "other")


def _content(item: Item, text: str) -> dict[str, Any]:
    return {
        "id": item.id,
        "text": text,
        "title": mask(clean(item.title))[:300],
        "url": mask(item.url) if item.url else "",
        "rating": item.rating,
        "channel": str(item.raw.get("channel", "")),
    }
