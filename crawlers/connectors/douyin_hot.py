"""抖音 hot words: `GET /hotsearch/sentences/` (T0, scope hotsearch).

Follows the open platform's «获取实时热点词». Answer: {data: {error_code: 0, active_time, list:
[{sentence, hot_level, label}]}}; about fifty rows, said to be renewed every two hours; no
addresses, so each points to a search on the site. Without the ability, use the list `douyin` of
the kind `newsnow`. Token and codes: douyin_token.py.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

from crawlers.connectors import douyin_token
from crawlers.connectors.base import About, Answer, Ask, Grade, Reading, Task
from crawlers.connectors.hot import raw, read_list
from crawlers.connectors.shape import Record, Row, address, rows, word
from crawlers.connectors.tokens import TOKEN, follow
from crawlers.counts import parse_count


class DouyinHot:
    """A token, then the list."""

    about = About(
        kind="douyin_hot",
        title="抖音热点词",
        grade=Grade.OFFICIAL,
        platform="douyin",
        address="https://open.douyin.com",
        needs=douyin_token.NEEDS,
        gives="抖音实时热点词、名次和热度",
        risk="要获批 hotsearch 能力；约两小时更新一次",
        every=timedelta(minutes=30),
        silent_after=timedelta(hours=3),
        quiet=True,
        never_empty=True,
        max_pages=1,
        no_reach="热榜只有当前这一份，过去的取不到",
    )

    def first(self, task: Task) -> Ask:
        """Ask for a token."""
        return douyin_token.first(task)

    def read(self, answer: Answer, task: Task) -> Reading:
        """Read the token, then the list."""
        document = answer.json()
        if answer.ask.step == TOKEN:
            url = address(task.base, "/hotsearch/sentences/")
            ask = Ask(url, headers=douyin_token.headers(document))
            return Reading([], 0, (follow(ask, task, "douyin_hot"),))
        douyin_token.check(document)
        return read_list(rows(document, "data.list"), _record)


def _record(row: Row, place: int) -> Record:
    sentence = word(row, "sentence")
    if not sentence:
        raise KeyError("sentence")
    return {
        "id": f"hot:douyin:{sentence}",
        "title": sentence,
        "url": f"https://www.douyin.com/search/{quote(sentence, safe='')}",
        "heat": parse_count(row.get("hot_level")),
        "raw": raw(place),
    }
