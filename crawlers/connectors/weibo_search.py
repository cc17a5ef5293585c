"""微博 commercial search: `GET /2/search/statuses/limited.json` (T0, contract and OAuth token).

Follows open.weibo.com/wiki/C/2/search/statuses/limited. Answer: {statuses: [post], total_number};
fifty rows a page, newest first, every post that the contract covers, within minutes; 50,000
requests an hour and IP. Errors: {error, error_code, request}, codes as in open.weibo.com/wiki/
Error_code. Posts are described in weibo_post.py; `ids` asks for single ones, for their counters.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from crawlers.connectors.base import (
    About,
    Answer,
    Ask,
    GoneError,
    Grade,
    Quota,
    Reach,
    Reading,
    RefusedError,
    Task,
)
from crawlers.connectors.shape import address, rows
from crawlers.connectors.weibo_post import is_gone, read_posts

AGAIN = "again"
ROWS = 50  # the most that one page gives
TOO_FAST = {10004, 10022, 10023, 10024}
TOKEN = {21314, 21315, 21316, 21317, 21319, 21327, 21332}
THEIRS = {10001, 10002, 10003, 10009, 10010}


class WeiboSearch:
    """One search a query, paged back to the last reading."""

    about = About(
        kind="weibo_search",
        title="微博商业搜索",
        grade=Grade.OFFICIAL,
        platform="weibo",
        address="https://c.api.weibo.com",
        needs={"access_token": "在 open.weibo.com 签商业数据合同后，应用的 OAuth access_token"},
        gives="命中查询词的微博：正文、作者、粉丝数、转评赞、属地",
        risk="要签商业合同；access_token 会过期，过期后要重新授权；长微博只给开头",
        searches=True,
        every=timedelta(minutes=5),
        quiet=True,
        quota=Quota(50_000, timedelta(hours=1)),
        canary="医院",
        max_pages=10,
        reach=Reach("按日期查，多早都行，以合同为准", span=timedelta(days=7)),
    )

    def first(self, task: Task) -> Ask:
        """Ask for the newest posts."""
        return _page(task, 1)

    def again(self, task: Task, post: str, url: str) -> Ask:  # noqa: ARG002 (the protocol's)
        """Ask for one post."""
        return replace(_ask(task, {"ids": post}, 1), step=AGAIN)

    def read(self, answer: Answer, task: Task) -> Reading:
        """Read the posts and go on while pages are full."""
        document = answer.json()
        if isinstance(document, dict) and document.get("error_code"):
            raise _refused(int(document["error_code"]))
        found = rows(document, "statuses")
        if answer.ask.step == AGAIN and any(map(is_gone, found)):
            raise GoneError
        reading = read_posts(found, task.now)
        more = (_page(task, answer.ask.page + 1),) if len(found) >= ROWS else ()
        return Reading(reading.records, reading.total, more)


def _page(task: Task, page: int) -> Ask:
    query: dict[str, object] = {
        "q": task.query,
        "sort": "time",
        "starttime": _seconds(task.since),
        "endtime": _seconds(task.until),
        "count": ROWS,
        "page": page,
    }
    return _ask(task, query, page)


def _ask(task: Task, query: dict[str, object], page: int) -> Ask:
    return Ask(
        address(task.base, "/2/search/statuses/limited.json", **query),
        headers={"Authorization": f"OAuth2 {task.secrets['access_token']}"},
        page=page,
    )


def _seconds(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None


def _refused(code: int) -> RefusedError:
    if code in TOO_FAST:
        return RefusedError("rate_limited", f"说访问太频繁（{code}），下次再试。请把抓取间隔调大")
    if code in TOKEN:
        return RefusedError("forbidden", f"的 access_token 失效了（{code}）。请重新授权后换上新的")
    if code in THEIRS:
        return RefusedError("server_error", f"自己出了问题（{code}），下次再试")
    return RefusedError("forbidden", f"拒绝了请求（{code}）。请核对合同和应用的权限")
