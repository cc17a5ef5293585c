"""The channels a form may name, what address each becomes, and which secrets it leaves open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

MAIL = "邮件"
OTHER = "其他地址"
MAIL_PASSWORD = "MAIL_PASSWORD"  # noqa: S105 - the name of a variable


@dataclass(frozen=True, slots=True)
class ChannelKind:
    """One kind: how its address is written, and where each secret in it is found."""

    title: str
    address: str
    secrets: dict[str, str]


KINDS = {
    one.title: one
    for one in (
        ChannelKind(
            "企业微信群机器人",
            "wecombot://${WECOM_KEY}",
            {"WECOM_KEY": "群机器人 Webhook 地址里 key= 后面的一串"},
        ),
        ChannelKind(
            "钉钉群机器人",
            "dingtalk://${DINGTALK_SECRET}@${DINGTALK_TOKEN}",
            {
                "DINGTALK_SECRET": "机器人安全设置「加签」给的密钥，以 SEC 开头",
                "DINGTALK_TOKEN": "Webhook 地址里 access_token= 后面的一串",
            },
        ),
        ChannelKind(
            "飞书群机器人",
            "feishu://${FEISHU_TOKEN}",
            {"FEISHU_TOKEN": "Webhook 地址最后一段"},
        ),
        ChannelKind(
            "企业微信应用",
            "wechat://${WECHAT_CORPID}:${WECHAT_SECRET}@${WECHAT_AGENTID}",
            {
                "WECHAT_CORPID": "管理后台「我的企业」里的企业 ID",
                "WECHAT_SECRET": "应用的 Secret",
                "WECHAT_AGENTID": "应用的 AgentId",
            },
        ),
        ChannelKind(
            "Server酱", "schan://${SERVERCHAN_KEY}", {"SERVERCHAN_KEY": "Server酱的 SendKey"}
        ),
        ChannelKind(
            "PushPlus", "pushplus://${PUSHPLUS_TOKEN}", {"PUSHPLUS_TOKEN": "PushPlus 的 token"}
        ),
        ChannelKind(
            "Bark",
            "barks://api.day.app/${BARK_KEY}",
            {"BARK_KEY": "Bark 应用首页地址里的一串"},
        ),
    )
}
TITLES = (*KINDS, MAIL, OTHER)
EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d{2,5})?|127\.0\.0\.1:\d{2,5}")


def numbered(kind: ChannelKind, number: int) -> tuple[str, dict[str, str]]:
    """The address and secrets of the first, second, … channel of a kind: each has its own."""
    if number == 1:
        return kind.address, dict(kind.secrets)
    address = re.sub(r"\$\{(\w+)\}", rf"${{\1_{number}}}", kind.address)
    return address, {f"{name}_{number}": hint for name, hint in kind.secrets.items()}


def mail_address(server: str, account: str, to: str) -> str:
    """The address of a mailbox; an account that is an address is also the sender."""
    sender = f"from={account}&" if "@" in account else ""
    return f"mailtos://{quote(account, safe='')}:${{{MAIL_PASSWORD}}}@{server}?{sender}to={to}"
