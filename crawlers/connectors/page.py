"""Article pages without a feed: one page, or a channel's list and the articles behind it (T2).

Without options the address itself is an article; `fengsui ingest https://…` reads it so. With
`links` the address is a list: links whose address holds one of these parts are articles, each read
once. robots.txt is obeyed. Main text and date: crawlers/articles.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from crawlers.connectors.base import (
    About,
    Answer,
    Ask,
    Grade,
    Option,
    Reading,
    RefusedError,
    Task,
    WrongShapeError,
)
from crawlers.cursor import digest
from crawlers.gates import gate
from crawlers.pages import PageKind, recognise
from crawlers.parsing import canonical_url, is_web_address, tidy

if TYPE_CHECKING:
    from lxml import etree

    from crawlers.articles import Article
    from crawlers.connectors.shape import Record

ARTICLE = "article"
LINKS = 200  # of one list; channels of news sites show 20 to 40, archives some hundreds
MAX_ID = 400  # as for entries of feeds: the same article has the same name
TITLES = ("//meta[@property='og:title']/@content", "//h1//text()", "//title//text()")


class Page:
    """One article, or a list and its articles."""

    about = About(
        kind="page",
        title="网页",
        grade=Grade.OPEN,
        platform="news",
        gives="没有订阅源的文章页：标题、正文、发布时间；写了 links 就读栏目页上的每篇文章",
        risk="网站改版后可能读不出正文；靠脚本显示的页面读不到；robots.txt 不许的不读",
        options={
            "links": Option("写文章网址里共有的一段，如 /health/2026；写了就当栏目页读", many=True)
        },
        every=timedelta(minutes=15),
        quiet=True,
        authority="media",
        max_pages=1,
        no_reach="只看得到栏目页现在列出的文章",
    )

    def first(self, task: Task) -> Ask:
        """Ask for the page."""
        return Ask(task.url)

    def again(self, task: Task, post: str, url: str) -> Ask:  # noqa: ARG002 (the protocol's)
        """Ask for one article, for an edit or a deletion."""
        return Ask(url, step=ARTICLE)

    def read(self, answer: Answer, task: Task) -> Reading:
        """Read an article, or the links of a list."""
        from crawlers.bodies import parse_page  # noqa: PLC0415 (slow to load)

        kind = recognise(answer.status, answer.url, "", answer.text)
        if kind is PageKind.GONE:
            raise RefusedError("not_found", "说这一页已经删除或不存在")
        if gate(answer.status, answer.url, answer.text):
            return Reading([], 0)  # the walk says which gate it is
        tree = parse_page(answer.text) if "<" in answer.text else None
        if tree is None:
            raise WrongShapeError("返回的不是网页")
        parts = task.words("links")
        if parts and answer.ask.step != ARTICLE:
            asks = tuple(_articles(tree, answer.url, parts))
            return Reading([], len(asks), asks)
        return _article(answer, tree, task)


def _articles(tree: etree._Element, base: str, parts: list[str]) -> Iterator[Ask]:
    """Yield a request for each article that the list links to, in the list's order."""
    links = (_join(base, str(link)) for link in tree.xpath("//a/@href"))
    wanted = (one for one in links if any(part in one for part in parts))
    for link in list(dict.fromkeys(wanted))[:LINKS]:
        yield Ask(link, step=ARTICLE, key=link)


def _join(base: str, link: str) -> str:
    try:
        url = urljoin(base, link.strip())
        return canonical_url(url) if is_web_address(url) else ""
    except ValueError:
        return ""


def _article(answer: Answer, tree: etree._Element, task: Task) -> Reading:
    from crawlers.articles import read_article  # noqa: PLC0415 (slow to load)

    body, kind = answer.text.encode("utf-8", "replace"), "text/html; charset=utf-8"
    article = read_article(body, kind, answer.url, task.now, dated=False)
    if not article.text:
        return Reading([], 0)
    return Reading([_record(article, _title(tree), answer.ask.url)], 1)


def _record(article: Article, title: str, url: str) -> Record:
    name = canonical_url(url)
    at = article.published_at
    precision = {"published_precision": "day"} if at and article.day_only else {}
    return {
        "id": name if len(name) <= MAX_ID else "long:" + digest(name),
        "title": title,
        "text": article.text,
        "url": url,
        **({"published_at": at.isoformat()} if at else {}),
        "raw": {"text_from": "article", **precision},
    }


def _title(tree: etree._Element) -> str:
    said = (tidy(" ".join(map(str, tree.xpath(path)))) for path in TITLES)
    return next((one.replace("\n", " ") for one in said if one), "")
