"""Judges the page of a post that is looked at again: there, changed, gone, or not to be told; pure.

A page is read again under robots.txt only to notice edits and deletions; counters come from the
connectors that can ask for one post.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawlers.cursor import digest
from crawlers.importers.record import item_to_record, parse_item
from crawlers.items import ItemError
from crawlers.pages import PageKind, recognise
from crawlers.protocol import item_event, look_event

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crawlers.protocol import CrawlRequest, Mark

LOOK = "look"  # marks of looks stand beside marks of entries
LOOKED_AGAIN = "looked_again"


def look_at(
    job: CrawlRequest, post: str, url: str, status: int, text: str, marks: Mapping[str, Mark]
) -> Iterator[dict[str, Any]]:
    """Yield what the page of a post says now, and its article when that is not the one known.

    `url` is where the page came from after redirects; a gate says nothing of the post.
    """
    kind = recognise(status, url, "", text)
    if kind is PageKind.GONE:
        yield look_event(post, gone=True)
    elif kind is PageKind.CONTENT:
        yield look_event(post, gone=False)
        yield from _article(job, post, url, text, marks)
    else:
        yield look_event(post, gone=None)


def _article(
    job: CrawlRequest, post: str, url: str, text: str, marks: Mapping[str, Mark]
) -> Iterator[dict[str, Any]]:
    from crawlers.articles import read_article  # noqa: PLC0415 (slow to load)

    page = text.encode("utf-8", "replace")
    article = read_article(page, "text/html; charset=utf-8", url, job.now, dated=True)
    key, mark = digest(LOOK, post), (digest(article.text), "", 0)
    if not article.text or marks.get(key) == mark:
        return
    record = {
        "platform": job.platform,
        "id": post,
        "title": job.titles.get(post, ""),
        "text": article.text,
        "url": dict(job.posts).get(post),
        "observed_at": job.now.isoformat(),
        "raw": {"text_from": "article", LOOKED_AGAIN: True},
    }
    try:
        yield item_event(key, mark, item_to_record(parse_item(record, job.now)))
    except ItemError:
        return
