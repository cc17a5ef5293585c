"""Feeds (RSS, Atom, JSON Feed): read by a spider of their own, declared here like the others."""

from __future__ import annotations

from crawlers.connectors.base import About, Grade

FEED = About(
    kind="feed",
    title="订阅源",
    grade=Grade.OPEN,
    platform="news",
    gives="RSS、Atom、JSON Feed 的条目和文章正文",
    risk="网站换地址、停更；文章页被登录墙挡住时只有摘要",
    authority="media",
    no_reach="订阅源只有当前这些条目，过去的取不到",
)
