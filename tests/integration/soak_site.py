"""The sources of the soak: a site of its own for each, with posts that come out by and by."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from connector_modes import BAD
from crawl_site import Page, Site

SHANGHAI = ZoneInfo("Asia/Shanghai")
HEALTHY = ("ok", "wrong charset")
FAULTS = ("wrong charset", "empty", *BAD)
WAIT = {"429 with Retry-After": "600"}  # the contract's hour would end the soak


@dataclass
class Post:
    """What a site shows from `at` on."""

    id: str
    text: str
    at: datetime


@dataclass
class Source:
    """One source, its site and how that behaves at the moment."""

    name: str
    kind: str
    site: Site
    shown: list[Post] = field(default_factory=list)
    mode: str = "ok"

    @property
    def healthy(self) -> bool:
        """Whether a reader can see the posts."""
        return self.mode in HEALTHY

    def open(self) -> None:
        """Let the site answer as the mode says."""
        self.site.pages["/robots.txt"] = Page("", 404)
        self.site.otherwise = self._answer

    def _answer(self, handler: Any) -> Page:
        kind, render = RENDERED[self.kind]
        headers = {"Content-Type": f"{kind}; charset=utf-8"}
        if self.mode == "hang":
            return Page(before=self.site.hang)
        if self.mode in BAD:
            page = BAD[self.mode].page
            again = {"Retry-After": WAIT[self.mode]} if self.mode in WAIT else {}
            return Page(page.body, page.status, {**page.headers, **again})
        posts = [] if self.mode == "empty" else self.shown[::-1]
        body = render(posts, handler.path)
        charset = "gb18030" if self.mode == "wrong charset" else "utf-8"
        return Page(body.encode(charset), headers=headers)

    def config(self, every: timedelta) -> dict[str, Any]:
        """The source as fengsui.yaml has it."""
        minutes = int(every.total_seconds() // 60)
        given: dict[str, Any] = {
            "name": self.name,
            "kind": self.kind,
            "url": f"{self.site.url}/feed" if self.kind in PATHS else self.site.url,
            "every": f"{minutes}m",
            "articles": False,
            **EXTRA.get(self.kind, {}),
        }
        return given


def rss(posts: list[Post], _path: str) -> str:
    items = "".join(
        f"<item><guid>{one.id}</guid><title>{one.text}</title><description>{one.text}</description>"
        f"<pubDate>{one.at:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for one in posts
    )
    return f"<rss version='2.0'><channel><title>论坛</title>{items}</channel></rss>"


def sitemap(posts: list[Post], _path: str) -> str:
    places = "".join(
        f"<url><loc>https://news.example/{one.id}</loc><news><title>{one.text}</title></news>"
        f"<lastmod>{one.at.isoformat()}</lastmod></url>"
        for one in posts
    )
    return f"<urlset>{places}</urlset>"


def weibo(posts: list[Post], path: str) -> str:
    """Search as documented: from `starttime` on, fifty a page; one word always finds something."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
    start, page = int(asked.get("starttime", 0)), int(asked["page"])
    if asked["q"] == "医院" and posts:
        return json.dumps({"statuses": [status(Post("0", "医院", posts[0].at))]})
    found = [one for one in posts if one.at.timestamp() >= start][50 * (page - 1) : 50 * page]
    return json.dumps({"statuses": [status(one) for one in found]}, ensure_ascii=False)


def status(one: Post) -> dict[str, Any]:
    written = one.at.astimezone(SHANGHAI)
    return {
        "mid": one.id,
        "text": one.text,
        "created_at": f"{written:%a %b %d %H:%M:%S %z %Y}",
        "user": {"id": 7, "screen_name": "张某"},
    }


def reviews(posts: list[Post], path: str) -> str:
    if "page=1/" not in f"{path}/" and "page=1" not in path.split("/"):
        posts = []  # all fit on the first page
    entries = [
        {
            "id": {"label": one.id},
            "title": {"label": "评价"},
            "content": {"label": one.text},
            "author": {"name": {"label": "张某"}},
            "updated": {"label": one.at.isoformat()},
            "im:rating": {"label": "1"},
        }
        for one in posts
    ]
    return json.dumps({"feed": {"entry": entries} if entries else {}}, ensure_ascii=False)


def hot(posts: list[Post], _path: str) -> str:
    items = [
        {"id": one.id, "title": one.text, "url": f"https://hot.example/{one.id}"} for one in posts
    ]
    return json.dumps({"status": "success", "id": "weibo", "items": items}, ensure_ascii=False)


RENDERED: dict[str, tuple[str, Callable[[list[Post], str], str]]] = {
    "feed": ("application/rss+xml", rss),
    "rsshub": ("application/rss+xml", rss),
    "wechat_feed": ("application/rss+xml", rss),
    "sitemap": ("application/xml", sitemap),
    "weibo_search": ("application/json", weibo),
    "appstore_reviews": ("application/json", reviews),
    "newsnow": ("application/json", hot),
}
PATHS = {"feed", "rsshub", "wechat_feed", "sitemap"}
EXTRA: dict[str, dict[str, Any]] = {
    "weibo_search": {"credentials": {"access_token": "not-a-secret"}},
    "appstore_reviews": {"options": {"app_id": "1", "name": "清河互联网医院"}},
    "newsnow": {"options": {"list": "weibo"}},
}
KINDS = (
    *("feed",) * 5, *("rsshub",) * 2, *("wechat_feed",) * 2, *("sitemap",) * 3,
    *("weibo_search",) * 4, *("appstore_reviews",) * 2, *("newsnow",) * 2,
)  # fmt: skip
