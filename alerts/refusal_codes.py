"""What each platform's answer codes mean, as data.

Gathered from the reference on delivery and from Apprise's source; the vendors' own pages were not
read and are to be checked (developer.work.weixin.qq.com 90313 and 91770, open.dingtalk.com «custom
robot», open.feishu.cn «custom bot», sct.ftqq.com, pushplus.plus «接口文档»,
github.com/Finb/bark-server). They change the codes; an unlisted one is handled too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alerts.message import Status

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a code means for us: the outcome, the reason in Chinese, and the seconds to wait."""

    status: Status
    reason: str
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Platform:
    """How one platform says yes and no in its answer's body."""

    name: str
    fields: tuple[str, ...]
    """Where the code stands; `a.b` is field b of object a. Every field that is present counts."""
    accepted: frozenset[str]
    refusals: Mapping[str, Refusal]
    window: float = 60.0
    """Seconds that a rate limit of this platform lasts."""
    undelivered: tuple[str, ...] = field(default=())
    """Fields that are not empty when an accepted message reached nobody."""


def _busy(wait: float, reason: str = "发送太频繁，已被限流") -> Refusal:
    return Refusal(Status.RETRY, reason, wait)


def _dead(reason: str) -> Refusal:
    return Refusal(Status.DEAD, reason)


_TOO_LONG = Refusal(Status.TOO_LONG, "内容超过平台的长度上限")
_BAD_KEY = _dead("机器人地址或密钥无效，请到群设置里重新复制")

# A bot may post 20 messages a minute (document 91770), so a refusal lasts at most a minute.
_WECOM_WINDOW = 60.0
# After 20 messages in one minute DingTalk mutes the robot for ten minutes (its robot document).
_DINGTALK_WINDOW = 600.0
# Feishu allows 100 messages a minute and 5 a second.
_FEISHU_WINDOW = 60.0
# Daily quotas renew at midnight; looking once an hour finds that soon enough and costs nothing.
_QUOTA_WINDOW = 3600.0

_WECOM_CODES = {
    "-1": _busy(10, "平台系统繁忙"),
    "45009": _busy(_WECOM_WINDOW),
    "45011": _busy(_WECOM_WINDOW),
    "45033": _busy(10, "并发调用超过上限"),
    "40058": _TOO_LONG,
    "45002": _TOO_LONG,
    "93000": _BAD_KEY,
    "93004": _dead("机器人已被停用"),
    "93008": _dead("机器人不在群里"),
    "44004": _dead("内容为空"),
    "40008": _dead("消息类型不被支持"),
}

_WECOM_APP_CODES = {
    **_WECOM_CODES,
    # Apprise drops its cached token on these two, so the next try fetches a fresh one.
    "40014": _busy(1, "访问凭证失效，换新凭证再试"),
    "42001": _busy(1, "访问凭证过期，换新凭证再试"),
    "40001": _dead("应用 Secret 不正确"),
    "40013": _dead("企业 ID（corpid）不正确"),
    "40056": _dead("应用 agentid 不正确"),
    "40003": _dead("接收人账号不存在"),
    "48001": _dead("应用没有发消息的权限"),
    "60011": _dead("应用无权发给这个接收人"),
    "60020": _dead("本机 IP 不在应用的可信名单里"),
    "81013": _dead("接收人全部无效或不在应用可见范围"),
}

_DINGTALK_CODES = {
    "-1": _busy(10, "平台系统繁忙"),
    "130101": _busy(_DINGTALK_WINDOW, "每分钟超过 20 条，机器人被限流十分钟"),
    "410100": _busy(_DINGTALK_WINDOW),
    "460101": _TOO_LONG,
    "101002": _TOO_LONG,
    "310000": _dead("安全设置没有通过：关键词、加签或 IP 名单不符"),
    "300001": _BAD_KEY,
    "300005": _BAD_KEY,
    "400101": _BAD_KEY,
    "400013": _dead("群已解散"),
    "400102": _dead("机器人已停用"),
    "400106": _dead("机器人不存在"),
    "400105": _dead("消息类型不被支持"),
    "430101": _dead("内容含有平台不放行的链接"),
    "430102": _dead("内容被平台判为不当文字"),
    "430104": _dead("内容被平台判为不当"),
}

