"""How the installation is watched itself: the outward heartbeat and when trouble is told."""

from pydantic import Field, field_validator

from monitor.config_types import Duration, Section, parse_duration, split_address


class WatchdogConfig(Section):
    """Where the heartbeat goes, and from when on the operator hears of trouble.

    disk_free_mb: a week of a loud crisis with its evidence stayed below 100 MB in our replays;
    five times that leaves a working day to make room.
    """

    heartbeat: str = Field(default="", repr=False)  # its path is the key of the monitor
    every: Duration = parse_duration("1m")
    disk_free_mb: int = Field(default=500, ge=1, le=10_000_000)
    channel_failing: Duration = parse_duration("10m")

    @field_validator("heartbeat")
    @classmethod
    def _is_web(cls, value: str) -> str:
        parts = split_address(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError("不是网址；写监控服务给的地址，如 https://hc.example.cn/ping/…")
        return value
