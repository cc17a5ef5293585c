"""App Store Connect: all reviews of one's own app, in every country's store (T1).

`GET /v1/apps/APP/customerReviews?sort=-createdDate&limit=200` → {data: [{id, attributes: {rating,
title, body, reviewerNickname, createdDate, territory}}], links: {next}}. Signed with a key from
App Store Connect (ES256, valid for 20 minutes at most); 3,500 requests an hour. One review:
`GET /v1/customerReviews/ID` → {data: the same}; 404 when its author took it back.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit

from crawlers.connectors.base import (
    About,
    Answer,
    Ask,
    Grade,
    Option,
    Quota,
    Reach,
    Reading,
    RefusedError,
    Task,
)
from crawlers.connectors.es256 import token
from crawlers.connectors.reviews import APP_NAME, titled
from crawlers.connectors.shape import Record, Row, address, at, read_rows, rows, word

AGAIN = "again"
ROWS = 200  # the most that one request gives
LIFE = timedelta(minutes=15)  # Apple takes tokens of 20 minutes at most; clocks differ


class AppStoreConnect:
    """One own app."""

    about = About(
        kind="appstore_connect",
        title="App Store Connect 评价",
        grade=Grade.OWN,
        platform="appstore",
        address="https://api.appstoreconnect.apple.com",
        needs={
            "issuer_id": "App Store Connect「用户和访问 → 集成」里的 Issuer ID",
            "key_id": "同一页上密钥的 Key ID",
            "private_key": "下载的 .p8 文件的全部内容；可以用同名环境变量加 _FILE 指向文件",
        },
        gives="自己 App 在各地区的评价：标题、正文、星级、昵称、时间",
        risk="密钥要有「客户支持」权限；报 401 就是密钥不对、被撤销，或机器时钟不准",
        options={
            "app_id": Option("写 App 的编号，即 App Store 网址里 id 后面的数字", required=True),
            "name": APP_NAME,
        },
        every=timedelta(minutes=15),
        quiet=True,
        quota=Quota(3500, timedelta(hours=1)),
        reach=Reach("往前翻页，全部评价都在"),
    )

    def first(self, task: Task) -> Ask:
        """Ask for the newest reviews."""
        return _page(task, 1, "")

    def again(self, task: Task, post: str, url: str) -> Ask:  # noqa: ARG002 (the protocol's)
        """Ask for one review: its stars and words may have been changed."""
        return Ask(
            address(task.base, f"/v1/customerReviews/{quote(post, safe='')}"),
            headers={"Authorization": f"Bearer {_pass(task)}"},
            step=AGAIN,
        )

    def read(self, answer: Answer, task: Task) -> Reading:
        """Read a page; only the place of the next one is taken from the answer."""
        document = answer.json()
        if answer.ask.step == AGAIN:
            return read_rows([at(document, "data", dict)], lambda row: _record(row, task))
        reading = read_rows(rows(document, "data"), lambda row: _record(row, task))
        links = document.get("links")
        place = _cursor(word(links, "next")) if isinstance(links, dict) else ""
        more = (_page(task, answer.ask.page + 1, place),) if place else ()
        return Reading(reading.records, reading.total, more)


def _page(task: Task, page: int, cursor: str) -> Ask:
    path = f"/v1/apps/{task.options['app_id']}/customerReviews"
    url = address(task.base, path, sort="-createdDate", limit=ROWS, cursor=cursor)
    return Ask(url, headers={"Authorization": f"Bearer {_pass(task)}"}, page=page)


def _pass(task: Task) -> str:
    """Return the token; raise RefusedError for a key that is none."""
    start = int(task.now.timestamp())
    claims = {
        "iss": task.secrets["issuer_id"],
        "iat": start,
        "exp": start + int(LIFE.total_seconds()),
        "aud": "appstoreconnect-v1",
    }
    try:
        return token({"kid": task.secrets["key_id"]}, claims, task.secrets["private_key"])
    except (ValueError, TypeError):
        said = "的 private_key 不是 .p8 密钥。请把 .p8 文件的全部内容放进环境变量"
        raise RefusedError("forbidden", said) from None


def _cursor(address_of_next: str) -> str:
    return parse_qs(urlsplit(address_of_next).query).get("cursor", [""])[0]


def _record(row: Row, task: Task) -> Record:
    said = at(row, "attributes", dict)
    return {
        "id": row["id"],
        "title": titled(task, word(said, "title")),
        "text": word(said, "body"),
        "author": word(said, "reviewerNickname"),
        "published_at": said["createdDate"],
        "rating": float(said["rating"]),
        "private": True,  # what our own console shows us, DESIGN's «private»
        "raw": {"kind": "review", "region": word(said, "territory")},
    }
