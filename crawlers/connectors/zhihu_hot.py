"""知乎开放平台 hot list: `GET /api/v1/content/hot_list` (T0, key, 100 times a day).

Follows developer.zhihu.com, «知乎热榜 API». Answer: {Code: 0, Message, Data: {Total, Items:
[{Title, Url, ThumbnailUrl, Summary}]}}; at most thirty questions and articles in their order,
without heat. Ids are those of the kind `newsnow`, so that both may be read at once.
"""

from __future__ import annotations

import re
from datetime import timedelta

from crawlers.connectors.base import About, Answer, Ask, Grade, Quota, Reading, Task
from crawlers.connectors.hot import raw, read_list
from crawlers.connectors.shape import Record, Row, address, word
from crawlers.connectors.zhihu import NEEDS, credentials, items

ROWS = 30  # the most that is given
NUMBER = re.compile(r"(\d+)/?(?:[?#].*)?$")


class ZhihuHot:
    """The one list."""

    about = About(
        kind="zhihu_hot",
        title="知乎热榜",
        grade=Grade.OFFICIAL,
        platform="zhihu",
        address="https://developer.zhihu.com",
        needs=NEEDS,
        gives="知乎热榜的问题和文章：标题、摘要、名次",
        risk="每天 100 次；没有热度数",
        every=timedelta(minutes=15),  # 96 times a day
        silent_after=timedelta(hours=1),
        quiet=True,
        never_empty=True,
        quota=Quota(100, timedelta(days=1)),
        max_pages=1,
        no_reach="热榜只有当前这一份，过去的取不到",
    )

    def first(self, task: Task) -> Ask:
        """Ask for the list."""
        url = address(task.base, "/api/v1/content/hot_list", Limit=ROWS)
        return Ask(url, headers=credentials(task))

    def read(self, answer: Answer, task: Task) -> Reading:  # noqa: ARG002 - the protocol's
        """Read the entries with their places."""
        return read_list(items(answer.json()), _record)


def _record(row: Row, place: int) -> Record:
    title, url = word(row, "Title"), word(row, "Url")
    number = NUMBER.search(url)
    return {
        "id": f"hot:zhihu:{number[1] if number else title}",
        "title": title,
        "text": word(row, "Summary"),
        "url": url,
        "raw": raw(place, text_from="summary"),
    }
