"""The configuration: fengsui.yaml read once into typed Settings, or refused in whole sentences."""

from __future__ import annotations

from monitor.config_models import (
    AckMinutes,
    BrandConfig,
    ChannelConfig,
    LevelConfig,
    ModelConfig,
    OncallConfig,
    OverrideConfig,
    PersonConfig,
    QuietHours,
    ReportConfig,
    RetentionConfig,
    Settings,
    SourceConfig,
    TierConfig,
    WatchConfig,
)

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
