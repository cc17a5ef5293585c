"""搜狗 search by Tencent Cloud's 联网搜索 API: `SearchPro`, version 2025-05-08 (T0, key pair).

Follows cloud.tencent.com/document/product/1806. Answer: {Response: {Query, Pages: ["{title, url,
passage, site, date, score}" as JSON in a string], RequestId}}, ten pages, no paging; errors are
{Response: {Error: {Code, Message}}}. One site a request: a list of sites costs a request each.
Signature: tc3.py.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from crawlers.connectors.base import About, Ask, Grade, Reach, Task
from crawlers.connectors.search import OVERLAP, SITES, Found, bare_code, refused
from crawlers.connectors.shape import Row, at, rows, word
from crawlers.connectors.tc3 import JSON, Key, authorization
from crawlers.dates import parse_when

SERVICE = "wsa"
CODES = (
    ("RequestLimitExceeded", "rate_limited", "说访问太频繁"),
    ("LimitExceeded", "quota", "的额度用完了"),
    ("ResourceInsufficient", "quota", "的额度用完了"),
    ("ResourceUnavailable", "forbidden", "没有开通或已欠费"),
    ("InternalError", "server_error", "自己出了问题"),
    ("AuthFailure.SignatureExpire", "forbidden", "说签名过期，请校准这台电脑的时间"),
    ("AuthFailure", "forbidden", "不认这对密钥，请核对 SecretId 和 SecretKey"),
)


class TencentSearch:
    """One signed request a query and site."""

    about = About(
        kind="sogou_search",
        title="搜狗搜索（腾讯云）",
        grade=Grade.OFFICIAL,
        platform="news",
        address="https://wsa.tencentcloudapi.com",
        needs={"secret_id": "腾讯云访问密钥的 SecretId", "secret_key": "同一密钥的 SecretKey"},
        gives="搜狗收录的网页：标题、网址、摘要、日期；可只搜好大夫、公众号等网站",
        risk="按次计费；每个网站单独算一次；收录晚几小时到几天，也不全；只有摘要",
        options={"sites": SITES},
        searches=True,
        every=timedelta(minutes=30),
        quiet=True,
        canary="医院",
        overlap=OVERLAP,
        max_pages=1,
        reach=Reach("按日期查，只有收录了的，一段最多 10 条", span=timedelta(days=7), rows=10),
    )
    sites_at_once = 1

    def ask(self, task: Task, sites: tuple[str, ...], start: datetime) -> Ask:
        """Ask for pages dated from `start` on; the body is signed as it is sent."""
        until = {"ToTime": int(task.until.timestamp())} if task.until else {}
        where = {"Site": sites[0]} if sites else {}
        asked = {"Query": task.query, "Mode": 0, "FromTime": int(start.timestamp())}
        body = json.dumps({**asked, **until, **where}, ensure_ascii=False).encode()
        return Ask(f"{task.base}/", "POST", _headers(task, body), body)

    def rows(self, document: Any) -> list[Any]:  # noqa: ANN401 - whatever the engine sent
        """Return the pages, each out of its string, or say which code came instead."""
        response = at(document, "Response", dict)
        if "Error" in response:
            code = bare_code(word(at(response, "Error", dict), "Code"))
            raise refused(CODES, code)
        return [_page(one) for one in rows(response, "Pages")]

    def found(self, row: Row, now: datetime) -> Found:
        """Read one page."""
        return Found(
            title=word(row, "title"),
            url=row["url"],
            summary=word(row, "content", "passage"),
            written=parse_when(word(row, "date"), now),
            site=word(row, "site"),
        )


def _page(text: object) -> object:
    """Return the object in a string; what is none stays and counts as a bad row."""
    try:
        return json.loads(text, strict=False) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        return None


def _headers(task: Task, body: bytes) -> dict[str, str]:
    host = urlsplit(task.base).netloc
    key = Key(task.secrets["secret_id"], task.secrets["secret_key"])
    return {
        "Authorization": authorization(key, host, SERVICE, body, task.now),
        "Content-Type": JSON,
        "X-TC-Action": "SearchPro",
        "X-TC-Version": "2025-05-08",
        "X-TC-Timestamp": str(int(task.now.timestamp())),
    }
