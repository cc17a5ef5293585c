"""抖音 open platform: the application's token, and what its codes mean; pure.

`POST /oauth/client_token/` {client_key, client_secret, grant_type} → {data: {access_token,
expires_in: 7200, error_code: 0, description}, message}. Codes: developer.open-douyin.com,
«状态码排查工具», the new ones (28…) and the old ones (219…, 100…).
"""

from __future__ import annotations

from collections.abc import Mapping

from crawlers.connectors.base import Ask, RefusedError, Task
from crawlers.connectors.shape import at
from crawlers.connectors.tokens import ask_token

NEEDS: Mapping[str, str] = {
    "client_key": "抖音开放平台应用的 Client Key",
    "client_secret": "同一应用的 Client Secret",
}
TOO_FAST = {28001052, 28003018, 2190004, 2190016}
USED_UP = {28003017, 2190001}
THEIRS = {28001005, 28001006, 2100004, 2190006}


def first(task: Task) -> Ask:
    """Ask for the application's token."""
    names = ("client_key", "client_secret")
    form = {"grant_type": "client_credential", **{name: task.secrets[name] for name in names}}
    return ask_token(task, "/oauth/client_token/", form)


def headers(document: object) -> dict[str, str]:
    """Return the headers that a token's answer allows the next request."""
    check(document)
    token = at(document, "data.access_token", str)
    return {"access-token": token, "Content-Type": "application/json"}


def check(document: object) -> None:
    """Raise RefusedError when an answer carries a code, outside or in its data."""
    data = document.get("data") if isinstance(document, Mapping) else None
    places = ((document, "err_no"), (data, "error_code"))
    codes = (place.get(name) for place, name in places if isinstance(place, Mapping))
    code = next((int(one) for one in codes if one), 0)
    if code:
        raise RefusedError(*_reason(code))


def _reason(code: int) -> tuple[str, str]:
    if code in TOO_FAST:
        return "rate_limited", f"说访问太频繁（{code}），下次再试。请把抓取间隔调大"
    if code in USED_UP:
        return "quota", f"的配额用完了（{code}）。请减少查询词、调大间隔，或申请更多"
    if code in THEIRS:
        return "server_error", f"自己出了问题（{code}），下次再试"
    return "forbidden", f"拒绝了请求（{code}）。请核对应用的密钥和已获批的能力"
