"""What the fictional town's web site looks like: feeds, articles with their clutter, robots.txt."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from html import escape

from monitor.demo.story import Post

ROBOTS = "User-agent: *\nDisallow: /inside/\n"
_MENU = "".join(
    f'<li><a href="/{name}/">{label}</a></li>'
    for name, label in (("news", "要闻"), ("forum", "论坛"), ("health", "健康"), ("about", "关于"))
)
_PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<title>{title} - {site}</title></head>
<body><header><h1>{site}</h1><nav><ul>{menu}</ul></nav></header>
<div class="byline">{author}　{when}</div><article><h2>{title}</h2>{paragraphs}</article>
<aside><h3>热门推荐</h3><ul><li>十种家常菜的做法</li><li>今日油价</li><li>下载客户端看更多</li></ul></aside>
<footer>版权所有 {site}，未经授权不得转载。违法和不良信息举报电话见首页。</footer></body></html>"""
SITES = {"news": "清河日报网", "forum": "清河论坛", "complaints": "清河点评台"}


def link(base: str, post: Post) -> str:
    """Where a post's own page is."""
    folder = "inside" if post.page == "forbidden" else post.via
    return f"{base}/{folder}/{post.id}.html"


def article(post: Post) -> str:
    """A whole page; a broken one ends in the middle of its markup."""
    page = _PAGE.format(
        title=escape(post.title),
        site=SITES[post.via],
        menu=_MENU,
        author=escape(post.author),
        when=f"{post.at:%Y-%m-%d %H:%M}",
        paragraphs="".join(f"<p>{escape(line)}</p>" for line in post.text.splitlines()),
    )
    if post.page != "broken":
        return page
    return f"{page[: page.index('</article>') - len(post.text) // 2]}<div><span <p></b>"


def statement_page(text: str, when: datetime) -> str:
    """The hospital's own page with the statement it has published."""
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines())
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        "<title>情况说明</title></head><body><article><h2>情况说明</h2>"
        f"<p>{when:%Y-%m-%d %H:%M}</p>{paragraphs}</article></body></html>"
    )


def rss(base: str, posts: Iterable[Post]) -> str:
    """RSS 2.0 with the first line of each article, as news sites give it."""
    items = "".join(
        f"<item><title>{escape(post.title)}</title><link>{link(base, post)}</link>"
        f'<guid isPermaLink="false">{_tag(post)}</guid><author>{escape(post.author)}</author>'
        f"<pubDate>{format_datetime(post.at)}</pubDate>"
        f"<description>{escape(post.text.splitlines()[0])}</description></item>"
        for post in posts
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>{SITES['news']}</title><link>{base}/news/</link>"
        f"<description>清河镇的新闻</description>{items}</channel></rss>"
    )


def atom(base: str, posts: Iterable[Post]) -> str:
    """Atom with the whole text, as forums give it."""
    entries = "".join(
        f"<entry><id>{_tag(post)}</id><title>{escape(post.title)}</title>"
        f'<link href="{link(base, post)}"/><author><name>{escape(post.author)}</name></author>'
        f"<published>{post.at.isoformat()}</published><updated>{post.at.isoformat()}</updated>"
        f'<content type="text">{escape(post.text)}</content></entry>'
        for post in posts
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>tag:forum.example,2026:feed</id><title>{SITES['forum']}</title>{entries}</feed>"
    )


def json_feed(base: str, posts: Iterable[Post], now: datetime) -> str:
    """JSON Feed 1.1 with counters, as review sites give it."""
    items = [
        {
            "id": _tag(post),
            "url": link(base, post),
            "title": post.title,
            "content_text": post.text,
            "authors": [{"name": post.author}],
            "date_published": post.at.isoformat(),
            "_stats": dict(post.counters(now)),
        }
        for post in posts
    ]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": SITES["complaints"],
        "items": items,
    }
    return json.dumps(document, ensure_ascii=False)


def _tag(post: Post) -> str:
    """An id that does not depend on the port of the day."""
    return f"tag:{post.via}.example,2026:{post.id}"
