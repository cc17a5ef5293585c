"""What a file would bring: formats, columns, rows, days, platforms, brands and three examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from crawlers.importers.platforms import platform_label
from crawlers.items import Item

EXAMPLES = 3
EXAMPLE_LENGTH = 80
FIELDS = {
    "platform": "平台",
    "id": "编号",
    "title": "标题",
    "text": "正文",
    "url": "链接",
    "author": "作者",
    "author_followers": "粉丝数",
    "author_verified": "认证",
    "parent_id": "原帖",
    "published_at": "发布时间",
    "observed_at": "采集时间",
    "views": "阅读",
    "likes": "点赞",
    "comments": "评论",
    "reposts": "转发",
    "heat": "热度",
    "rating": "评分",
    "private": "非公开",
}


@dataclass(slots=True)
class Preview:
    """What has been seen of one file."""

    good: int = 0
    undated: int = 0
    guessed: int = 0
    """Rows whose time leaves out the year or the day."""
    first_at: datetime | None = None
    last_at: datetime | None = None
    platforms: Counter[str] = field(default_factory=Counter)
    brands: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    """Cleaned and masked."""

    def add(self, item: Item, text: str, brands: Sequence[str]) -> None:
        """Count one good row; `text` is cleaned and masked."""
        self.good += 1
        self.platforms[item.platform] += 1
        self.brands.update(set(brands))
        self.guessed += item.raw.get("published_precision") == "guessed"
        at = item.published_at
        if at is None:
            self.undated += 1
        else:
            self.first_at = min(self.first_at or at, at)
            self.last_at = max(self.last_at or at, at)
        if len(self.examples) < EXAMPLES:
            self.examples.append(
                f"[{platform_label(item.platform)}] {text}"[:EXAMPLE_LENGTH].replace("\n", " ")
            )

    def to_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "good": self.good,
            "first_published_at": self.first_at,
            "last_published_at": self.last_at,
            "undated": self.undated,
            "guessed": self.guessed,
            "platforms": dict(self.platforms.most_common()),
            "brands": dict(self.brands.most_common()),
            "examples": self.examples,
        }


def lines(report: Mapping[str, Any], zone: ZoneInfo) -> Iterator[str]:
    """Yield what a person reads about a dry run, below the sentence of the counts."""
    seen = report["preview"]
    if report["formats"]:
        yield f"  格式：{'、'.join(report['formats'].values())}"
    columns = {ours: names for ours, names in report["columns"].items() if names}
    if columns:
        pairs = (
            f"{FIELDS.get(ours, ours)} ← {'、'.join(names)}" for ours, names in columns.items()
        )
        yield f"  列：{'；'.join(pairs)}"
    yield f"  好行 {seen['good']}，坏行 {len(report['rejected'])}"
    if seen["first_published_at"]:
        begin, end = (
            seen[name].astimezone(zone) for name in ("first_published_at", "last_published_at")
        )
        yield f"  发布时间：{begin:%Y-%m-%d %H:%M} 至 {end:%Y-%m-%d %H:%M}"
    if seen["undated"]:
        yield f"  没写发布时间的 {seen['undated']} 条，按采集或导入的时间算"
    if seen["guessed"]:
        yield f"  没写年份或日子的时间 {seen['guessed']} 条，按文件保存的时间推算，请核对"
    platforms = {platform_label(name): count for name, count in seen["platforms"].items()}
    yield f"  平台：{_counted(platforms) or '无'}"
    yield f"  提到品牌：{_counted(seen['brands']) or '无'}"
    yield from (f"  例：{text}" for text in seen["examples"])


def _counted(counts: Mapping[str, int]) -> str:
    return "、".join(f"{name} {count} 条" for name, count in counts.items())
