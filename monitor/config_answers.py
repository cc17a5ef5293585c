"""How people answer a call from a phone: the address of their personal links."""

from ipaddress import ip_address

from pydantic import field_validator

from monitor.config_types import Section, is_loopback, split_address

LAST_PORT = 65_535


class AnswersConfig(Section):
    """Where personal links lead, and where the program listens behind it; none without address."""

    address: str = ""
    listen: str = "127.0.0.1:8791"

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
