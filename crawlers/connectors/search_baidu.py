"""百度 search by 千帆: `POST /v2/ai_search/web_search` (T0, API key, 100 free searches a day).

Follows ai.baidu.com/ai-doc/AppBuilder/pmaxd1hvy, «百度搜索». Answer: {request_id, references: [{id,
title, url, content, date: "2026-11-22 09:50:00", web_anchor, website, type: "web"}]}; at most
fifty pages, no paging; a query holds 72 units, a Chinese character counting two. Errors come with
HTTP codes or as {code, message, requestId}.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from crawlers.connectors.base import About, Ask, Grade, Quota, Reach, Task
from crawlers.connectors.search import OVERLAP, SITES, Found, bare_code, refused
from crawlers.connectors.shape import Row, address, rows, word
from crawlers.dates import SHANGHAI, parse_when

ROWS = 50
LONGEST_QUERY = 36  # Chinese characters
CODES = (
    ("rate_limit", "rate_limited", "说访问太频繁"),
    ("quota", "quota", "的配额用完了"),
    ("insufficient", "quota", "的余额不足"),
    ("internal", "server_error", "自己出了问题"),
)


class BaiduSearch:
    """One request a query; at most twenty sites in it."""

    about = About(
        kind="baidu_search",
        title="百度搜索（千帆）",
        grade=Grade.OFFICIAL,
        platform="news",
        address="https://qianfan.baidubce.com",
        needs={"api_key": "百度智能云千帆控制台里的 API Key"},
        gives="百度收录的网页：标题、网址、摘要、日期；可只搜好大夫、小红书等网站",
        risk="每天 100 次免费，超出要付费；收录晚几小时到几天，也不全；只有摘要",
        options={"sites": SITES},
        searches=True,
        every=timedelta(minutes=30),  # two queries of 48 times a day stay within what is free
        quiet=True,
        quota=Quota(100, timedelta(days=1)),
        canary="医院",
        overlap=OVERLAP,
        max_pages=1,
        reach=Reach("按日期查，只有收录了的，一段最多 50 条", span=timedelta(days=7), rows=ROWS),
    )
    sites_at_once = 20

    def ask(self, task: Task, sites: tuple[str, ...], start: datetime) -> Ask:
        """Ask for pages dated from the day of `start` on."""
        span = {"gte": _day(start), **({"lte": _day(task.until)} if task.until else {})}
        where = {"match": {"site": list(sites)}} if sites else {}
        body = {
            "messages": [{"role": "user", "content": task.query[:LONGEST_QUERY]}],
            "search_source": "baidu_search_v2",
            "resource_type_filter": [{"type": "web", "top_k": ROWS}],
            "search_filter": {"range": {"page_time": span}, **where},
        }
        headers = {
            "Authorization": f"Bearer {task.secrets['api_key']}",
            "Content-Type": "application/json",
        }
        url = address(task.base, "/v2/ai_search/web_search")
        return Ask(url, "POST", headers, json.dumps(body, ensure_ascii=False).encode())

    def rows(self, document: Any) -> list[Any]:  # noqa: ANN401 - whatever the engine sent
        """Return the references, or say which code came instead."""
        if isinstance(document, Mapping) and "references" not in document:
            error = document.get("error")
            code = bare_code(word(error if isinstance(error, Mapping) else document, "code"))
            if code not in {"", "0"}:
                raise refused(CODES, code)
        return rows(document, "references")

    def found(self, row: Row, now: datetime) -> Found:
        """Read one reference."""
        return Found(
            title=word(row, "title", "web_anchor"),
            url=row["url"],
            summary=word(row, "content"),
            written=parse_when(word(row, "date"), now),
            site=word(row, "website"),
        )


def _day(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).date().isoformat()
