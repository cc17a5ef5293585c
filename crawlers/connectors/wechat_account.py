"""微信公众号, the brand's own account: what it published and what people wrote below (T1).

Follows developers.weixin.qq.com: `POST /cgi-bin/stable_token` {grant_type, appid, secret} →
{access_token, expires_in}; `POST /cgi-bin/freepublish/batchget` {offset, count ≤ 20, no_content} →
{total_count, item: [{article_id, update_time, content: {create_time, news_item: [{title, author,
digest, url, need_open_comment, is_deleted}]}}]}; comments: wechat_comments.py.

Needs a verified account, and this machine's address in its IP whitelist. Articles come as title and
digest, within half an hour. Comments are read every hour for three days, then daily for two weeks;
those that the account has not chosen are seen by nobody else and come as `private`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawlers.connectors import wechat_comments as comments
from crawlers.connectors.base import About, Answer, Ask, Grade, Reach, Reading, Task
from crawlers.connectors.shape import Record, Row, at, read_rows, rows, word
from crawlers.connectors.tokens import TOKEN, ask_token, follow
from crawlers.connectors.wechat_api import check, post

ROWS = 20  # the most that one request gives


class WechatAccount:
    """Token, list of publications, then the comments of each recent article."""

    about = About(
        kind="wechat_account",
        title="自有公众号",
        grade=Grade.OWN,
        platform="wechat",
        address="https://api.weixin.qq.com",
        needs={"app_id": "公众号后台的 AppID", "app_secret": "公众号后台的 AppSecret"},
        gives="自己公众号发布的文章，和文章下的留言；未精选的留言别人看不到，按非公开处理",
        risk="公众号要认证，IP 要进白名单；只含用「发布」发出的文章；留言接口可能没有权限",
        every=timedelta(minutes=30),
        quiet=True,
        reach=Reach("用「发布」发出的文章都在；留言只有两周内的文章才有"),
    )

    def first(self, task: Task) -> Ask:
        """Ask for a token; asking does not end the one that others use."""
        secret = {"appid": task.secrets["app_id"], "secret": task.secrets["app_secret"]}
        form = {"grant_type": "client_credential", **secret}
        return ask_token(task, "/cgi-bin/stable_token", form)

    def read(self, answer: Answer, task: Task) -> Reading:
        """Read the token, a page of publications or a page of comments."""
        document, asked = answer.json(), answer.ask
        check(document)
        if asked.step == TOKEN:
            ask = _page(task, at(document, "access_token", str), 1)
            return Reading([], 0, (follow(ask, task, "wechat_account"),))
        if asked.step == comments.STEP:
            return comments.read(document, asked, task)
        return _publications(document, asked, task)


def _page(task: Task, token: str, page: int) -> Ask:
    body = {"offset": (page - 1) * ROWS, "count": ROWS, "no_content": 1}
    return replace(post(task, "freepublish/batchget", token, body), page=page)


def _publications(document: Row, asked: Ask, task: Task) -> Reading:
    token, articles = str(asked.state["token"]), list(_articles(rows(document, "item")))
    reading = read_rows(articles, _record)
    open_ones = (one for one in articles if one.get("need_open_comment") and "id" in one)
    more = [ask for one in open_ones if (ask := comments.ask(task, token, one))]
    if asked.page * ROWS < int(document.get("total_count") or 0):
        more.append(_page(task, token, asked.page + 1))
    return Reading(reading.records, reading.total, tuple(more))


def _articles(items: list[Any]) -> Iterator[dict[str, Any]]:
    """Yield each article that still stands, with its place; an empty one where an item is bad."""
    for item in items:
        try:
            content = item["content"]
            instant = int(content.get("create_time") or item["update_time"])
            standing = [one for one in content["news_item"] if not one.get("is_deleted")]
            placed = [{**one, **_place(one["url"])} for one in standing]
        except (KeyError, TypeError, ValueError, AttributeError):
            yield {}
        else:
            yield from ({**one, "at": datetime.fromtimestamp(instant, UTC)} for one in placed)


def _place(url: str) -> dict[str, Any]:
    """Return what the address says: account, message and place in it make the id."""
    query = parse_qs(urlsplit(url.replace("&amp;", "&")).query)
    account, message, place = (query[name][0] for name in ("__biz", "mid", "idx"))
    name = f"{account}_{message}_{place}"
    return {"id": name, "message": int(message), "index": int(place) - 1}


def _record(row: Row) -> Record:
    return {
        "id": row["id"],
        "title": row["title"],
        "text": word(row, "digest"),
        "url": row["url"],
        "author": word(row, "author"),
        "published_at": row["at"].isoformat(),
        "raw": {"kind": "own_article", "text_from": "summary"},
    }
