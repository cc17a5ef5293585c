"""Knows the brand's own voice: its accounts, its site, its 公众号.

What a brand says of itself is no public source, no claim and no part of the noise; a denial by the
brand is shown as one. Accounts are compared by the same keyed hash as every author.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from crawlers.hosts import host_of
from crawlers.items import Item
from monitor.config_watch import BrandConfig
from monitor.store.schema import MentionRow
from monitor.text.pii import author_key

OWN_ARTICLE = "own_article"  # what crawlers.connectors.wechat_account calls its articles


class OwnVoice:
    """Says for which brands a post is their own."""

    def __init__(self, brands: Sequence[BrandConfig], secret: bytes) -> None:
        """Read the accounts of each brand; addresses are those of its own sites."""
        self._keys: dict[tuple[str, str], set[str]] = {}
        self._pages: list[tuple[str, str, str]] = []
        for brand in brands:
            for account in brand.own_accounts:
                platform, _, name = account.partition(":")
                if name.startswith("//"):
                    parts = urlsplit(account)
                    self._pages.append((brand.name, host_of(account), parts.path.rstrip("/")))
                else:
                    key = (platform, author_key(name, secret))
                    self._keys.setdefault(key, set()).add(brand.name)

    def brands(self, row: MentionRow) -> frozenset[str]:
        """Return the brands that this post speaks for, by its author and its address."""
        known = self._keys.get((row.platform, row.author_key or ""), ())
        return frozenset({*known, *self._by_page(row.url or "")})

    def _by_page(self, url: str) -> Iterable[str]:
        if not self._pages:
            return
        host, path = host_of(url), urlsplit(url).path if host_of(url) else ""
        for brand, own, folder in self._pages:
            inside = path == folder or path.startswith(f"{folder}/") or not folder
            if inside and (host == own or host.endswith(f".{own.removeprefix('www.')}")):
                yield brand


def is_own_article(item: Item) -> bool:
    """Whether an item comes from the installation's own 公众号."""
    return item.raw.get("kind") == OWN_ARTICLE
