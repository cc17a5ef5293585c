"""华为应用市场 reviews of one's own app through AppGallery Connect (T1).

`POST /api/oauth2/v1/token` {grant_type, client_id, client_secret} → {access_token, expires_in};
then `GET /api/reviews/v1/manage/dev/reviews?appId&countries&beginTime&endTime&sort=0&page&limit`
(for HarmonyOS 5 and later `/api/marketing-api/v2/…`) → {rtnCode: 0, rtnDesc, data: [review],
total}; 100 rows a page, six months at most. What a review's fields are called is told in a document
that could not be read, so the likely names are tried; if none fits, the run says so.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from crawlers.connectors.base import (
    About,
    Answer,
    Ask,
    Grade,
    Option,
    Reach,
    Reading,
    RefusedError,
    Task,
)
from crawlers.connectors.reviews import APP_NAME, titled
from crawlers.connectors.shape import Record, Row, address, at, read_rows, rows, word
from crawlers.connectors.tokens import TOKEN, ask_token, follow

ROWS = 100  # the most that one request gives
FIRST_TIME = timedelta(days=30)  # read back at the first run; the interface allows six months
PATHS = {
    "android": "/api/reviews/v1/manage/dev/reviews",
    "harmonyos": "/api/marketing-api/v2/reviews/manage/dev/reviews",
}


class HuaweiReviews:
    """A token, then the list."""

    about = About(
        kind="huawei_reviews",
        title="华为应用市场评价",
        grade=Grade.OWN,
        platform="huawei_appgallery",
        address="https://connect-api.cloud.huawei.com",
        needs={
            "client_id": "AppGallery Connect「用户与访问 → API 密钥」里 API 客户端的客户端 ID",
            "client_secret": "同一客户端的密钥；建客户端时「项目」要选 N/A",
        },
        gives="自己 App 在华为应用市场的评价：正文、星级、版本、时间",
        risk="客户端要有评论权限；没有正式上架的 App 读不到；字段名以实际返回为准，不合会报改版",
        options={
            "app_id": Option("写 AppGallery Connect 里的 APP ID", required=True),
            "name": APP_NAME,
            "system": Option("写 android（含鸿蒙 4 以下，不写就是它）或 harmonyos（鸿蒙 5 以上）"),
        },
        every=timedelta(minutes=30),
        quiet=True,
        reach=Reach("按日期查，华为只给六个月", timedelta(days=30), longest=timedelta(days=180)),
    )

    def first(self, task: Task) -> Ask:
        """Ask for a token."""
        names = ("client_id", "client_secret")
        form = {name: task.secrets[name] for name in names}
        return ask_token(task, "/api/oauth2/v1/token", {"grant_type": "client_credentials", **form})

    def read(self, answer: Answer, task: Task) -> Reading:
        """Read the token, then page after page."""
        document, asked = answer.json(), answer.ask
        _check(document)
        if asked.step == TOKEN:
            ask = _page(task, at(document, "access_token", str), 1)
            return Reading([], 0, (follow(ask, task, "huawei_reviews"),))
        reading = read_rows(rows(document, "data"), lambda row: _record(row, task))
        further = asked.page * ROWS < int(document.get("total") or 0)
        more = (_page(task, str(asked.state["token"]), asked.page + 1),) if further else ()
        return Reading(reading.records, reading.total, more)


def _page(task: Task, token: str, page: int) -> Ask:
    path = PATHS["harmonyos" if task.options.get("system") == "harmonyos" else "android"]
    url = address(
        task.base,
        path,
        appId=task.options["app_id"],
        countries="CN",
        beginTime=_milliseconds(task.since or task.now - FIRST_TIME),
        endTime=_milliseconds(task.until or task.now),
        sort=0,  # by time
        page=page,
        limit=ROWS,
    )
    headers = {"client_id": task.secrets["client_id"], "Authorization": f"Bearer {token}"}
    return Ask(url, headers=headers, page=page, state={"token": token})


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _check(document: Any) -> None:  # noqa: ANN401 - whatever the site sent
    """Raise RefusedError for a code: {rtnCode}, or {ret: {code}} from the token's side."""
    at(document, "", dict)
    ret = document.get("ret")
    code = ret.get("code") if isinstance(ret, dict) else document.get("rtnCode")
    if code:
        said = f"拒绝了请求（{code}）。请核对客户端 ID、密钥、评论权限和 APP ID"
        raise RefusedError("forbidden", said)


def _record(row: Row, task: Task) -> Record:
    text = word(row, "content", "comment", "commentInfo", "reviewContent")
    if not text:
        raise KeyError("content")
    return {
        "id": word(row, "reviewId", "commentId", "id"),
        "title": titled(task, word(row, "title")),
        "text": text,
        "author": word(row, "nickName", "userName", "nickname"),
        "published_at": _when(
            word(row, "operTime", "createTime", "commentTime", "reviewTime", "updateTime", "time")
        ),
        "rating": float(word(row, "rating", "score", "starRating", "stars")),
        "raw": {
            "kind": "review",
            "version": word(row, "appVersion", "versionName", "apkVersion"),
            "region": word(row, "country"),
        },
    }


def _when(said: str) -> str:
    """Return milliseconds since 1970 as ISO time; anything else as it is."""
    if not said.isdecimal():
        return said
    return datetime.fromtimestamp(int(said) / 1000, UTC).isoformat()
