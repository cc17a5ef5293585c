"""What reviews of one's own app or doctors have in common: they rarely name whom they are about."""

from __future__ import annotations

from crawlers.connectors.base import Option, Task

APP_NAME = Option("写 App 的名字，要含品牌名或别名，如 清河互联网医院", required=True)


def titled(task: Task, title: str) -> str:
    """Return the title with the app's name before it: only what names a brand is taken in."""
    name = str(task.options["name"])
    return f"{name}：{title}" if title else name
