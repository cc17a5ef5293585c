"""阿里云 search by IQS: `POST /search/unified`, engine Generic (T0, API key).

Follows help.aliyun.com, «联网搜索（搜文）API» (UnifiedSearch). Answer: {requestId, pageItems:
[{title, link, snippet, mainText, publishedTime, hostname}], sceneItems}; ten pages, no paging;
errors come with HTTP codes or as {code, message}. It documents no filter by site, but
`category` limits to sites of a trade. Its Global engines are left out: queries would leave the
country.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from crawlers.connectors.base import About, Ask, Grade, Option, Reach, Task
from crawlers.connectors.search import OVERLAP, Found, bare_code, refused
from crawlers.connectors.shape import Row, address, rows, word
from crawlers.dates import parse_when

SPANS = (
    (timedelta(days=1), "OneDay"),
    (timedelta(days=7), "OneWeek"),
    (timedelta(days=31), "OneMonth"),
    (timedelta(days=365), "OneYear"),
)
CODES = (
    ("Throttling", "rate_limited", "说访问太频繁"),
    ("Retrieval.TestUser", "quota", "的试用额度用完了"),
    ("Retrieval.Arrears", "quota", "已欠费"),
    ("Retrieval.Not", "forbidden", "没有开通或没有授权"),
    ("InvalidAccessKeyId", "forbidden", "不认这把密钥，请核对 API Key"),
    ("Internal", "server_error", "自己出了问题"),
)
CATEGORIES = (
    "medical 医疗、news_center 中央新闻、news_province 省级新闻、law 法律、internet 互联网精选"
)


class AliyunSearch:
    """One request a query."""

    about = About(
        kind="aliyun_search",
        title="阿里云搜索（IQS）",
        grade=Grade.OFFICIAL,
        platform="news",
        address="https://cloud-iqs.aliyuncs.com",
        needs={"api_key": "阿里云信息查询服务（IQS）控制台里的 API Key"},
        gives="阿里云收录的网页：标题、网址、摘要、日期；可只搜医疗或新闻类网站",
        risk="按次计费；每次 10 条；收录晚几小时到几天，也不全；不能指定网站",
        options={"category": Option(f"写网站类别（{CATEGORIES}）；不写就搜全网")},
        searches=True,
        every=timedelta(minutes=30),
        quiet=True,
        canary="医院",
        overlap=OVERLAP,
        max_pages=1,
        reach=Reach("只能选近一天、一周、一月、一年，总共 10 条", longest=timedelta(days=365)),
    )
    sites_at_once = 0

    def ask(self, task: Task, sites: tuple[str, ...], start: datetime) -> Ask:  # noqa: ARG002
        """Ask for pages of the shortest span that reaches back to `start`."""
        age = task.now - start
        span = next((name for length, name in SPANS if age <= length), "NoLimit")
        category = {"category": task.options["category"]} if task.options.get("category") else {}
        contents = {"mainText": False, "markdownText": False, "summary": False}
        body = {"query": task.query, "engineType": "Generic", "timeRange": span, **category}
        headers = {
            "Authorization": f"Bearer {task.secrets['api_key']}",
            "Content-Type": "application/json",
        }
        text = json.dumps({**body, "contents": contents}, ensure_ascii=False)
        return Ask(address(task.base, "/search/unified"), "POST", headers, text.encode())

    def rows(self, document: Any) -> list[Any]:  # noqa: ANN401 - whatever the engine sent
        """Return the pages, or say which code came instead."""
        code = bare_code(word(document, "code")) if isinstance(document, Mapping) else ""
        if code:
            raise refused(CODES, code)
        return rows(document, "pageItems")

    def found(self, row: Row, now: datetime) -> Found:
        """Read one page."""
        return Found(
            title=word(row, "title"),
            url=row["link"],
            summary=word(row, "snippet", "mainText"),
            written=parse_when(word(row, "publishedTime"), now),
            site=word(row, "hostname"),
        )
