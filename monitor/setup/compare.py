"""What differs between two configurations, in words: for somebody who imports a form again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_TITLES = {
    "brands": "品牌",
    "watch": "规则",
    "sources": "来源",
    "channels": "渠道",
    "people": "人员",
    "groups": "收群消息的渠道",
    "operator_channels": "收系统消息的渠道",
    "oncall": "值班",
    "trial": "试运行",
    "tiers": "什么时候响",
    "watchdog": "外部看守",
}
_DEFAULTS = ("timezone", "data_dir", "report")


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return a sentence for each difference, what only the old one has first."""
    return [*_only_old(old, new), *(line for key in new for line in _section(key, old, new))]


def _only_old(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    keys = [key for key in old if key not in new and key not in _DEFAULTS]
    if keys:
        names = "、".join(f"{_TITLES.get(key, key)}（{key}）" for key in keys)
        yield f"只在现有文件里，新文件没有：{names}；要留着就自己抄过去"


def _section(key: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    before, after = old.get(key), new[key]
    if before == after or (before is None and key in _DEFAULTS):
        return
    title = _TITLES.get(key, key)
    if before is None:
        yield f"{title}：新加"
    elif _is_named(before) and _is_named(after):
        yield from _records(title, _by_name(before), _by_name(after))
    else:
        yield f"{title}：有改动"


def _records(title: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    parts = {
        "加": [name for name in after if name not in before],
        "去掉": [name for name in before if name not in after],
        "改动": [name for name in after if name in before and after[name] != before[name]],
    }
    for verb, names in parts.items():
        if names:
            yield f"{title}：{verb} {'、'.join(names)}"


def _is_named(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) and _name(one) for one in value)


def _by_name(records: list[dict[str, Any]]) -> dict[str, Any]:
    return {_name(one): one for one in records}


def _name(record: dict[str, Any]) -> str:
    return str(record.get("name") or record.get("id") or "")
