"""The schema of fengsui.yaml as a whole: frozen pydantic models, one per section."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr, ValidationInfo, field_validator

from monitor.config_answers import AnswersConfig
from monitor.config_people import (
    ChannelConfig,
    OncallConfig,
    PersonConfig,
    RestrictedConfig,
    TrialConfig,
)
from monitor.config_records import EvidenceConfig, RetentionConfig
from monitor.config_sources import SourceConfig
from monitor.config_types import (
    DEFAULT_ZONE,
    AnchoredPath,
    ClockTime,
    Section,
    ZoneName,
    anchor,
    parse_clock_time,
)
from monitor.config_watch import BrandConfig, WatchConfig
from monitor.config_watchdog import WatchdogConfig


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
    labels: dict[str, Literal["negative", "neutral", "positive"]] = Field(default_factory=dict)
    allow_download: bool = False
    device: Literal["auto", "cpu", "cuda"] = "auto"
    threads: int | None = Field(default=None, ge=1, le=256)

    @field_validator("path")
    @classmethod
    def _anchored(cls, value: str | None, info: ValidationInfo) -> str | None:
        # a hub id such as name/model looks like a relative path: only ./ and ../ mean a folder
        if value and value.startswith((".", "~")):
            return str(anchor(Path(value), info))
        return value

    @field_validator("labels")
    @classmethod
    def _mapped(cls, value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        path = info.data.get("path")
        if path and not value and _weights_in(path) is None:
            raise ValueError(
                "换了模型就要写标签对照，如 labels: {LABEL_0: negative, LABEL_1: positive}"
            )
        return value

    @property
    def weights(self) -> Path | None:
        """The folder, if it holds weights that `fengsui model train` wrote: they need no labels."""
        return _weights_in(self.path) if self.path else None


def _weights_in(path: str) -> Path | None:
    folder = Path(path)
    return folder if (folder / "settings.json").is_file() else None


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
    trial: TrialConfig | None = None
    restricted: RestrictedConfig = RestrictedConfig()
    tiers: TierConfig = TierConfig()
    model: ModelConfig = ModelConfig()
    retention: RetentionConfig = RetentionConfig()
    evidence: EvidenceConfig = EvidenceConfig()
    report: ReportConfig = ReportConfig()
    watchdog: WatchdogConfig = WatchdogConfig()
    answers: AnswersConfig = AnswersConfig()
    _templates: dict[tuple[str | int, ...], str] = PrivateAttr(default_factory=dict)

    @field_validator("database")
    @classmethod
    def _supported(cls, value: str | None) -> str | None:
        if value is None or value.startswith(("sqlite:///", "postgresql+psycopg://")):
            return value
        raise ValueError("只支持 sqlite:///… 和 postgresql+psycopg://…；不写就用自带的 SQLite")

    def remember(self, templates: Mapping[tuple[str | int, ...], str]) -> None:
        """Keep what was written where ${…} stood, so that it can be shown instead of secrets."""
        self._templates.update(templates)

    @property
    def templates(self) -> Mapping[tuple[str | int, ...], str]:
        """What was written where ${…} stood, by place."""
        return MappingProxyType(self._templates)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which people read times."""
        return ZoneInfo(self.timezone)

    @property
    def database_url(self) -> str:
        """The SQLAlchemy address of the store, SQLite under `data_dir` unless one is named."""
        return self.database or f"sqlite:///{self.data_dir / 'fengsui.db'}"
