"""Exports from 黑猫投诉's merchant console (T3), and its list records `sn, title, summary, appeal`.

The console's export has no public description: the columns follow the words that the site itself
shows (投诉编号, 投诉标题, 投诉对象, 投诉问题, 投诉要求, 投诉时间), as of 2026. The company
complained of stands in a column of its own and is added to the text, where brands are looked for.
"""

from __future__ import annotations

from collections.abc import Iterable

from crawlers.importers import cells
from crawlers.importers.plan import Columns, Fields, Plan, Record, first
from crawlers.importers.rows import Table

NAME = "heimao"
TITLE = "黑猫投诉导出"
NUMBER = ("投诉编号", "投诉单号", "投诉单编号", "sn", "main.sn")
COLUMNS: Columns = {
    "id": NUMBER,
    "title": ("投诉标题", "标题", "title", "main.title"),
    "text": (
        "投诉内容",
        "投诉详情",
        "详细说明",
        "投诉说明",
        "问题描述",
        "投诉问题",
        "summary",
        "main.summary",
    ),
    "published_at": (
        "投诉时间",
        "投诉日期",
        "发起时间",
        "发起投诉时间",
        "timestamp",
        "main.timestamp",
    ),
    "url": ("投诉链接", "链接", "详情链接", "url", "main.url"),
    "author": ("投诉人", "投诉用户", "用户昵称", "main.uid", "author.title"),
}
ADDED = {
    "投诉对象": ("投诉对象", "投诉商家", "被投诉商家", "被投诉对象", "cotitle", "main.cotitle"),
    "投诉问题": ("投诉问题", "issue", "main.issue"),
    "投诉要求": ("投诉要求", "投诉诉求", "诉求", "appeal", "main.appeal"),
}


def plan(keys: frozenset[str], table: Table) -> Plan | None:  # noqa: ARG001 (one shape for all)
    """Know it by its number and by what only complaints have."""
    numbered = (
        bool(keys & set(NUMBER[:3])) or keys >= {"sn", "title"} or {"main"} == keys & {"main"}
    )
    texts = {*COLUMNS["title"], *COLUMNS["text"], "main"}
    return Plan(COLUMNS, {"platform": "heimao"}, _whole) if numbered and keys & texts else None


def _whole(record: Record, fields: Fields) -> Iterable[Record]:
    text = str(record.get("text", ""))
    for label, names in ADDED.items():
        said = cells.words(first(fields, names))
        if said and said not in text:
            text += f"\n{label}：{said}"
    url = str(record.get("url", ""))
    record["url"] = f"https:{url}" if url.startswith("//") else url
    return ({**record, "text": text.strip()},)
