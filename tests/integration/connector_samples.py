"""One example per connector: what its site answers when all is well, and when it has nothing.

Self-written, in the shapes that the platforms document; people and brands are made up.
"""

from __future__ import annotations

from connector_sample import TEXT, Sample, said
from connector_samples_pages import PAGES
from connector_samples_platforms import PLATFORMS
from connector_samples_reviews import REVIEWS
from connector_samples_search import SEARCHES
from crawl_site import entry, rss


def newsnow(*titles: str) -> str:
    items = [
        {
            "id": str(n),
            "title": title,
            "url": f"https://weibo.example/{n}",
            "extra": {"info": "12万"},
        }
        for n, title in enumerate(titles)
    ]
    return said({"status": "success", "id": "weibo", "updatedTime": 1795312800000, "items": items})


def zhihu(*texts: str) -> str:
    items = [
        {
            "Title": "在清河互联网医院看病要等多久？",
            "Url": f"https://www.zhihu.com/question/1/answer/{n}",
            "AuthorName": f"用户{n}",
            "ContentText": text,
            "ContentType": "Answer",
            "ContentID": str(n),
            "VoteUpCount": 3 + n,
            "CommentCount": n,
            "EditTime": 1795310000 + n,
        }
        for n, text in enumerate(texts)
    ]
    return said({"Code": 0, "Message": "success", "Data": {"Items": items}})


SAMPLES: dict[str, Sample] = {
    **PAGES,
    **PLATFORMS,
    **REVIEWS,
    **SEARCHES,
    "feed": Sample(
        ok=rss(*(entry(n, f"https://forum.example/{n}", TEXT) for n in (1, 2))),
        items=2,
        empty=rss(),
        content_type="application/rss+xml; charset=utf-8",
    ),
    "newsnow": Sample(
        ok=newsnow("清河互联网医院回应排队", "今日天气"),
        items=2,
        empty=newsnow(),
        options={"list": "weibo"},
    ),
    "zhihu_search": Sample(
        ok=zhihu(TEXT, TEXT),
        items=2,
        empty=zhihu(),
        queries=("清河互联网医院",),
        secrets={"access_secret": "not-a-secret"},
    ),
}
