"""微信公众平台: how its server interfaces are asked, and what their codes mean; pure.

Every answer may be {errcode, errmsg}; the token stands in the query, as the platform asks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from crawlers.connectors.base import Ask, RefusedError, Task, WrongShapeError
from crawlers.connectors.shape import Row, address

CODES = {
    -1: ("server_error", "说系统繁忙（-1），下次再试"),
    40164: ("forbidden", "不认这台电脑的 IP（40164）。请把它加进公众号后台的 IP 白名单"),
    45009: ("quota", "今天的调用次数用完了（45009），明天再试"),
    45011: ("rate_limited", "说调用太频繁（45011），下次再试"),
    48001: ("forbidden", "没有这个接口的权限（48001）。请确认公众号已认证"),
    88000: ("forbidden", "没有留言权限（88000）。请在公众号后台确认留言功能"),
}
KEY = {40001, 40013, 40125, 41002, 41004, 42001}
NO_SUCH_ARTICLE = 88001


def post(task: Task, path: str, token: str, body: Row, state: Row | None = None) -> Ask:
    """Return a request; its state carries the token to the next."""
    return Ask(
        address(task.base, f"/cgi-bin/{path}", access_token=token),
        "POST",
        {"Content-Type": "application/json"},
        json.dumps(body).encode(),
        state={**(state or {}), "token": token},
    )


def check(document: object) -> None:
    """Raise what an error code means."""
    code = document.get("errcode") if isinstance(document, Mapping) else None
    if code == NO_SUCH_ARTICLE:
        raise WrongShapeError("说找不到文章的留言（88001），文章网址里的 mid 不再是消息编号")
    if code in KEY:
        raise RefusedError("forbidden", f"不认密钥（{code}）。请核对 AppID 和 AppSecret")
    if code:
        raise RefusedError(*CODES.get(code, ("forbidden", f"拒绝了请求（{int(code)}）")))
