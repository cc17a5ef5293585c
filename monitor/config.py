"""The configuration: fengsui.yaml read once into typed Settings, or refused in whole sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from monitor.config_checks import cross_check
from monitor.config_env import fill
from monitor.config_errors import ConfigError, Problem, describe, dotted, own_errors
from monitor.config_models import (
    AckMinutes,
    ModelConfig,
    QuietHours,
    ReportConfig,
    Settings,
    TierConfig,
)
from monitor.config_people import (
    ChannelConfig,
    LevelConfig,
    OncallConfig,
    OverrideConfig,
    PersonConfig,
    TrialConfig,
)
from monitor.config_records import EvidenceConfig, RetentionConfig
from monitor.config_report import calendar_notes, mask, trial_note, warnings
from monitor.config_sources import SourceConfig
from monitor.config_types import DEFAULT_ZONE, check_zone
from monitor.config_watch import BrandConfig, WatchConfig
from monitor.config_yaml import Document, YamlError, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from monitor.config_checks import Finding
    from monitor.config_env import Filled
    from monitor.config_yaml import Loc

__all__ = [
    "AckMinutes",
    "BrandConfig",
    "ChannelConfig",
    "ConfigError",
    "EvidenceConfig",
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
    "TrialConfig",
    "WatchConfig",
    "calendar_notes",
    "examine",
    "load",
    "mask",
    "trial_note",
    "warnings",
]

# A configuration is some kilobytes; more is a wrong file, such as a database or an export.
_MOST_BYTES = 2_000_000


def load(path: Path, env: Mapping[str, str], *, outward: bool = True) -> Settings:
    """Read and check the whole file; raise ConfigError with every problem if there is one.

    Without `outward` the secrets of channels, sources and telephones may be missing: the settings
    serve for everything but sending and crawling.
    """
    try:
        document = read_yaml(_read_text(path))
    except YamlError as error:
        raise ConfigError(path.name, [Problem(error.line, "", error.text)]) from None
    filled = fill(document.tree, env, outward=outward)
    settings, findings = _validate(filled, document, path)
    problems = [Problem(line, dotted(loc), text) for loc, line, text in document.faults]
    for loc, text in _relevant(findings, document, filled):
        problems.append(Problem(document.line(loc), dotted(loc), text))
    if problems or settings is None:
        raise ConfigError(path.name, problems)
    settings.remember(filled.templates)
    return settings


def examine(tree: dict[str, Any], base: Path, lines: dict[Loc, int]) -> list[Finding]:
    """Return what is wrong with values that stand in no file yet, each with its place.

    `lines` says where each stands in whatever they came from; secrets need not be there.
    """
    document = Document(tree=tree, lines=lines)
    filled = fill(tree, {}, outward=False)
    _, findings = _validate(filled, document, base / "fengsui.yaml")
    return list(_relevant(findings, document, filled))


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise YamlError(None, "没有这个文件；先运行 fengsui init 写一份示例") from None
    except IsADirectoryError:
        raise YamlError(None, "这是一个文件夹；写出里面配置文件的名字") from None
    except OSError:
        raise YamlError(None, "读不了这个文件；检查它的路径和权限") from None
    if len(content) > _MOST_BYTES:
        raise YamlError(None, "文件超过 2 MB，不像配置；检查路径是否写错")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise YamlError(line, "不是 UTF-8 编码；在编辑器里另存为 UTF-8") from None


def _validate(
    filled: Filled, document: Document, path: Path
) -> tuple[Settings | None, list[Finding]]:
    findings = list(cross_check(document.tree, document.line))
    # the default report folder is read from the folder of the file, as a written one is
    tree = {"report": {}, **filled.tree}
    context = {"base": path.absolute().parent, "zone": _zone(document.tree)}
    try:
        return Settings.model_validate(tree, context=context), findings
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        return None, findings + [describe(one, document) for one in own_errors(details)]


def _zone(tree: dict[str, Any]) -> str:
    """Return the zone in which dates are read; a wrong one is refused by the schema."""
    try:
        return check_zone(str(tree.get("timezone", DEFAULT_ZONE)))
    except ValueError:
        return DEFAULT_ZONE


def _relevant(findings: list[Finding], document: Document, filled: Filled) -> Iterator[Finding]:
    """Leave out what only follows from a value that could not be read at all."""
    spoilt = {loc for loc, _, _ in document.faults} | {loc for loc, _ in filled.faults}
    yield from filled.faults
    yield from (finding for finding in findings if finding[0] not in spoilt)
