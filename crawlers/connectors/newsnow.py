"""Hot lists by way of a NewsNow instance: `GET /api/s?id=weibo` (T2; MIT, best self-hosted).

Answer: {status: "success"|"cache", id, updatedTime, items: [{id, title, url, mobileUrl, pubDate,
extra: {info, hover, diff}}]}, at most 30 rows, refreshed every ten minutes.
"""

from __future__ import annotations

from datetime import timedelta

from crawlers.connectors.base import About, Answer, Ask, Grade, Option, Reading, Task
from crawlers.connectors.shape import Record, Row, address, at, read_rows, rows, word
from crawlers.counts import parse_count

LISTS = "weibo、zhihu、douyin、baidu、toutiao、thepaper、ifeng、tencent、tieba、bilibili-hot-search"
# The lists' names there, and ours for the platform where they differ.
PLATFORMS = {"bilibili-hot-search": "bilibili", "tencent-hot": "tencent"}


class NewsNow:
    """One list of one instance."""

    about = About(
        kind="newsnow",
        title="热榜（NewsNow）",
        grade=Grade.OPEN,
        platform="hot",
        gives="微博、知乎、抖音、百度等热榜的词条、名次和热度",
        risk="实例停机或限流；榜单缓存约 10 分钟",
        options={"list": Option(f"写榜单的名字，如 weibo（可选：{LISTS}）", required=True)},
        every=timedelta(minutes=10),
        silent_after=timedelta(hours=1),
        quiet=True,
        never_empty=True,
        max_pages=1,
        no_reach="热榜只有当前这一份，过去的取不到",
    )

    def first(self, task: Task) -> Ask:
        """Ask for the list."""
        return Ask(address(task.base, "/api/s", id=task.options["list"]))

    def read(self, answer: Answer, task: Task) -> Reading:
        """Read the entries with their places."""
        document = answer.json()
        at(document, "status", str)
        name = str(task.options["list"])
        places = {id(one): n for n, one in enumerate(rows(document, "items"), start=1)}
        return read_rows(rows(document, "items"), lambda row: _record(row, name, places[id(row)]))


def _record(row: Row, name: str, place: int) -> Record:
    extra = row.get("extra")
    info = extra.get("info") if isinstance(extra, dict) else None
    return {
        "platform": PLATFORMS.get(name, name),
        "id": f"hot:{name}:{word(row, 'id') or row['title']}",
        "title": word(row, "title") or row["title"],
        "text": "",
        "url": word(row, "url", "mobileUrl"),
        "heat": parse_count(info),
        "raw": {"kind": "hot_list", "tags": [f"第{place}位"]},
    }
