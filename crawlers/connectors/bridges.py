"""Feeds that a bridge of the customer's own makes (T3): declared here, read as feeds.

`wechat_feed`: 公众号 of others through a self-hosted wechat2rss or we-mp-rss, which a person feeds
with a login of their own; an RSS or Atom address for each account. `rsshub`: any route of a
self-hosted RSSHub (AGPL-3.0: asked over HTTP, no part of this program). Both need the feed's
address in `url`; entries carry what the bridge found, mostly the whole text. How fresh and how
stable is the bridge's doing: half of RSSHub's routes to social sites fail at any time, so a feed
that stays as it was is as suspicious as one that is empty.
"""

from __future__ import annotations

from datetime import timedelta

from crawlers.connectors.base import About, Grade

WECHAT_FEED = About(
    kind="wechat_feed",
    title="公众号订阅（自建桥接）",
    grade=Grade.EXPORT,
    platform="wechat",
    gives="别家公众号的文章：标题、正文、时间，由自建的 wechat2rss 或 we-mp-rss 提供",
    risk="桥接用的微信账号可能被限制；不含阅读数和留言；公众号网页不许抓取，只用订阅里的文字",
    every=timedelta(minutes=30),
    silent_after=timedelta(days=2),
    quiet=True,
    no_reach="订阅源只有当前这些条目，过去的取不到",
    authority="media",
    articles=False,  # robots.txt of mp.weixin.qq.com forbids /s
)
RSSHUB = About(
    kind="rsshub",
    title="RSSHub 订阅",
    grade=Grade.EXPORT,
    platform="news",
    gives="自建 RSSHub 某条路由的条目，如 /weibo/keyword/清河互联网医院；请写上 platform",
    risk="社交网站的路由常断；公共实例常限流，请自建，并设 DISALLOW_ROBOT=false 允许抓取",
    every=timedelta(minutes=15),
    quiet=True,
    no_reach="订阅源只有当前这些条目，过去的取不到",
)
