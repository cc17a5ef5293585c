"""知乎开放平台's search of the whole web: `GET /api/v1/content/global_search` (T0, key).

Follows developer.zhihu.com, «全网搜索»; 5,000 a day. Query, Count ≤ 20, Filter such as
`(host=="haodf.com" OR host=="www.haodf.com") AND publish_time>=1795310000`, SearchDB all. Answer:
{Code: 0, Data: {HasMore, Items: [{Title, Url, ContentText, AuthorName, EditTime}]}}; no paging;
知乎 itself is left out there (zhihu.py). Whether a host covers its subdomains is not said, so www
is named as well.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from crawlers.connectors.base import About, Ask, Grade, Quota, Reach, Task
from crawlers.connectors.search import OVERLAP, SITES, Found
from crawlers.connectors.shape import Row, address, word
from crawlers.connectors.zhihu import NEEDS, credentials, items
from crawlers.dates import parse_when

ROWS = 20  # the most that one search gives
NO_HOST = re.compile(r"[^\w.-]")


class ZhihuWebSearch:
    """One request a query; ten sites in it."""

    about = About(
        kind="zhihu_web",
        title="全网搜索（知乎开放平台）",
        grade=Grade.OFFICIAL,
        platform="news",
        address="https://developer.zhihu.com",
        needs=NEEDS,
        gives="全网网页：标题、网址、摘要、日期；可只搜好大夫、小红书等网站",
        risk="每天 5000 次，邀测期免费；每次 20 条；收录晚几小时到几天，也不全；只有摘要",
        options={"sites": SITES},
        searches=True,
        every=timedelta(minutes=15),
        quiet=True,
        quota=Quota(5000, timedelta(days=1)),
        canary="医院",
        overlap=OVERLAP,
        max_pages=1,
        reach=Reach("按日期查，只有收录了的，一段最多 20 条", span=timedelta(days=7), rows=ROWS),
    )
    sites_at_once = 10

    def ask(self, task: Task, sites: tuple[str, ...], start: datetime) -> Ask:
        """Ask for pages published from `start` on."""
        until = [f"publish_time<={int(task.until.timestamp())}"] if task.until else []
        where = [f"({' OR '.join(_hosts(sites))})"] if sites else []
        terms = [*where, f"publish_time>={int(start.timestamp())}", *until]
        query = {"Query": task.query, "Count": ROWS, "Filter": " AND ".join(terms)}
        url = address(task.base, "/api/v1/content/global_search", **query, SearchDB="all")
        return Ask(url, headers=credentials(task))

    def rows(self, document: Any) -> list[Any]:  # noqa: ANN401 - whatever the engine sent
        """Return the items, or say which code came instead."""
        return items(document)

    def found(self, row: Row, now: datetime) -> Found:
        """Read one item."""
        return Found(
            title=word(row, "Title"),
            url=row["Url"],
            summary=word(row, "ContentText"),
            written=parse_when(word(row, "EditTime"), now),
            site=word(row, "AuthorName"),
        )


def _hosts(sites: tuple[str, ...]) -> list[str]:
    plain = [NO_HOST.sub("", site) for site in sites]
    named = (one for site in plain for one in (site, f"www.{site}"))
    return [f'host=="{host}"' for host in named if not host.startswith("www.www.")]
