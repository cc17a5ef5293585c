"""The configuration: fengsui.yaml read once into typed Settings, or refused in whole sentences."""

from __future__ import annotations

from monitor.config_models import (
    AckMinutes,
    ModelConfig,
    QuietHours,
    ReportConfig,
    RetentionConfig,
    Settings,
    TierConfig,
)
from monitor.config_people import (
    ChannelConfig,
    LevelConfig,
    OncallConfig,
    OverrideConfig,
    PersonConfig,
)
from monitor.config_watch import BrandConfig, SourceConfig, WatchConfig

__all__ = [
    "AckMinutes",
    "BrandConfig",
    "ChannelConfig",
    "LevelConfig",
    "ModelConfig",
    "OncallConfig",
    "OverrideConfig",
    "PersonConfig",
    "QuietHours",
    "ReportConfig",
    "RetentionConfig",
    "Settings",
    "SourceConfig",
    "TierConfig",
    "WatchConfig",
]
