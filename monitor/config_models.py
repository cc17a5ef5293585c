"""The schema of fengsui.yaml: frozen pydantic models, one per section of the file."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from monitor.config_types import (
    DEFAULT_ZONE,
    ClockTime,
    Duration,
    LocalTime,
    ZoneName,
    is_loopback,
    parse_clock_time,
    parse_duration,
    split_address,
)

Role = Literal[
    "oncall",
    "commander",
    "spokesperson",
    "medical",
    "legal",
    "service",
    "monitor",
    "operator",
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


def _anchor(value: Path, info: ValidationInfo) -> Path:
    """Read a relative path from the folder of the configuration file."""
    base: Path | None = (info.context or {}).get("base")
    return base / value.expanduser() if base else value


AnchoredPath = Annotated[Path, AfterValidator(_anchor)]


class Section(BaseModel):
    """What all sections share: frozen, no unknown keys, no input in error texts."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True
    )


class BrandConfig(Section):
    """A brand that is watched: its names, and words that mean someone else is meant."""

    name: Name
    aliases: tuple[Name, ...] = ()
    exclude: tuple[Name, ...] = ()

    @field_validator("name", "aliases")
    @classmethod
    def _long_enough(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for word in (value,) if isinstance(value, str) else value:
            if len(word) == 1 and not word.isascii():
                raise ValueError("只有一个汉字，会命中太多无关内容；至少写两个字")
        return value


class WatchConfig(Section):
    """A boolean rule over texts; with a brand it only looks at that brand's mentions."""

    name: Name
    rule: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    brand: Name | None = None


class SourceConfig(Section):
    """One place that is read regularly."""

    name: Name
    kind: Literal["feed"] = "feed"
    platform: Name = "news"
    url: str
    every: Duration = parse_duration("5m")
    silent_after: Duration = parse_duration("6h")
    authority: Literal["national_media", "official", "media", "forum", "social"] = "media"
    robots: bool = True
    articles: bool = True
    enabled: bool = True

    @field_validator("url")
    @classmethod
    def _is_web(cls, value: str) -> str:
        parts = split_address(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("不是网址；写成 https://news.example.cn/feed.xml 这样的完整地址")
        return value

    @field_validator("robots")
    @classmethod
    def _polite(cls, value: bool, info: ValidationInfo) -> bool:
        if not value and "url" in info.data and not is_loopback(info.data["url"]):
            raise ValueError("只有本机地址可以不看 robots.txt；删掉这一行，或改成 true")
        return value


class PersonConfig(Section):
    """Someone who can be called, in the order of their channels."""

    id: str
    name: Name
    os_user: Name | None = None
    mobile: str | None = Field(default=None, repr=False)
    roles: tuple[Role, ...] = ()
    channels: tuple[str, ...] = ()

    @field_validator("id")
    @classmethod
    def _plain(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z0-9_-]+", value):
            raise ValueError("只能用小写字母、数字、_ 和 -，如 zhang-san")
        return value

    @field_validator("mobile")
    @classmethod
    def _dialable(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"\+?[0-9]{5,15}", value):
            raise ValueError("手机号只写数字，中间不要空格和横线；国外号码前面加 +")
        return value


class LevelConfig(Section):
    """One level of the on-call order; a rotating level has one person on duty at a time."""

    name: Name
    people: tuple[str, ...] = Field(min_length=1)
    rotate: Literal["none", "daily", "weekly"] = "none"
    start: date | None = None
    handover: ClockTime = parse_clock_time("09:00")

    @field_validator("start")
    @classmethod
    def _has_first_day(cls, value: date | None, info: ValidationInfo) -> date | None:
        if value is None and info.data.get("rotate", "none") != "none":
            raise ValueError("轮班要写从哪天起排，如 start: 2026-01-05（那天由名单里第一位值班）")
        return value


class OverrideConfig(Section):
    """A swap: this person stands in for a level between two moments."""

    level: Name
    person: str
    begin: LocalTime = Field(alias="from")
    end: LocalTime = Field(alias="to")

    @field_validator("end")
    @classmethod
    def _forward(cls, value: LocalTime, info: ValidationInfo) -> LocalTime:
        if "begin" in info.data and value <= info.data["begin"]:
            raise ValueError("结束时间不晚于开始时间；把 from 和 to 对调，或改正日期")
        return value


class OncallConfig(Section):
    """The order in which people are called, and the swaps."""

    levels: tuple[LevelConfig, ...] = ()
    overrides: tuple[OverrideConfig, ...] = ()


class ChannelConfig(Section):
    """Where messages go: an Apprise address whose secrets come from the environment."""

    name: Name
    url: str = Field(repr=False)
    # 企业微信 and 钉钉 refuse the 21st message of a minute; five are kept for red ones.
    per_minute: int = Field(default=15, ge=1, le=100)

    @field_validator("url")
    @classmethod
    def _has_scheme(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9+.-]*://\S+", value, re.IGNORECASE):
            raise ValueError("不是渠道地址；写成「类型://…」，如 wecombot://${WECOM_KEY}")
        return value


class QuietHours(Section):
    """The hours in which only what cannot wait rings; they may span midnight."""

    begin: ClockTime = Field(default=parse_clock_time("22:00"), alias="from")
    end: ClockTime = Field(default=parse_clock_time("08:00"), alias="to")


class AckMinutes(Section):
    """How long a level has to acknowledge before the next is called (on-call practice)."""

    red: int = Field(default=5, ge=1, le=1440)
    orange: int = Field(default=15, ge=1, le=1440)
    yellow: int = Field(default=60, ge=1, le=1440)


class TierConfig(Section):
    """When tiers ring and how often; the thresholds stand in the policy file."""

    policy: AnchoredPath | None = None
    quiet_hours: QuietHours = QuietHours()
    ack_minutes: AckMinutes = AckMinutes()
    red_repeat_minutes: int = Field(default=10, ge=1, le=1440)


class ModelConfig(Section):
    """Which classifier reads the texts; without a path the built-in one."""

    path: str | None = None
    labels: dict[str, Literal["negative", "neutral", "positive"]] = {}
    allow_download: bool = False
    device: Literal["auto", "cpu", "cuda"] = "auto"
    threads: int | None = Field(default=None, ge=1, le=256)

    @field_validator("path")
    @classmethod
    def _anchored(cls, value: str | None, info: ValidationInfo) -> str | None:
        # a hub id such as name/model looks like a relative path: only ./ and ../ mean a folder
        if value and value.startswith((".", "~")):
            return str(_anchor(Path(value), info))
        return value

    @field_validator("labels")
    @classmethod
    def _mapped(cls, value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        if info.data.get("path") and not value:
            raise ValueError(
                "换了模型就要写标签对照，如 labels: {LABEL_0: negative, LABEL_1: positive}"
            )
        return value


class RetentionConfig(Section):
    """How many days each kind of record is kept before it is purged."""

    mentions_days: int = Field(default=180, ge=1, le=3650)
    raw_days: int = Field(default=30, ge=1, le=3650)
    audit_days: int = Field(default=1095, ge=1, le=3650)


class ReportConfig(Section):
    """Where reports are written."""

    out: AnchoredPath = Path("reports")


class Settings(Section):
    """Everything fengsui.yaml says, checked; paths are absolute once loaded from a file."""

    data_dir: AnchoredPath = Path("fengsui-data")
    database: str | None = Field(default=None, repr=False)
    timezone: ZoneName = DEFAULT_ZONE
    brands: tuple[BrandConfig, ...] = Field(min_length=1)
    watch: tuple[WatchConfig, ...] = ()
    sources: tuple[SourceConfig, ...] = ()
    people: tuple[PersonConfig, ...] = ()
    oncall: OncallConfig = OncallConfig()
    channels: tuple[ChannelConfig, ...] = ()
    groups: tuple[str, ...] = ()
    operator_channels: tuple[str, ...] = ()
    tiers: TierConfig = TierConfig()
    model: ModelConfig = ModelConfig()
    retention: RetentionConfig = RetentionConfig()
    # validated like what is written, so that the default folder is anchored too
    report: ReportConfig = Field(default={})
    _templates: dict[tuple[str | int, ...], str] = PrivateAttr(default_factory=dict)

    @field_validator("database")
    @classmethod
    def _supported(cls, value: str | None) -> str | None:
        if value is None or value.startswith(("sqlite:///", "postgresql+psycopg://")):
            return value
        raise ValueError("只支持 sqlite:///… 和 postgresql+psycopg://…；不写就用自带的 SQLite")

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which people read times."""
        return ZoneInfo(self.timezone)

    @property
    def database_url(self) -> str:
        """The SQLAlchemy address of the store, SQLite under `data_dir` unless one is named."""
        return self.database or f"sqlite:///{self.data_dir / 'fengsui.db'}"
