"""One record of mention JSON Lines to an Item and back; refuses in Chinese sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from crawlers.counts import MAX_COUNT, parse_count
from crawlers.dates import parse_time
from crawlers.items import Item, ItemError
from crawlers.parsing import CONTROLS, is_web_address

FUTURE_TOLERANCE = timedelta(minutes=10)  # clocks of sites and exports differ by minutes
MAX_TEXT = 1_000_000  # ten times the longest real post seen; beyond it is a file, not a mention
MAX_KEY = 500  # identifiers stand in database keys
MAX_URL = 4_000  # what browsers still open
MAX_RAW_VALUE = 200
MAX_RAW_LIST = 20
COUNTERS = ("author_followers", "views", "likes", "comments", "reposts")
RAW_FIELDS = frozenset(
    {
        "text_from",
        "counters_only",
        "looked_again",
        "published_raw",
        "published_precision",
        "site",
        "channel",
        "tags",
    }
    | {"version", "region", "lang", "licence", "kind"},
)


def parse_item(record: object, now: datetime) -> Item:
    """Return the record as an Item; raise ItemError with the reason in Chinese."""
    if not isinstance(record, Mapping):
        raise ItemError('这一行不是 JSON 对象，应写成 {"platform": "…", "id": "…", "text": "…"}')
    text, title = _string(record, "text"), _string(record, "title")
    if not text.strip() and not title.strip():
        raise ItemError("缺少正文：text 和 title 至少要有一个不为空")
    return Item(
        platform=_key(record, "platform"),
        id=_key(record, "id"),
        text=text,
        title=title,
        url=_address(record),
        author=_name(record, "author") or None,
        parent_id=_name(record, "parent_id") or None,
        author_verified=_flag(record, "author_verified"),
        private=bool(_flag(record, "private")),
        published_at=_moment(record, "published_at", now),
        observed_at=_moment(record, "observed_at", now),
        heat=_number(record, "heat"),
        rating=_number(record, "rating"),
        raw=_raw(record.get("raw")),
        **{name: _counter(record, name) for name in COUNTERS},
    )


def item_to_record(item: Item) -> dict[str, Any]:
    """Return the item as a JSON object that `parse_item` reads back, without empty fields."""
    pairs = ((field.name, getattr(item, field.name)) for field in fields(item))
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in pairs
        if value not in (None, "", {}) and not (name == "private" and value is False)
    }


def _string(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ItemError(f"字段 {name} 应是文字，写的却是{_kind(value)}")
    if len(value) > MAX_TEXT:
        raise ItemError(f"字段 {name} 有 {len(value)} 个字，超过上限 {MAX_TEXT} 个字，请拆开或截短")
    return CONTROLS.sub("", value)


def _name(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    text = _string({name: value}, name).strip()
    if len(text) > MAX_KEY:
        raise ItemError(f"字段 {name} 有 {len(text)} 个字，超过上限 {MAX_KEY} 个字")
    return text


def _key(record: Mapping[str, Any], name: str) -> str:
    text = _name(record, name)
    if not text:
        raise ItemError(f"缺少必填字段 {name}")
    return text


def _address(record: Mapping[str, Any]) -> str | None:
    """Keep web addresses only: anything else could run as script where it is shown as a link."""
    url = _string(record, "url").strip()
    return url if len(url) <= MAX_URL and is_web_address(url) else None


def _flag(record: Mapping[str, Any], name: str) -> bool | None:
    value = record.get(name)
    if value is None or isinstance(value, bool):
        return value
    if value in (0, 1):
        return bool(value)
    raise ItemError(f"字段 {name} 应是 true 或 false，写的却是{_kind(value)}")


def _counter(record: Mapping[str, Any], name: str) -> int | None:
    value = record.get(name)
    if value is None or value == "":
        return None
    count = _whole(value) if isinstance(value, (int, float)) else parse_count(value)
    if count is None or isinstance(value, bool):
        raise ItemError(f"字段 {name} 应是数字（如 12000 或 1.2万），写的却是{_kind(value)}")
    if count < 0:
        raise ItemError(f"字段 {name} 是负数（{count}），计数不能小于 0")
    if count > MAX_COUNT:
        raise ItemError(f"字段 {name} 大得不合理，请核对")
    return count


def _whole(value: float) -> int | None:
    if isinstance(value, int):
        return value  # of any size: asking a float about it would overflow
    return int(value) if math.isfinite(value) and value == int(value) else None


def _number(record: Mapping[str, Any], name: str) -> float | None:
    value = record.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > MAX_COUNT:
        raise ItemError(f"字段 {name} 应是数字，写的却是{_kind(value)}")
    if math.isnan(value):
        raise ItemError(f"字段 {name} 不是有效的数字")
    return float(value)


def _moment(record: Mapping[str, Any], name: str, now: datetime) -> datetime | None:
    text = _string(record, name)
    if not text.strip():
        return None
    moment = parse_time(text)
    if moment is None:
        raise ItemError(
            f"字段 {name} 的时间「{text[:40]}」看不懂，应写成 2026-11-22T10:00:00+08:00"
        )
    if moment > now + FUTURE_TOLERANCE:
        raise ItemError(f"字段 {name} 的时间「{text[:40]}」在未来，请核对日期和时区")
    return moment


def _raw(value: object) -> dict[str, Any]:
    """Keep listed fields with small plain values; whatever else a platform sent stays outside."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ItemError(f"字段 raw 应是 JSON 对象，写的却是{_kind(value)}")
    return {
        name: kept for name in sorted(RAW_FIELDS & value.keys()) if _is_small(kept := value[name])
    }


def _is_small(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_RAW_VALUE
    if isinstance(value, list):
        return len(value) <= MAX_RAW_LIST and all(
            isinstance(part, str) and len(part) <= MAX_RAW_VALUE for part in value
        )
    return isinstance(value, (bool, int, float))


def _kind(value: object) -> str:
    if isinstance(value, str):
        return f"文字「{value[:20]}」"
    names = {bool: "真假值", int: "数字", float: "数字", list: "列表", dict: "对象"}
    return names.get(type(value), "别的东西")
