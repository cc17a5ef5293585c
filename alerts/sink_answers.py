"""What the real platforms answer, word by word, for the loopback sinks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# platform → mode → body. All of these come with HTTP 200: that is the trap.
ANSWERS: Mapping[str, Mapping[str, dict[str, Any]]] = {
    "wecombot": {
        "ok": {"errcode": 0, "errmsg": "ok"},
        "rate_limited": {"errcode": 45009, "errmsg": "api freq out of limit"},
        "bad_token": {"errcode": 93000, "errmsg": "invalid webhook url"},
        "too_long": {
            "errcode": 40058,
            "errmsg": "text.content exceed max length 2048. invalid Request Parameter",
        },
        "busy": {"errcode": -1, "errmsg": "system busy"},
    },
    "wechat": {
        "ok": {"errcode": 0, "errmsg": "ok", "invaliduser": "", "msgid": "msg-1"},
        "rate_limited": {"errcode": 45009, "errmsg": "api freq out of limit"},
        "bad_token": {"errcode": 40014, "errmsg": "invalid access_token"},
        "bad_user": {"errcode": 0, "errmsg": "ok", "invaliduser": "zhang"},
        "too_long": {"errcode": 45002, "errmsg": "content size out of limit"},
    },
    "dingtalk": {
        "ok": {"errcode": 0, "errmsg": "ok"},
        "rate_limited": {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"},
        "bad_token": {"errcode": 300005, "errmsg": "token is not exist"},
        "bad_keyword": {"errcode": 310000, "errmsg": "keywords not in content"},
        "bad_sign": {"errcode": 310000, "errmsg": "sign not match"},
        "too_long": {"errcode": 460101, "errmsg": "message too long, exceed 20000 bytes"},
        "busy": {"errcode": -1, "errmsg": "system busy"},
    },
    "feishu": {
        "ok": {
            "StatusCode": 0,
            "StatusMessage": "success",
            "code": 0,
            "data": {},
            "msg": "success",
        },
        "rate_limited": {"code": 11232, "msg": "frequency limited", "data": {}},
        "bad_request": {"code": 9499, "msg": "Bad Request", "data": {}},
        "bad_token": {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"},
        "bad_keyword": {"code": 19024, "msg": "Key Words Not Found"},
        "bad_sign": {"code": 19021, "msg": "sign match fail or timestamp is not within one hour"},
        "too_long": {"code": 230025, "msg": "The length of the message content reaches its limit."},
    },
    "schan": {
        "ok": {"code": 0, "message": "", "data": {"pushid": "1", "errno": 0, "error": "SUCCESS"}},
        "rate_limited": {"code": 40001, "message": "[AUTH]超过当天的发送次数限制[5]"},
    },
    "pushplus": {
        "ok": {"code": 200, "msg": "请求成功", "data": "1"},
        "rate_limited": {"code": 900, "msg": "用户账号使用受限", "data": None},
        "bad_token": {"code": 903, "msg": "无效的用户令牌", "data": None},
    },
    "bark": {
        "ok": {"code": 200, "message": "success", "timestamp": 1},
        "bad_token": {"code": 400, "message": "failed to get device token"},
    },
    "webhook": {
        "ok": {"ok": True},
        "rate_limited": {"code": 429, "msg": "too many requests"},
        "bad_token": {"code": 401, "msg": "unauthorized"},
    },
}

# Modes that are an HTTP status and a page, the same on every platform.
PAGES: Mapping[str, tuple[int, bytes]] = {
    "http_429": (429, b"Too Many Requests"),
    "http_302": (302, b""),
    "http_500": (500, b"<html>Internal Server Error</html>"),
    "http_404": (404, b"<html>Not Found</html>"),
    "html": (200, "<html>请先登录网络</html>".encode()),
    "empty": (200, b""),
}

# Bytes of text (企业微信) or of the request (钉钉, 飞书) from which the platform says too long.
TEXT_LIMITS = {"wecombot": 2048, "wechat": 2048}
REQUEST_LIMITS = {"dingtalk": 20_000, "feishu": 20 * 1024}
