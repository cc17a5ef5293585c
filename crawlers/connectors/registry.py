"""The table of all kinds of source; pure and quick to import, as the configuration reads it."""

from __future__ import annotations

from crawlers.connectors.base import About, Connector
from crawlers.connectors.feed import FEED
from crawlers.connectors.newsnow import NewsNow
from crawlers.connectors.zhihu import ZhihuSearch

CONNECTORS: dict[str, Connector] = {
    one.about.kind: one
    for one in (
        NewsNow(),
        ZhihuSearch(),
    )
}
"""What crawlers/spiders/connector.py runs, by kind."""

FEEDS: dict[str, About] = {one.kind: one for one in (FEED,)}
"""Kinds that are feeds and that crawlers/spiders/feed.py reads."""

ABOUT: dict[str, About] = {
    **FEEDS,
    **{kind: connector.about for kind, connector in CONNECTORS.items()},
}
"""Every kind that `sources:` may name."""
