"""News sitemaps: read by crawlers/spiders/sitemap.py, taken apart in crawlers/sitemaps.py."""

from __future__ import annotations

from datetime import timedelta

from crawlers.connectors.base import About, Grade

SITEMAP = About(
    kind="sitemap",
    title="站点地图",
    grade=Grade.OPEN,
    platform="news",
    gives="新闻网站 sitemap 里最新的文章：标题、发布时间，和文章页的正文",
    risk="普通站点地图没有标题，靠文章页补上；第一次只取最新 200 条，旧文记为已知；"
    "目录每次最多读 10 张变了的地图",
    every=timedelta(minutes=15),
    authority="media",
    no_reach="站点地图平时就会读全，过去的不用另取",
)
