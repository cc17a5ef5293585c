"""How people answer a call from a phone: personal links, replies by mail, robots in chats."""

from datetime import timedelta
from ipaddress import ip_address

from pydantic import Field, field_validator

from monitor.config_types import (
    AnchoredPath,
    Duration,
    Name,
    Section,
    is_loopback,
    parse_duration,
    split_address,
)

LAST_PORT = 65_535
IMAP_PORT = 993
_SAFE = ("https", "wss")
# Mail houses refuse who logs in too often; and whoever answers at night waits for the echo.
SHORTEST_LOOK, LONGEST_LOOK = timedelta(seconds=5), timedelta(minutes=10)


class ReplyMailConfig(Section):
    """The mailbox that replies to calls arrive in; it is only read."""

    host: Name
    port: int = Field(default=IMAP_PORT, ge=1, le=LAST_PORT)
    user: str = Field(min_length=1, repr=False)
    password: str = Field(min_length=1, repr=False)
    mailbox: Name = "INBOX"
    ca: AnchoredPath | None = None
    every: Duration = parse_duration("30s")

    @field_validator("every")
    @classmethod
    def _often(cls, value: timedelta) -> timedelta:
        if not SHORTEST_LOOK <= value <= LONGEST_LOOK:
            raise ValueError("写 5s 到 10m 之间，如 30s：太勤会被邮箱拒绝，太疏应答要等")
        return value


class PlatformConfig(Section):
    """A chat platform whose long connection brings what people say to our robot."""

    host: str = ""

    @field_validator("host")
    @classmethod
    def _is_encrypted(cls, value: str) -> str:
        parts = split_address(value)
        if value and not (parts.hostname and (parts.scheme in _SAFE or is_loopback(value))):
            raise ValueError("写 https（企业微信写 wss）开头的地址；不是私有部署就删掉这一行")
        return value.rstrip("/")


class LarkConfig(PlatformConfig):
    """An application of one's own on 飞书 or Lark."""

    app_id: str = Field(min_length=1)
    app_secret: str = Field(min_length=1, repr=False)


class DingtalkConfig(PlatformConfig):
    """An application of one's own on 钉钉, its robot in Stream mode."""

    client_id: str = Field(min_length=1)
    client_secret: str = Field(min_length=1, repr=False)


class WecomConfig(PlatformConfig):
    """A smart robot of 企业微信, set to the long connection."""

    bot_id: str = Field(min_length=1)
    secret: str = Field(min_length=1, repr=False)


class AnswersConfig(Section):
    """The ways back: none without an address or a mailbox but the terminal."""

    address: str = ""
    listen: str = "127.0.0.1:8791"
    mail: ReplyMailConfig | None = None
    feishu: LarkConfig | None = None
    lark: LarkConfig | None = None
    dingtalk: DingtalkConfig | None = None
    wecombot: WecomConfig | None = None

    @field_validator("address")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        parts = split_address(value)
        safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(value))
        if value and not (safe and parts.hostname and not parts.query and not parts.fragment):
            raise ValueError(
                "要写 https 开头的地址，如 https://alert.example.cn/a（只有本机可以用 http）"
            )
        return value.rstrip("/")

    @field_validator("listen")
    @classmethod
    def _can_listen(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        try:
            ip_address(host.strip("[]"))
            right = port.isascii() and port.isdecimal() and int(port) <= LAST_PORT
        except ValueError:
            right = False
        if not right:
            raise ValueError("写成「IP 地址:端口」，如 127.0.0.1:8791")
        return value

    @property
    def place(self) -> tuple[str, int]:
        """Host and port to listen on."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)
