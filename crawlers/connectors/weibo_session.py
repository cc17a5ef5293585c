"""微博 search as m.weibo.cn shows it: `GET /api/container/getIndex` (T4, one login session).

No public document: the shape is the one that the mobile page itself reads (2026). Off by default:
needs a written authorisation, one account's cookie, one request in ten seconds; the first captcha
or login page ends the run. Nothing is signed, no browser is imitated. Prefer `weibo_search` (T0).
Answer: {ok: 1, data: {cards: [{card_type: 9, mblog: post} | {card_group: [the same]}]}}; about ten
posts a page, newest first, within minutes. ok 0 with a message: nothing found; ok -100: logged
out; with `url`: captcha. HTTP 432: kept out. Posts are described in weibo_post.py. One post, for
its counters: `GET /statuses/show?id=` → {ok: 1, data: post}; ok 0 with a message when it is gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from crawlers.connectors.base import (
    About,
    Answer,
    Ask,
    GoneError,
    Grade,
    Reading,
    RefusedError,
    Task,
)
from crawlers.connectors.shape import Row, address, at, rows, word
from crawlers.connectors.weibo_post import read_posts

REALTIME = 61  # the list «实时»
LOGGED_OUT = -100
AGAIN = "again"
GONE = re.compile("不存在|删除")


class WeiboSession:
    """One search a query, over a person's login."""

    about = About(
        kind="weibo_session",
        title="微博网页搜索（登录会话）",
        grade=Grade.SESSION,
        platform="weibo",
        address="https://m.weibo.cn",
        needs={"cookie": "授权账号登录 m.weibo.cn 后的 Cookie"},
        gives="命中查询词的微博：正文、作者、粉丝数、转评赞、属地",
        risk="Cookie 会过期；账号可能被限制；遇到验证码或登录页就停；长微博只给开头",
        searches=True,
        every=timedelta(minutes=15),
        quiet=True,
        canary="医院",
        delay_seconds=10,  # what DESIGN allows a session: one request in ten seconds
        max_pages=3,
        no_reach="登录会话不用来回补：一个账号每 10 秒一次，翻旧帖容易被限制",
    )

    def first(self, task: Task) -> Ask:
        """Ask for the newest posts."""
        return _page(task, 1)

    def again(self, task: Task, post: str, url: str) -> Ask:  # noqa: ARG002 (the protocol's)
        """Ask for one post."""
        return Ask(
            address(task.base, "/statuses/show", id=post), headers=_headers(task), step=AGAIN
        )

    def read(self, answer: Answer, task: Task) -> Reading:
        """Read the posts, or say what the session met instead."""
        document = answer.json()
        ok = at(document, "ok", int)
        if ok == LOGGED_OUT:
            raise RefusedError("login_page", "的登录失效了（-100）。请换上新的 Cookie，或停用")
        if document.get("url"):
            raise RefusedError("captcha", "要求验证，已停止抓取。请在浏览器里处理，或停用")
        if answer.ask.step == AGAIN:
            return _one(document, task, ok=ok)
        if not ok:
            return Reading([], 0)
        reading = read_posts(_posts(rows(document, "data.cards")), task.now)
        return Reading(reading.records, reading.total, (_page(task, answer.ask.page + 1),))


def _one(document: Row, task: Task, *, ok: int) -> Reading:
    if not ok and GONE.search(word(document, "msg")):
        raise GoneError
    return read_posts([at(document, "data", dict)] if ok else [], task.now)


def _page(task: Task, page: int) -> Ask:
    container = f"100103type={REALTIME}&q={task.query}&t=0"
    query = {"containerid": container, "page_type": "searchall", "page": page}
    return Ask(
        address(task.base, "/api/container/getIndex", **query),
        headers=_headers(task),
        page=page,
    )


def _headers(task: Task) -> dict[str, str]:
    return {
        "Cookie": task.secrets["cookie"],
        "MWeibo-Pwa": "1",
        "X-Requested-With": "XMLHttpRequest",
    }


def _posts(cards: list[Any]) -> Iterator[Row]:
    """Yield the posts; cards also hold topics, people and advice."""
    for card in cards:
        inner = card.get("card_group") if isinstance(card, Mapping) else None
        for one in inner if isinstance(inner, list) else [card]:
            said = one.get("mblog") if isinstance(one, Mapping) else None
            if isinstance(said, Mapping):
                yield said
