"""Self-checks: others' trouble that asks us to look at ourselves, before anybody asks us.

A crisis of a competitor, or a rule or measure of a platform, is followed like a brand of its own,
under a name that nobody mistakes for one of ours. It opens no incident of its own: it opens a
YELLOW 「自查」 for the brands it concerns, which is read at the next eight o'clock.
"""

from __future__ import annotations

NOTICES = "平台规则"
_COMPETITOR = "同行："
SELF_CHECK = "self_check"
CRISIS = "crisis"
# Who looks at a platform notice does so once; what comes within a day is the same news.
HOURS = 24
"""A self-check that nobody takes up fades after this."""

PLATFORMS = (
    "抖音",
    "快手",
    "小红书",
    "微博",
    "微信",
    "视频号",
    "公众号",
    "B站",
    "哔哩哔哩",
    "知乎",
    "好大夫",
    "百度",
    "今日头条",
    "美团",
    "大众点评",
    "应用商店",
    "网信办",
    "卫健委",
    "药监局",
    "市场监管总局",
)
# A notice names who rules, whom it concerns, and that it rules.
NOTICE_RULE = (
    "(医疗 OR 医生 OR 医师 OR 医院 OR 医美 OR 问诊 OR 药品 OR 医药 OR 健康科普)"
    " AND (公告 OR 新规 OR 规范 OR 管理办法 OR 规则调整 OR 治理 OR 整治 OR 整顿 OR 专项行动"
    " OR 封禁 OR 下架 OR 不再支持 OR 不支持 OR 认证账号)"
)


def outside_name(competitor: str) -> str:
    """The name under which a competitor is followed."""
    return f"{_COMPETITOR}{competitor}"


def competitor_of(brand: str) -> str | None:
    """The competitor that is followed under this name, if it is one."""
    return brand.removeprefix(_COMPETITOR) if brand.startswith(_COMPETITOR) else None


def is_outside(brand: str) -> bool:
    """Whether this is nobody of ours: a competitor, or the rules of platforms."""
    return brand == NOTICES or brand.startswith(_COMPETITOR)


def check_key(outside: str, topic_key: str) -> str:
    """The topic key of a self-check: one for each story of others."""
    return f"自查:{outside}:{topic_key}"