_FEISHU_CODES = {
    "9499": _busy(_FEISHU_WINDOW, "请求过多或请求不被接受"),
    "11232": _busy(_FEISHU_WINDOW),
    "11233": _busy(_FEISHU_WINDOW),
    "99991400": _busy(_FEISHU_WINDOW),
    "230025": _TOO_LONG,
    "19001": _BAD_KEY,
    "19007": _dead("机器人没有启用"),
    "19021": _dead("加签校验没有通过，或本机时间偏差超过一小时"),
    "19022": _dead("本机 IP 不在机器人的白名单里"),
    "19024": _dead("内容不含机器人要求的关键词"),
    "19002": _dead("请求参数不被接受"),
}

# open.feishu.cn «im/v1/messages» and «server-docs/api-call-guide/generic-error-code».
_LARK_APP_CODES = {
    "99991400": _busy(10),
    "230020": _busy(10),
    "11232": _busy(10),
    "99991663": _busy(1, "访问凭证过期，换新凭证再试"),
    "99991661": _busy(1, "没有带访问凭证，换新凭证再试"),
    "99991668": _busy(1, "访问凭证无效，换新凭证再试"),
    "230025": _TOO_LONG,
    "99991672": _dead("应用没有发消息的权限，请在开发者后台开通并发布版本"),
    "230001": _dead("请求参数不被接受，请核对接收人的编号"),
    "230002": _dead("机器人不在这个群里"),
    "230006": _dead("应用没有开机器人能力"),
    "230013": _dead("接收人不在应用的可用范围里"),
    "230027": _dead("应用没有这项权限"),
    "230031": _dead("卡片太旧，平台不让再改"),
    "230099": _dead("卡片内容不被接受"),
    "230054": _dead("这种消息不能改"),
    "99992351": _dead("接收人的编号不存在"),
}

_PUSHPLUS_CODES = {
    "500": _busy(60, "平台系统异常"),
    "600": _busy(60, "平台数据异常"),
    "900": _busy(_QUOTA_WINDOW, "账号使用受限，多为当天次数用完"),
    "401": _dead("请求未授权"),
    "403": _dead("本机 IP 未授权"),
    "888": _dead("积分不足"),
    "903": _dead("令牌无效"),
    "905": _dead("账号没有实名认证，或参数不被接受"),
    "907": _dead("令牌不存在"),
    "908": _dead("账号已被封禁"),
    "909": _dead("内容要先经平台审核"),
    "912": _dead("没有可用的服务套餐"),
    "999": _dead("请求没有通过平台校验"),
}

_ZERO = frozenset({"0"})
_FEISHU_FIELDS = ("code", "StatusCode")

PLATFORMS: Mapping[str, Platform] = {
    "wecombot": Platform("企业微信机器人", ("errcode",), _ZERO, _WECOM_CODES, _WECOM_WINDOW),
    "wechat": Platform(
        "企业微信应用",
        ("errcode",),
        _ZERO,
        _WECOM_APP_CODES,
        _WECOM_WINDOW,
        ("invaliduser", "invalidparty", "invalidtag"),
    ),
    "dingtalk": Platform("钉钉机器人", ("errcode",), _ZERO, _DINGTALK_CODES, _DINGTALK_WINDOW),
    "feishu": Platform("飞书机器人", _FEISHU_FIELDS, _ZERO, _FEISHU_CODES, _FEISHU_WINDOW),
    "lark": Platform("Lark 机器人", _FEISHU_FIELDS, _ZERO, _FEISHU_CODES, _FEISHU_WINDOW),
    "feishuapp": Platform("飞书应用", ("code",), _ZERO, _LARK_APP_CODES),
    "larkapp": Platform("Lark 应用", ("code",), _ZERO, _LARK_APP_CODES),
    "schan": Platform(
        "Server酱",
        ("code", "errno", "data.errno"),
        _ZERO,
        # One code for two things; either way the day's quota or the key needs a person or a night.
        {"40001": _busy(_QUOTA_WINDOW, "当天次数用完，或 SendKey 无效")},
        _QUOTA_WINDOW,
    ),
    "pushplus": Platform("PushPlus", ("code",), frozenset({"200"}), _PUSHPLUS_CODES),
    "bark": Platform(
        "Bark",
        ("code",),
        frozenset({"200"}),
        {
            "400": _dead("设备码无效，请在 Bark 里重新复制"),
            "404": _dead("设备码无效，请在 Bark 里重新复制"),
            "410": _dead("设备已注销推送"),
            "500": _busy(60, "服务器出错"),
        },
    ),
}
