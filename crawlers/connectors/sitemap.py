"""News sitemaps: read as feeds by crawlers/spiders/feed.py, taken apart in crawlers/sitemaps.py."""

from __future__ import annotations

from datetime import timedelta

from crawlers.connectors.base import About, Grade

SITEMAP = About(
    kind="sitemap",
    title="站点地图",
    grade=Grade.OPEN,
    platform="news",
    gives="新闻网站 sitemap 里最新的文章：标题、发布时间，和文章页的正文",
    risk="普通站点地图没有标题，靠文章页补上；只取最新 200 条；目录要换成其中的子地图",
    every=timedelta(minutes=15),
    authority="media",
)
