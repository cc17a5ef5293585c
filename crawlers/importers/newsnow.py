"""A saved answer of NewsNow, `GET /api/s?id=weibo` (T3), as of 2026-06-30 (2173126).

`{status: "success"|"cache", id, updatedTime (ms), items: [{id, title, url, mobileUrl, pubDate,
extra: {info, hover, date}}]}`. Ids are those of the live source, so that both may be used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from crawlers.importers import cells
from crawlers.importers.plan import Fields, Plan, Record
from crawlers.importers.rows import Table

NAME = "newsnow"
TITLE = "NewsNow 热榜"
COLUMNS = {"title": ("title",), "url": ("url", "mobileUrl"), "heat": ("extra.info",)}
PLATFORMS = {"bilibili-hot-search": "bilibili", "tencent-hot": "tencent"}


def plan(keys: frozenset[str], table: Table) -> Plan | None:
    """Know it by what stands before the list."""
    if not (table.head.keys() >= {"status", "id"} and keys >= {"id", "title"}):
        return None
    return Plan(COLUMNS, finish=partial(_entry, head=table.head))


def _entry(record: Record, fields: Fields, head: Mapping[str, object]) -> Iterable[Record]:
    """Keep only a heat that is a number: lists put all kinds of remarks there."""
    name = cells.words(head["id"])
    number = record.pop("heat", None)
    if isinstance(number, int):
        record["heat"] = number
    updated = head.get("updatedTime")
    if isinstance(updated, (int, float)):
        record["observed_at"] = cells.moment(updated, cells.DAY_ZERO)[0]
    record["platform"] = PLATFORMS.get(name, name)
    record["id"] = f"hot:{name}:{cells.words(fields['id']) or record.get('title', '')}"
    record["raw"] = {"kind": "hot_list"}
    return (record,)
